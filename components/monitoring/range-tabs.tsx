'use client';

import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { useRouter } from '../ui/navigation.ts';
import { LinkTabs } from '../ui/tabs.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { FeatureRange } from './feature-range.ts';

const tabs = [
  { key: 'window', label: 'Last window' },
  { key: '24h', label: '24 hours' },
  { key: '7d', label: '7 days' },
  { key: '28d', label: '28 days' },
] as const;

type Shown = { readonly from: Date; readonly to: Date };
type Props = { readonly path: string; readonly range: FeatureRange | undefined; readonly shown: Shown };

/** Which time is compared: the last window, a span up to now, or any other. */
export function RangeTabs({ path, range, shown }: Props) {
  const current = range === undefined ? 'window' : typeof range === 'string' ? range : 'own';
  return (
    <div className="flex flex-col gap-3">
      <LinkTabs
        label="Compared time"
        current={current}
        items={tabs.map(({ key, label }) => ({
          key,
          label,
          href: key === 'window' ? path : `${path}?range=${key}`,
        }))}
      />
      <OwnRange key={`${shown.from.getTime()} ${shown.to.getTime()}`} path={path} shown={shown} />
    </div>
  );
}

/** As a field takes it, in UTC. */
const fieldText = (at: Date) => at.toISOString().slice(0, 16);

function OwnRange({ path, shown }: { path: string; shown: Shown }) {
  const router = useRouter();
  const [from, setFrom] = useState(() => fieldText(shown.from));
  const [to, setTo] = useState(() => fieldText(shown.to));
  return (
    <form
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        router.push(`${path}?from=${encodeURIComponent(`${from}Z`)}&to=${encodeURIComponent(`${to}Z`)}`);
      }}
    >
      <TextField
        label="From (UTC)"
        type="datetime-local"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextField
        label="To (UTC)"
        type="datetime-local"
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" disabledReason={from < to ? undefined : 'The range ends after it begins.'}>
        Compare
      </Button>
    </form>
  );
}
