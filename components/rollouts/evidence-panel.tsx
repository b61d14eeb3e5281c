import { figureText } from '../../domain/figure-text.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import type { Tone } from '../ui/tone.ts';
import type { RevisionRef, RolloutDetail } from './rollout-answers.ts';
import { versionHref, versionName } from './rollout-words.ts';

type Item = RolloutDetail['evidence'][number];

const words: Record<Item['verdict'], { tone: Tone; label: string }> = {
  passed: { tone: 'ok', label: 'Bounds kept' },
  failed: { tone: 'bad', label: 'Bound broken' },
  noThreshold: { tone: 'neutral', label: 'No bounds' },
};

type Props = { readonly evidence: readonly Item[]; readonly revision: RevisionRef };

/** What was known of the version before it took traffic. */
export function EvidencePanel({ evidence, revision }: Props) {
  return (
    <Panel
      title="Evidence"
      description={
        <>
          Of <TextLink href={versionHref(revision)}>{versionName(revision)}</TextLink>, before it took traffic
        </>
      }
      flush
    >
      {evidence.length === 0 ? (
        <EmptyState title="No evaluation report">
          Attach one to the version: metrics, each with the bound it has to keep.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {evidence.map((item) => (
            <EvidenceItem key={item.id} item={item} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function bound({ minimum, maximum }: Item['report']['metrics'][number]): string {
  const parts = [
    minimum === undefined ? null : `≥ ${figureText(minimum)}`,
    maximum === undefined ? null : `≤ ${figureText(maximum)}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function EvidenceItem({ item }: { item: Item }) {
  const word = words[item.verdict];
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5">
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate font-medium">{item.report.name}</span>
        <Status tone={word.tone} label={word.label} />
      </div>
      <dl className="flex flex-col text-xs">
        {item.report.metrics.slice(0, 6).map((metric) => (
          <div key={metric.name} className="flex justify-between gap-3">
            <dt className="truncate text-ink-muted">{metric.name}</dt>
            <dd className="whitespace-nowrap tabular-nums">
              {figureText(metric.value)} <span className="text-ink-muted">{bound(metric)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
