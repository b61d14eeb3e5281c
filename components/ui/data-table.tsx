import { ChevronDown, ChevronsUpDown, ChevronUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Link } from './link.tsx';

export type Column<Row> = {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  align?: 'left' | 'right' | undefined;
  width?: string | undefined;
  phone?: 'show' | 'hide' | undefined;
  nowrap?: boolean | undefined;
  sort?: { href: string; direction: 'ascending' | 'descending' | null } | undefined;
};

type DataTableProps<Row> = {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowHref?: ((row: Row) => string | undefined) | undefined;
  empty: ReactNode;
  pager?: ReactNode | undefined;
  minWidth?: string | undefined;
};

/** A plain table whose rows are real links and which scrolls inside itself under a head that stays, never the page. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, rowHref, empty, pager, minWidth } = props;
  if (rows.length === 0) return empty;
  return (
    <>
      <div
        role="group"
        aria-label={caption}
        tabIndex={0}
        className="scroll-pt-8 overflow-auto sm:max-h-[80dvh] focus-visible:-outline-offset-2"
      >
        <table className="w-full border-collapse text-left" style={{ minWidth }}>
          <caption className="sr-only">{caption}</caption>
          <thead className="sticky top-0 z-10 bg-sunken">
            <tr>
              {columns.map((column) => (
                <HeadCell key={column.key} column={column} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <BodyRow key={rowKey(row)} row={row} columns={columns} href={rowHref?.(row)} />
            ))}
          </tbody>
        </table>
      </div>
      {pager}
    </>
  );
}

const cellClasses = <Row,>(column: Column<Row>) =>
  classNames(
    'px-3 first:pl-4 last:pr-4',
    column.align === 'right' && 'text-right',
    column.phone === 'hide' && 'max-sm:hidden',
    column.nowrap !== false && 'whitespace-nowrap',
  );

const sortIcon = { ascending: ChevronUp, descending: ChevronDown };

function HeadCell<Row>({ column }: { column: Column<Row> }) {
  const { sort } = column;
  const SortShape = sort?.direction ? sortIcon[sort.direction] : ChevronsUpDown;
  return (
    <th
      scope="col"
      aria-sort={sort?.direction ?? undefined}
      style={{ width: column.width }}
      className={classNames(
        'h-8 bg-sunken font-medium shadow-[inset_0_-1px_0_var(--line)] text-ink-muted text-xs',
        cellClasses(column),
      )}
    >
      {sort ? (
        <Link href={sort.href} className="inline-flex items-center gap-1 hover:text-ink">
          {column.header}
          <SortShape aria-hidden className="size-3" />
        </Link>
      ) : (
        column.header
      )}
    </th>
  );
}

type BodyRowProps<Row> = { row: Row; columns: readonly Column<Row>[]; href: string | undefined };

function BodyRow<Row>({ row, columns, href }: BodyRowProps<Row>) {
  return (
    <tr
      className={classNames(
        'relative border-line border-b last:border-b-0',
        href !== undefined && 'focus-within:bg-hover hover:bg-hover',
      )}
    >
      {columns.map((column, index) => {
        const className = classNames('h-row', cellClasses(column));
        const content = column.cell(row);
        if (index > 0 || href === undefined) {
          return (
            <td key={column.key} className={className}>
              {content}
            </td>
          );
        }
        return (
          <th key={column.key} scope="row" className={classNames('font-medium', className)}>
            <Link
              href={href}
              data-row-link
              className="rounded-sm outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-focus focus-visible:after:-outline-offset-2"
            >
              {content}
            </Link>
          </th>
        );
      })}
    </tr>
  );
}
