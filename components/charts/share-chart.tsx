'use client';

import { Share2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { ChartRange } from '../../domain/chart/chart-series.ts';
import type { AnyChartSpec } from '../../domain/chart/chart-spec.ts';
import { type SharedCharts, sharedRange } from '../shares/shared-charts.ts';
import { IconButton } from '../ui/icon-button.tsx';

/** Few visits share anything, so the dialog is fetched when it is asked for. */
const ShareDialog = lazy(async () => ({
  default: (await import('../shares/share-dialog.tsx')).ShareDialog,
}));

type Props = { readonly title: string; readonly spec: AnyChartSpec; readonly range: ChartRange };

export function ShareChart({ title, spec, range }: Props) {
  const [chart, setChart] = useState<SharedCharts | null>(null);
  const open = () => {
    setChart({ title, specs: [spec], range: sharedRange(range, Date.now()) });
  };
  return (
    <>
      <IconButton label={`Share ${title}`} icon={Share2} size="small" onClick={open} />
      {chart !== null && (
        <Suspense fallback={null}>
          <ShareDialog shared={chart} onClose={() => setChart(null)} />
        </Suspense>
      )}
    </>
  );
}
