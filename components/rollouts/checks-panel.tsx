import { figureText, shareText } from '../../domain/figure-text.ts';
import { Panel } from '../ui/panel.tsx';
import { CheckList } from './check-list.tsx';
import { type PreparedCheck, prepareChecks } from './prepare-checks.ts';
import { eText } from './prepare-meter.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import { sampleSentence } from './sample-sizes.ts';
import { ServiceTime } from './service-clock.tsx';

/** The analysis: every check, how sure it may be, and on how many requests it rests. */
export function ChecksPanel({ rollout }: { rollout: RolloutDetail }) {
  const checks = prepareChecks(rollout);
  const { status, plan } = rollout;
  return (
    <Panel
      title="Analysis"
      description={alphaSentence(plan.alpha, checks)}
      actions={status?.newestEvidenceAt && <EvidenceAge at={status.newestEvidenceAt} />}
      flush
    >
      {checks.length === 0 ? (
        <p className="px-4 py-3 text-ink-muted">
          No check judges this rollout: only minimum times and numbers of requests hold it.
        </p>
      ) : (
        <CheckList checks={checks} />
      )}
      <Basis rollout={rollout} />
    </Panel>
  );
}

function alphaSentence(alpha: number, checks: readonly PreparedCheck[]): string {
  const limit = checks.map((each) => each.result?.figures.logLimit ?? null).find((each) => each !== null);
  const decides =
    limit === undefined || limit === null ? '' : `, so each relative check decides at e = ${eText(limit)}`;
  return `False alarms of the whole rollout: at most ${shareText(alpha)}${decides}.`;
}

function EvidenceAge({ at }: { at: string }) {
  return (
    <span className="text-ink-muted text-xs">
      newest evidence <ServiceTime at={at} />
    </span>
  );
}

/** What all verdicts rest on: sample sizes, clustering of errors, and what limits them. */
function Basis({ rollout }: { rollout: RolloutDetail }) {
  const { status, phi, phiBackedByHistory, from } = rollout;
  const samples = sampleSentence(rollout);
  return (
    <div className="flex flex-col gap-1 border-line border-t bg-sunken px-4 py-2.5 text-ink-muted text-xs">
      {samples !== null && <p>{samples}</p>}
      {from !== null && (
        <p>
          φ = {figureText(phi)}:{' '}
          {phiBackedByHistory
            ? 'how much errors cluster, measured on this Service before the rollout began.'
            : 'assumed, because this Service has no history of how errors cluster; the false-alarm rate is not backed by history.'}
        </p>
      )}
      {status?.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}
