'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Columns3 } from 'lucide-react';
import { useState } from 'react';
import { featureRoles } from '../../domain/drift/feature.ts';
import { roleWords } from '../monitoring/monitoring-words.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { Panel } from '../ui/panel.tsx';
import { Status } from '../ui/status.tsx';
import type { Tone } from '../ui/tone.ts';
import { useCommand } from '../use-command.ts';
import type { Connect } from './connect-answers.ts';

type Row = {
  readonly name: string;
  readonly state: 'unknown' | Connect['features'][number]['state'];
  readonly about: string;
};

const states: Record<Row['state'], { tone: Tone; label: string }> = {
  unknown: { tone: 'warn', label: 'Unknown' },
  refused: { tone: 'warn', label: 'Refused' },
  counted: { tone: 'ok', label: 'Counted' },
  ignored: { tone: 'neutral', label: 'Ignored' },
};

function rowsOf({ unknown, features }: Connect): Row[] {
  const named = features.map(({ name, state, role, why, aliases }) => ({
    name,
    state,
    about: why ?? [roleWords[role], ...aliases.map((alias) => `also sent as ${alias}`)].join(', '),
  }));
  const asked = unknown.map(({ name }) => ({
    name,
    state: 'unknown' as const,
    about: 'It is sent, and nobody said what it is.',
  }));
  return [...asked, ...named];
}

/** What is sent, by column: those that wait for somebody's word first. */
export function ColumnsPanel({ data }: { data: Connect }) {
  const { map, ignore, error } = useDecisions(data.service.id);
  const counted = data.features.filter(({ state }) => state === 'counted').map(({ name }) => name);
  const columns: readonly Column<Row>[] = [
    { key: 'name', header: 'Column', cell: ({ name }) => <span className="font-mono text-xs">{name}</span> },
    { key: 'state', header: 'State', cell: ({ state }) => <Status {...states[state]} /> },
    {
      key: 'about',
      header: 'What it is',
      nowrap: false,
      phone: 'hide',
      cell: ({ about }) => <span className="block py-1.5 text-ink-muted leading-5">{about}</span>,
    },
    {
      key: 'act',
      header: 'Say what it is',
      align: 'right',
      cell: (row) => (
        <span className="inline-flex gap-1">
          <MapMenu
            row={row}
            others={counted.filter((name) => name !== row.name)}
            blocked={reasonOf(data.refusals.map)}
            onMap={map}
          />
          <Button
            size="small"
            variant="ghost"
            aria-label={`Ignore ${row.name}`}
            disabledReason={
              reasonOf(data.refusals.ignore) ??
              (row.state === 'ignored' ? 'It is ignored already.' : undefined)
            }
            onClick={() => ignore(row.name)}
          >
            Ignore
          </Button>
        </span>
      ),
    },
  ];
  return (
    <Panel flush title="Columns">
      {error !== null && <Banner tone="bad" title={error} />}
      <DataTable
        caption="Columns"
        columns={columns}
        rows={rowsOf(data)}
        rowKey={({ name, state }) => `${state} ${name}`}
        empty={
          <EmptyState icon={Columns3} title="No column is known yet">
            {data.expected.length > 0
              ? `The model takes ${data.expected.join(', ')}; they are counted once rows have come.`
              : 'They are proposed from the first thousand rows, or from training data.'}
          </EmptyState>
        }
      />
    </Panel>
  );
}

type As = (typeof featureRoles)[number] | { feature: string };

function useDecisions(serviceId: string) {
  const trpc = useTrpc();
  const client = useQueryClient();
  const [latest, setLatest] = useState<'map' | 'ignore'>('map');
  const onDone = () =>
    void client.invalidateQueries({ queryKey: trpc.monitoring.connect.queryKey({ serviceId }) });
  const mapping = useCommand((extra) => trpc.features.map.mutationOptions(extra), { onDone });
  const ignoring = useCommand((extra) => trpc.features.ignore.mutationOptions(extra), { onDone });
  return {
    error: latest === 'map' ? mapping.error : ignoring.error,
    map: (column: string, as: As) => {
      setLatest('map');
      mapping.run({ serviceId, column, as });
    },
    ignore: (column: string) => {
      setLatest('ignore');
      ignoring.run({ serviceId, column });
    },
  };
}

type MapMenuProps = {
  readonly row: Row;
  readonly others: readonly string[];
  readonly blocked: string | undefined;
  readonly onMap: (column: string, as: As) => void;
};

/** A column is a feature of its own, or another name of one that is counted. */
function MapMenu({ row, others, blocked, onMap }: MapMenuProps) {
  const trigger = (
    <Button size="small" variant="ghost" aria-label={`Map ${row.name}`} disabledReason={blocked}>
      Map
    </Button>
  );
  if (blocked !== undefined) return trigger;
  return (
    <Menu label={`What ${row.name} is`} trigger={trigger}>
      {featureRoles.map((role) => (
        <MenuItem key={role} onSelect={() => onMap(row.name, role)}>
          {`As ${roleWords[role]}`}
        </MenuItem>
      ))}
      {row.state !== 'counted' &&
        others.slice(0, 50).map((feature) => (
          <MenuItem key={feature} onSelect={() => onMap(row.name, { feature })}>
            {`As another name of ${feature}`}
          </MenuItem>
        ))}
    </Menu>
  );
}
