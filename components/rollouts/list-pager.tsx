import { countText } from '../../domain/figure-text.ts';
import { Pagination } from '../ui/pagination.tsx';
import { withParams } from './list-params.ts';

type Props = {
  readonly page: { readonly total: number; readonly page: number; readonly pageSize: number };
  readonly noun: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string | undefined>>;
};

/** Which rows of how many, and links to the pages beside. */
export function ListPager({ page: { total, page, pageSize }, noun, path, params }: Props) {
  const first = (page - 1) * pageSize + 1;
  const last = Math.min(total, page * pageSize);
  const href = (to: number) => withParams(path, { ...params, page: to === 1 ? undefined : String(to) });
  return (
    <Pagination
      summary={`${countText(first)}–${countText(last)} of ${countText(total)} ${noun}`}
      previousHref={page > 1 ? href(page - 1) : undefined}
      nextHref={last < total ? href(page + 1) : undefined}
    />
  );
}
