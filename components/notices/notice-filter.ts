import { noticeKinds } from '../../domain/notice-kind.ts';
import { oneParam, type SearchParams } from '../rollouts/list-params.ts';

const noticeFilters = ['all', 'unacknowledged', 'open', 'high'] as const;
export type NoticeFilter = {
  readonly filter: (typeof noticeFilters)[number];
  readonly kind?: (typeof noticeKinds)[number];
};

/** What the address asks for; all notices when it asks for nothing that exists. */
export function noticeFilter(params: SearchParams): NoticeFilter {
  const asked = oneParam(params, 'filter');
  const askedKind = oneParam(params, 'kind');
  const kind = noticeKinds.find((each) => each === askedKind);
  const filter = noticeFilters.find((each) => each === asked) ?? 'all';
  return { filter, ...(kind === undefined ? {} : { kind }) };
}
