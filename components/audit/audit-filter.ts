import { type AuditObjectKind, auditObjectKinds } from '../../domain/audit.ts';
import { oneParam, type SearchParams } from '../rollouts/list-params.ts';

/** Which entries are shown; null where nothing narrows them. */
export type AuditFilter = {
  readonly search: string | null;
  readonly objectKind: AuditObjectKind | null;
  readonly objectId: string | null;
  readonly actorId: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly before: number | null;
  /** The one entry that a link pointed to; it leads the list and is open. */
  readonly seq: number | null;
  readonly chain: 'project' | 'instance';
};

/** The filter of an address; what cannot be read narrows nothing. */
export function auditFilter(params: SearchParams): AuditFilter {
  const kind = oneParam(params, 'kind');
  return {
    search: oneParam(params, 'q')?.slice(0, 200) ?? null,
    objectKind: auditObjectKinds.find((each) => each === kind) ?? null,
    objectId: oneParam(params, 'id')?.slice(0, 200) ?? null,
    actorId: uuidOf(oneParam(params, 'actor')),
    from: dayOf(oneParam(params, 'from'), 'start'),
    to: dayOf(oneParam(params, 'to'), 'end'),
    before: countOf(oneParam(params, 'before')),
    seq: countOf(oneParam(params, 'seq')),
    chain: oneParam(params, 'chain') === 'instance' ? 'instance' : 'project',
  };
}

function uuidOf(text: string | undefined): string | null {
  return text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text : null;
}

function countOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** A day of the calendar in UTC: its first or its last millisecond. */
function dayOf(text: string | undefined, edge: 'start' | 'end'): Date | null {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = new Date(`${text}T${edge === 'start' ? '00:00:00.000' : '23:59:59.999'}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** What is asked of the server; an entry that is pointed to is the newest of its page. */
export function auditAsk(filter: AuditFilter) {
  const { search, objectKind, objectId, actorId, from, to, before, seq } = filter;
  return {
    search,
    objectKind,
    objectId,
    actorId,
    from,
    to,
    before: before ?? (seq === null ? null : seq + 1),
  };
}

/** The filter as params of an address, without the place in the list. */
export function auditParams(filter: AuditFilter): Record<string, string | undefined> {
  return {
    q: filter.search ?? undefined,
    kind: filter.objectKind ?? undefined,
    id: filter.objectId ?? undefined,
    actor: filter.actorId ?? undefined,
    from: filter.from?.toISOString().slice(0, 10),
    to: filter.to?.toISOString().slice(0, 10),
    chain: filter.chain === 'instance' ? 'instance' : undefined,
  };
}
