import { ClassPanel } from './class-panel.tsx';
import type { ServiceMonitoring } from './monitoring-answers.ts';
import { ScorePanel } from './score-panel.tsx';
import { ValuePanel } from './value-panel.tsx';

type Performance = ServiceMonitoring['performance'][number];

/** How one prediction did against what came of it. */
export function PerformancePanel({ performance }: { performance: Performance }) {
  switch (performance.of) {
    case 'score':
      return <ScorePanel performance={performance} />;
    case 'class':
      return <ClassPanel performance={performance} />;
    case 'value':
      return <ValuePanel performance={performance} />;
  }
}
