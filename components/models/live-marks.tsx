import { Radio } from 'lucide-react';
import { Badge } from '../ui/badge.tsx';
import type { Tone } from '../ui/tone.ts';
import type { LiveAt } from './model-answers.ts';

const tones: Record<LiveAt['role'], Tone> = { stable: 'ok', canary: 'warn', shadow: 'info' };

type Props = { readonly places: readonly LiveAt[]; readonly withVersion?: boolean | undefined };

/** Where a version takes traffic now; at most three places, the rest as a number. */
export function LiveMarks({ places, withVersion = false }: Props) {
  if (places.length === 0) return <span className="text-ink-faint">not live</span>;
  const shown = places.slice(0, 3);
  return (
    <span className="inline-flex flex-wrap items-center gap-1 py-1">
      {shown.map((place) => (
        <Badge
          key={`${place.serviceId} ${place.modelVersionId} ${place.role}`}
          tone={tones[place.role]}
          icon={Radio}
          title={`${place.role} on ${place.serviceName} in ${place.environmentName} (revision ${place.revisionNumber})`}
        >
          {withVersion && `${place.versionNumber} `}
          {place.role} · {place.environmentName}
        </Badge>
      ))}
      {places.length > shown.length && <Badge>+{places.length - shown.length}</Badge>}
    </span>
  );
}
