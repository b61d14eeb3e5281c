import { CircleCheck, CircleDashed, CircleHelp, CircleX } from 'lucide-react';
import type { CheckState, ClusterCheck } from '../../domain/cluster-check.ts';
import { checkWords, groupTitles } from './cluster-words.ts';

const shapes: Readonly<Record<CheckState, typeof CircleCheck>> = {
  met: CircleCheck,
  missing: CircleX,
  absent: CircleDashed,
  unknown: CircleHelp,
};
const colours: Readonly<Record<CheckState, string>> = {
  met: 'text-ok',
  missing: 'text-bad',
  absent: 'text-ink-faint',
  unknown: 'text-warn',
};

/** What a look at a cluster found, row by row: green, or with what would mend it. */
export function CheckList({ checks }: { checks: readonly ClusterCheck[] }) {
  const groups = (['connection', 'rights', 'cluster'] as const).map((group) => ({
    group,
    rows: checks.filter((check) => check.group === group),
  }));
  return (
    <div className="flex flex-col gap-5">
      {groups
        .filter(({ rows }) => rows.length > 0)
        .map(({ group, rows }) => (
          <section key={group} aria-label={groupTitles[group]}>
            <h3 className="pb-1 font-medium text-ink-muted text-xs">{groupTitles[group]}</h3>
            <ul className="flex flex-col">
              {rows.map((check) => (
                <CheckRow key={check.id} check={check} />
              ))}
            </ul>
          </section>
        ))}
    </div>
  );
}

function CheckRow({ check }: { check: ClusterCheck }) {
  const Shape = shapes[check.state];
  return (
    <li className="flex items-start gap-x-3 border-line border-b py-2 last:border-b-0 max-sm:flex-wrap">
      <Shape aria-hidden className={`mt-0.5 size-4 shrink-0 ${colours[check.state]}`} />
      <span className="w-44 shrink-0 font-medium [overflow-wrap:anywhere] max-sm:w-[calc(100%-2rem)]">
        {check.title}
        <span className="sr-only">: {checkWords[check.state].label}</span>
      </span>
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere] max-sm:basis-full max-sm:pl-7">
        <span className="text-ink-muted">{check.detail}</span>
        {check.fix !== null && <span className="block pt-0.5 text-ink">{check.fix}</span>}
      </span>
    </li>
  );
}
