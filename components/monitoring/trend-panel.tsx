'use client';

import { useMemo, useState } from 'react';
import { type DriftTest, testsOf } from '../../domain/drift/drift-tests.ts';
import { testWords } from '../../domain/drift/drift-words.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { Panel } from '../ui/panel.tsx';
import { Segmented } from '../ui/segmented.tsx';
import type { MonitoredFeature } from './monitoring-answers.ts';
import { prepareTrend } from './prepare-trend.ts';

/** How each test of the feature went, window by window. */
export function TrendPanel({
  data: { service, feature, windows, alerts, binning },
}: {
  data: MonitoredFeature;
}) {
  const [test, setTest] = useState<DriftTest>('distribution');
  const trend = useMemo(() => prepareTrend(windows, test, alerts), [windows, test, alerts]);
  if (trend === null)
    return (
      <Panel title="By window">
        <p className="text-ink-muted">Its first window is judged once it is over.</p>
      </Panel>
    );
  return (
    <Panel>
      <Segmented
        label="What is shown"
        value={test}
        onChange={setTest}
        options={testsOf(binning).map((each) => ({ value: each, label: testWords[each] }))}
      />
      <LineChart
        title={`Drift by window: ${testWords[test]}`}
        unit={test === 'distribution' ? 'psi' : 'share'}
        series={trend.series}
        rangeMs={trend.range}
        stepMs={trend.stepMs}
        thresholds={trend.thresholds}
        marks={trend.marks}
        spec={{ kind: 'feature', serviceId: service.id, featureId: feature.id, test }}
        emptyText="No window had enough data for a verdict."
      />
    </Panel>
  );
}
