import type { ReactNode } from 'react';
import { previousEnvironments, type Rung, rungsOf } from '../../domain/environment-order.ts';
import { EnvironmentLabel } from './environment-label.tsx';
import { EmptyCell, MatrixCellContent } from './matrix-cell.tsx';
import type { MatrixEnvironment, ServiceMatrix } from './service-answers.ts';

type Props = {
  readonly matrix: ServiceMatrix;
  readonly caption: string;
  readonly empty: ReactNode;
  readonly pager: ReactNode;
};

const headCell = 'sticky top-0 z-10 flex items-center bg-sunken px-3 font-medium text-ink-muted text-xs';

/**
 * Services by environment: a row per name, a column per environment in their order, groups side by side. A grid with the roles
 * of a table, because on a phone every service becomes a section with its environments under each other.
 */
export function ServiceMatrixTable({ matrix, caption, empty, pager }: Props) {
  const { environments, rows } = matrix;
  if (rows.length === 0) return empty;
  const columns = `minmax(9rem, auto) repeat(${environments.length}, minmax(13.5rem, 1fr))`;
  return (
    <>
      <div
        role="group"
        aria-label={caption}
        tabIndex={0}
        className="overflow-auto sm:max-h-[80dvh] focus-visible:-outline-offset-2"
      >
        <div role="table" aria-label={caption} className="sm:grid" style={{ gridTemplateColumns: columns }}>
          <MatrixHead environments={environments} />
          {rows.map((row) => (
            <MatrixRow key={row.name} row={row} environments={environments} />
          ))}
        </div>
      </div>
      {pager}
    </>
  );
}

type RowProps = {
  readonly row: ServiceMatrix['rows'][number];
  readonly environments: readonly MatrixEnvironment[];
};

const bodyCell = 'px-3 py-2.5 sm:border-line sm:border-b max-sm:px-4';

function MatrixRow({ row, environments }: RowProps) {
  const nameOf = (id: string) => environments.find((environment) => environment.id === id)?.name ?? '';
  return (
    <div role="row" className="sm:contents max-sm:block max-sm:border-line max-sm:border-b max-sm:py-1">
      <div role="rowheader" className={`${bodyCell} z-5 bg-surface pl-4 font-semibold sm:sticky sm:left-0`}>
        {row.name}
      </div>
      {environments.map((environment) => {
        const cell = row.cells.find((each) => each.environmentId === environment.id);
        return (
          <div key={environment.id} role="cell" className={bodyCell}>
            <span aria-hidden className="mb-1 block sm:hidden">
              <EnvironmentLabel environment={environment} />
            </span>
            {cell === undefined ? (
              <EmptyCell environment={environment} name={row.name} />
            ) : (
              <MatrixCellContent
                cell={cell}
                before={previousEnvironments(environments, environment.id)}
                nameOf={nameOf}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

/** The names of the environments, below the names of their groups where there are any. */
function MatrixHead({ environments }: { environments: readonly MatrixEnvironment[] }) {
  const rungs = rungsOf(environments);
  const hasGroups = rungs.some((rung) => rung.groupName !== null);
  return (
    <div role="rowgroup" className="sm:contents max-sm:sr-only">
      {hasGroups && <GroupRow rungs={rungs} />}
      <div role="row" className="sm:contents">
        <div role="columnheader" className={`${headCell} left-0 z-20 h-9 border-line border-b pl-4`}>
          Service
        </div>
        {environments.map((environment) => (
          <div key={environment.id} role="columnheader" className={`${headCell} h-9 border-line border-b`}>
            <EnvironmentLabel environment={environment} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** Fills the whole first row of the grid, so that what follows begins in the next. */
function GroupRow({ rungs }: { rungs: readonly Rung<MatrixEnvironment>[] }) {
  return (
    <div role="row" className="sm:contents">
      <div aria-hidden className="bg-sunken" />
      {rungs.map(({ groupName, environments: [first, ...others] }) =>
        groupName === null ? (
          <div key={first?.id} aria-hidden className="bg-sunken" />
        ) : (
          <div
            key={first?.id}
            role="columnheader"
            aria-colspan={1 + others.length}
            className="flex h-7 items-center border-line border-x bg-sunken px-3 font-medium text-ink-muted text-xs"
            style={{ gridColumn: `span ${1 + others.length}` }}
          >
            {groupName}
          </div>
        ),
      )}
    </div>
  );
}
