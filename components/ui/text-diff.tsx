import { classNames } from './class-names.ts';
import { type DiffHunk, type DiffLine, diffHunks } from './diff-lines.ts';

type TextDiffProps = { label: string; before: string; after: string; context?: number | undefined };

const lineLook = { same: '', added: 'bg-ok-surface', removed: 'bg-bad-surface' };
const sign = { same: ' ', added: '+', removed: '−' };
const signLook = { same: 'text-ink-faint', added: 'text-ok', removed: 'text-bad' };

export function TextDiff({ label, before, after, context = 3 }: TextDiffProps) {
  const hunks = diffHunks(before, after, context);
  if (hunks.length === 0) return <p className="text-ink-muted">Nothing changes.</p>;
  return (
    <div
      role="group"
      aria-label={label}
      tabIndex={0}
      className="max-h-128 overflow-auto rounded-md border border-line bg-surface font-mono text-xs leading-5"
    >
      <table className="w-full border-collapse">
        {hunks.map((hunk) => (
          <Hunk key={hunk.header} hunk={hunk} />
        ))}
      </table>
    </div>
  );
}

function Hunk({ hunk }: { hunk: DiffHunk }) {
  return (
    <tbody>
      <tr>
        <th
          scope="rowgroup"
          colSpan={4}
          className="bg-sunken px-3 py-1 text-left font-normal font-sans text-ink-muted"
        >
          {hunk.header}
        </th>
      </tr>
      {hunk.lines.map((line) => (
        <Line key={`${line.beforeLine ?? ''}:${line.afterLine ?? ''}`} line={line} />
      ))}
    </tbody>
  );
}

function Line({ line }: { line: DiffLine }) {
  const numberLook = 'w-10 select-none px-2 text-right align-top text-ink-muted';
  return (
    <tr className={lineLook[line.kind]}>
      <td className={numberLook}>{line.beforeLine}</td>
      <td className={numberLook}>{line.afterLine}</td>
      <td className={classNames('w-4 text-center align-top font-semibold', signLook[line.kind])}>
        <span aria-hidden>{sign[line.kind]}</span>
        {line.kind !== 'same' && <span className="sr-only">{line.kind}</span>}
      </td>
      <td className="whitespace-pre pr-3">{line.text}</td>
    </tr>
  );
}
