'use client';

import { parseAsString, useQueryStates } from 'nuqs';
import { auditObjectKinds } from '../../domain/audit.ts';
import { withParams } from '../rollouts/list-params.ts';
import { Badge } from '../ui/badge.tsx';
import { classNames } from '../ui/class-names.ts';
import { controlLook } from '../ui/control-look.ts';
import { FilterSelect } from '../ui/filter-select.tsx';
import { Link } from '../ui/link.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { type AuditFilter, auditParams } from './audit-filter.ts';
import { kindWord } from './audit-links.ts';

const kinds = auditObjectKinds
  .map((kind) => ({ value: kind, label: kindWord(kind) }))
  .toSorted((left, right) => left.label.localeCompare(right.label));

/** Object, text and days; what a link narrowed further is shown and can be taken away. */
export function AuditFilterBar({ filter }: { filter: AuditFilter }) {
  const params = auditParams(filter);
  return (
    <div className="flex flex-col gap-2 border-line border-b px-4 py-2.5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchInput label="Search the trail" placeholder="Actor, object or what was done" />
        <FilterSelect label="Object" param="kind" options={kinds} allLabel="Any" />
        <DayInput label="From" param="from" />
        <DayInput label="To" param="to" />
      </div>
      {(filter.objectId !== null || filter.actorId !== null || filter.seq !== null) && (
        <div className="flex flex-wrap items-center gap-2">
          {filter.objectId !== null && (
            <Narrowed
              text="one object only"
              href={withParams('/audit', { ...params, id: undefined, kind: undefined })}
            />
          )}
          {filter.actorId !== null && (
            <Narrowed text="one actor only" href={withParams('/audit', { ...params, actor: undefined })} />
          )}
          {filter.seq !== null && (
            <Narrowed text={`from entry ${filter.seq} back`} href={withParams('/audit', params)} />
          )}
        </div>
      )}
    </div>
  );
}

function Narrowed({ text, href }: { text: string; href: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <Badge tone="info">{text}</Badge>
      <Link href={href} className="text-accent text-xs hover:underline">
        Show all
      </Link>
    </span>
  );
}

/** A day in UTC, held by the address; a new one begins at the newest entry. */
function DayInput({ label, param }: { label: string; param: string }) {
  const [values, setValues] = useQueryStates(
    { [param]: parseAsString.withDefault(''), before: parseAsString, seq: parseAsString },
    { shallow: false, history: 'push' },
  );
  return (
    <label className="flex items-center gap-2">
      <span className="text-ink-muted text-xs">{label}</span>
      <input
        type="date"
        value={values[param] ?? ''}
        onChange={(event) =>
          void setValues({ [param]: event.currentTarget.value || null, before: null, seq: null })
        }
        className={classNames(controlLook, 'h-control w-36')}
      />
    </label>
  );
}
