import { Badge } from '../ui/badge.tsx';
import { classNames } from '../ui/class-names.ts';
import { Digest } from '../ui/digest.tsx';
import { Panel } from '../ui/panel.tsx';
import type { PromotionDetail } from './promotion-answers.ts';

type Part = PromotionDetail['subjectParts'][number];

/** What a signature binds to, part by part; a part that is not what was asked for any more is marked. */
export function SubjectPanel({ promotion }: { promotion: PromotionDetail }) {
  const parts = shownParts(promotion);
  const changed = parts.filter((part) => part.changed).length;
  return (
    <Panel
      title="What a signature binds to"
      description={
        changed === 0
          ? 'A change of any of these makes every signature void'
          : `${changed} of ${parts.length} parts are not what was asked for any more`
      }
    >
      <div role="group" aria-label="Parts of the subject" tabIndex={0} className="relative overflow-x-auto">
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">Parts of the subject</caption>
          <thead className="text-ink-muted text-xs">
            <tr>
              {['Part', 'Asked for', 'Now', ''].map((head, index) => (
                <th key={index} scope="col" className="border-line border-b py-1.5 pr-4 font-medium">
                  {head === '' ? <span className="sr-only">Change</span> : head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => (
              <PartRow key={part.part} part={part} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="mt-3 flex flex-wrap items-center gap-1 text-ink-muted text-xs">
        SHA-256 over all of them: <Digest value={promotion.subjectDigest} length={24} />
      </p>
    </Panel>
  );
}

/** Once a rollout has started or the request has ended by itself, what is live now says nothing about it any more. */
function shownParts({ state, subjectParts }: PromotionDetail): Part[] {
  const isCompared = state === 'open' || state === 'approved' || state === 'voided';
  return subjectParts
    .filter((part) => part.part !== 'schema' && part.part !== 'kind')
    .map((part) => (isCompared ? part : { ...part, changed: false }));
}

function PartRow({ part }: { part: Part }) {
  const cell = 'border-line border-b py-1 pr-4 align-baseline';
  return (
    <tr className={classNames(part.changed && 'bg-bad-surface')}>
      <th scope="row" className={`${cell} whitespace-nowrap font-normal`}>
        {part.name}
      </th>
      <td className={cell}>
        <PartValue value={part.asked} />
      </td>
      <td className={cell}>
        {part.changed ? <PartValue value={part.now} /> : <span className="text-ink-muted">the same</span>}
      </td>
      <td className={`${cell} w-24 text-right`}>{part.changed && <Badge tone="bad">CHANGED</Badge>}</td>
    </tr>
  );
}

function PartValue({ value }: { value: string | null }) {
  return value === null ? (
    <span className="text-ink-muted">nothing</span>
  ) : (
    <Digest value={value} length={16} />
  );
}
