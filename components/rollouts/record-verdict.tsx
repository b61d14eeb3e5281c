import { CodeBlock } from '../ui/code.tsx';
import { Status } from '../ui/status.tsx';
import { verdictWord } from './prepare-checks.ts';
import { MissingPart, RecordSection } from './record-section.tsx';
import { checkTitleOf } from './record-words.ts';
import type { RecordPart } from './rollout-answers.ts';

type Verdict = Extract<RecordPart<'verdict'>, { kind: 'taken' }>['value'];

/** Every check as it was last judged, with its figures and the queries that they came from. */
export function RecordVerdict({ part }: { part: RecordPart<'verdict'> }) {
  if (part.kind === 'missing') return <MissingPart why={part.why} />;
  const { checks, weightPercent, stepIndex } = part.value;
  return (
    <RecordSection title="Verdict" count={checks.length}>
      <p className="text-ink-muted text-xs">
        At step {stepIndex + 1}, with {weightPercent} % of the traffic on the canary.
      </p>
      {checks.length === 0 ? (
        <p className="pt-1 text-ink-muted">No check judged this rollout.</p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {checks.map((check) => (
            <Judged key={check.checkId} check={check} />
          ))}
        </ul>
      )}
    </RecordSection>
  );
}

function Judged({ check }: { check: Verdict['checks'][number] }) {
  const word = verdictWord(check.kind, check.result?.verdict ?? null);
  return (
    <li className="flex flex-col gap-1 py-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="font-medium">{checkTitleOf(check)}</span>
        <Status tone={word.tone} label={word.label} />
      </div>
      {check.result !== null && <p className="text-ink-muted">{check.result.sentence}</p>}
      {check.queries.length > 0 && (
        <details>
          <summary className="cursor-pointer text-ink-muted text-xs">
            {check.queries.length === 1 ? 'The query' : `The ${check.queries.length} queries`} in full
          </summary>
          <div className="pt-1">
            <CodeBlock label={`queries of ${check.checkId}`} text={check.queries.join('\n\n')} wrap />
          </div>
        </details>
      )}
    </li>
  );
}
