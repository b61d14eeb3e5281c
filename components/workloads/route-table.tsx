import { type Column, DataTable } from '../ui/data-table.tsx';
import { Panel } from '../ui/panel.tsx';
import type { Discovered } from './workload-answers.ts';

type RouteRow = Discovered['routes'][number];

const columns: readonly Column<RouteRow>[] = [
  { key: 'name', header: 'HTTPRoute', cell: (row) => row.name },
  {
    key: 'hosts',
    header: 'Hostnames',
    phone: 'hide',
    nowrap: false,
    cell: (row) => (row.hostnames.length === 0 ? "the gateway's" : row.hostnames.join(', ')),
  },
  {
    key: 'backends',
    header: 'Backends and weights',
    nowrap: false,
    cell: (row) => row.backends.map(({ name, weight }) => `${name} ${weight}`).join(', ') || 'none',
  },
  {
    key: 'workloads',
    header: 'Leads to',
    nowrap: false,
    cell: (row) => row.workloads.join(', ') || <span className="text-ink-faint">nothing listed here</span>,
  },
];

/** Routes of the namespace that others wrote; nothing when there are none. */
export function RouteTable({ routes }: { routes: readonly RouteRow[] }) {
  if (routes.length === 0) return null;
  return (
    <Panel title="Routes" description="HTTPRoutes of the namespace that others wrote." flush>
      <DataTable caption="Routes" columns={columns} rows={routes} rowKey={({ name }) => name} empty={null} />
    </Panel>
  );
}
