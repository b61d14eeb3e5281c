'use client';

import { Share2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import type { ChartSpec } from '../../domain/chart/chart-spec.ts';
import type { SharedChart } from '../shares/shared-chart.ts';
import { IconButton } from '../ui/icon-button.tsx';

/** Few visits share anything, so the dialog is fetched when it is asked for. */
const ShareDialog = lazy(async () => ({
  default: (await import('../shares/share-dialog.tsx')).ShareDialog,
}));

type Props = { readonly title: string; readonly spec: ChartSpec; readonly range: ChartRange };

/** A range that reaches about now goes on with the time; one that ended stays as it is. */
const nowWithinMs = 5 * 60_000;

export function ShareChart({ title, spec, range }: Props) {
  const [chart, setChart] = useState<SharedChart | null>(null);
  const open = () => {
    const { from, to } = range;
    const isLive = to >= Date.now() - nowWithinMs;
    setChart({
      title,
      spec,
      range: isLive
        ? { kind: 'relative', ms: Math.max(60_000, Math.round(to - from)) }
        : { kind: 'fixed', from: Math.round(from), to: Math.round(to) },
    });
  };
  return (
    <>
      <IconButton label={`Share ${title}`} icon={Share2} size="small" onClick={open} />
      {chart !== null && (
        <Suspense fallback={null}>
          <ShareDialog chart={chart} onClose={() => setChart(null)} />
        </Suspense>
      )}
    </>
  );
}
