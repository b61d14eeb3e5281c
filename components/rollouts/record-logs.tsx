import type { Refusal } from '../../domain/refusal.ts';
import { CodeBlock } from '../ui/code.tsx';
import { MissingPart, RecordSection } from './record-section.tsx';
import { linesText } from './record-words.ts';
import type { RecordPart } from './rollout-answers.ts';

type Log = Extract<RecordPart<'logs'>, { kind: 'taken' }>['value'][number];
type Props = { readonly part: RecordPart<'logs'>; readonly refusal: Refusal | null };

/** The last lines of each container, and of the run before its last restart; secrets were taken out before they were stored. */
export function RecordLogs({ part, refusal }: Props) {
  if (refusal !== null)
    return (
      <RecordSection title="Logs">
        <p className="text-ink-muted">{refusal.message}</p>
      </RecordSection>
    );
  if (part.kind === 'missing') return <MissingPart why={part.why} />;
  return (
    <RecordSection title="Logs" count={part.value.length}>
      {part.value.length === 0 && <p className="text-ink-muted">No container had run.</p>}
      <ul className="flex flex-col gap-1">
        {part.value.map((log, index) => (
          <li key={`${log.pod} ${log.container} ${log.previous}`}>
            <OneLog log={log} isOpen={index === 0} />
          </li>
        ))}
      </ul>
    </RecordSection>
  );
}

function OneLog({ log, isOpen }: { log: Log; isOpen: boolean }) {
  const name = `${log.pod} / ${log.container}${log.previous ? ', the run before' : ''}`;
  if (log.text === null)
    return (
      <p className="text-ink-muted">
        <code className="font-mono text-xs">{name}</code>: {log.why}
      </p>
    );
  return (
    <details open={isOpen}>
      <summary className="cursor-pointer py-1">
        <code className="font-mono text-xs [overflow-wrap:anywhere]">{name}</code>{' '}
        <span className="text-ink-muted text-xs">{linesText(log.text, log.truncated)}</span>
      </summary>
      <CodeBlock
        label={`log of ${name}`}
        text={log.text === '' ? 'It wrote nothing.' : log.text}
        maxHeight="20rem"
      />
    </details>
  );
}
