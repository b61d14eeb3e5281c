import { Badge } from './badge.tsx';
import { type ChangeKind, changeKind, type FieldChange } from './diff-lines.ts';
import type { Tone } from './tone.ts';

const tones: Record<ChangeKind, Tone> = { NEW: 'ok', REMOVED: 'bad', CHANGED: 'info', SAME: 'neutral' };

type FieldDiffTableProps = {
  rows: readonly FieldChange[];
  caption?: string | undefined;
  showUnchanged?: boolean | undefined;
};

/** What differs field by field; a field that stays is left out unless asked for. */
export function FieldDiffTable({
  rows,
  caption = 'Changed fields',
  showUnchanged = false,
}: FieldDiffTableProps) {
  const shown = rows.filter((row) => showUnchanged || changeKind(row) !== 'SAME');
  if (shown.length === 0) return <p className="text-ink-muted">Nothing changes.</p>;
  return (
    <div role="group" aria-label={caption} tabIndex={0} className="overflow-x-auto">
      <table className="w-full min-w-128 table-fixed border-collapse text-left">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-ink-muted text-xs">
            <th scope="col" className="w-24 border-line border-b py-1.5 pr-3 font-medium">
              Change
            </th>
            <th scope="col" className="w-[30%] border-line border-b px-3 py-1.5 font-medium">
              Field
            </th>
            <th scope="col" className="border-line border-b px-3 py-1.5 font-medium">
              Before
            </th>
            <th scope="col" className="border-line border-b py-1.5 pl-3 font-medium">
              After
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <FieldRow key={row.field} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FieldRow({ row }: { row: FieldChange }) {
  const kind = changeKind(row);
  const value = 'py-1.5 font-mono text-xs align-baseline [overflow-wrap:anywhere]';
  return (
    <tr className="border-line border-b last:border-b-0">
      <td className="py-1.5 pr-3 align-baseline">
        <Badge tone={tones[kind]}>{kind}</Badge>
      </td>
      <th scope="row" className="px-3 py-1.5 align-baseline font-medium [overflow-wrap:anywhere]">
        {row.field}
      </th>
      <td className={`px-3 text-ink-muted ${value}`}>{row.before ?? '–'}</td>
      <td className={`pl-3 ${value}`}>{row.after ?? '–'}</td>
    </tr>
  );
}
