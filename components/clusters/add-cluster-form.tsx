'use client';

import { useState } from 'react';
import { connectionCommands } from '../../domain/cluster-manifest.ts';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { CodeBlock } from '../ui/code.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import { CheckList } from './check-list.tsx';
import { checksSummary, namespacesOf } from './cluster-words.ts';
import { ConnectionFields } from './connection-fields.tsx';
import { RightsFields } from './rights-fields.tsx';

const ways = [
  { value: 'token', label: 'By address and token' },
  { value: 'inCluster', label: 'Fairlead runs in it' },
  { value: 'sandbox', label: 'Sandbox' },
] as const;
type Way = (typeof ways)[number]['value'];

/** Adds a cluster: what to grant, how to reach it, and what the worker finds there before anything is stored. */
export function AddClusterForm() {
  const { viewer } = useProject();
  const form = useAddCluster();
  const reason = permissionReason('clusters.create', viewer);
  const checks = form.trial?.checks;
  const isReal = form.way !== 'sandbox';
  return (
    <Page>
      <PageHeader
        title="Add a cluster"
        back={{ href: '/settings/clusters', label: 'Clusters' }}
        description="Grant exactly what is needed, say how the cluster is reached, and look before it is stored."
      />
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          form.register();
        }}
      >
        <Panel title="Cluster">
          <div className="flex flex-col gap-4">
            <TextField
              label="Name"
              required
              value={form.name}
              placeholder="prod-eu"
              onChange={(event) => form.setName(event.currentTarget.value)}
            />
            <div>
              <Segmented label="How it is reached" value={form.way} onChange={form.setWay} options={ways} />
            </div>
            <WayHint way={form.way} />
          </div>
        </Panel>
        {form.way === 'token' && <GrantPanel form={form} />}
        {form.way === 'token' && (
          <Panel title="Connection" description="The token is sealed for the worker; nobody can read it back">
            <div className="flex flex-col gap-4">
              <CodeBlock label="commands that print these three" text={form.commands} />
              <ConnectionFields draft={form.connection} onChange={form.setConnection} />
            </div>
          </Panel>
        )}
        {isReal && checks !== undefined && (
          <Panel title="Check list" description={`${checksSummary(checks).label}; nothing was stored`}>
            <CheckList checks={checks} />
          </Panel>
        )}
        {form.error !== null && <Banner tone="bad" title={form.error} />}
        <FormActions>
          {isReal && (
            <Button busy={form.trying} disabledReason={reason} onClick={form.check}>
              Check
            </Button>
          )}
          <Button type="submit" variant="primary" busy={form.busy} disabledReason={reason}>
            Register
          </Button>
        </FormActions>
      </form>
    </Page>
  );
}

type Form = ReturnType<typeof useAddCluster>;

function WayHint({ way }: { way: Way }) {
  if (way === 'token') return null;
  return (
    <p className="text-ink-muted">
      {way === 'sandbox'
        ? 'A model of a cluster in the database, to try things out: pods, traffic and answers are simulated, and every page that shows it says so.'
        : 'The worker uses its own service account, whose mounted token the kubelet renews. The chart grants its rights: name the namespaces in rbac.namespaces.'}
    </p>
  );
}

function GrantPanel({ form }: { form: Form }) {
  return (
    <Panel
      title="Rights"
      description="One service account with these verbs and no other; apply it as an admin of the cluster"
    >
      <div className="flex flex-col gap-4">
        <TextField
          label="Namespace of the service account"
          required
          mono
          value={form.home}
          onChange={(event) => form.setHome(event.currentTarget.value)}
        />
        <RightsFields home={form.home} draft={form.namespaces} onChange={form.setNamespaces} />
      </div>
    </Panel>
  );
}

function useAddCluster() {
  const trpc = useTrpc();
  const router = useRouter();
  const [name, setName] = useState('');
  const [way, setWay] = useState<Way>('token');
  const [home, setHome] = useState('fairlead');
  const [namespaces, setNamespaces] = useState({ watched: '', managed: '' });
  const [connection, setConnection] = useState({ serverUrl: '', caPem: '', token: '' });
  const [trial, setTrial] = useState<{ checks: Parameters<typeof CheckList>[0]['checks'] } | null>(null);
  const open = ({ id }: { id: string }) => router.push(`/settings/clusters/${id}`);
  const create = useCommand((extra) => trpc.clusters.create.mutationOptions(extra), { onDone: open });
  const sandbox = useCommand((extra) => trpc.clusters.createSandbox.mutationOptions(extra), { onDone: open });
  const asked = useCommand((extra) => trpc.clusters.tryConnection.mutationOptions(extra), {
    onDone: setTrial,
  });
  const { serverUrl, caPem, token } = connection;
  const chosen =
    way === 'token'
      ? { credential: way, serverUrl: serverUrl.trim(), caPem: caPem.trim(), token: token.trim() }
      : { credential: 'inCluster' as const };
  const commands = connectionCommands(home);
  return {
    name,
    setName,
    way,
    setWay,
    home,
    setHome,
    namespaces,
    setNamespaces,
    connection,
    setConnection,
    trial,
    commands: `${commands.serverUrl}\n${commands.caPem}\n${commands.token}`,
    busy: create.busy || sandbox.busy,
    trying: asked.busy,
    error: create.error ?? sandbox.error ?? asked.error,
    check: () => {
      create.reset();
      setTrial(null);
      asked.run({ connection: chosen, namespaces: namespacesOf(namespaces) });
    },
    register: () => {
      asked.reset();
      if (way === 'sandbox') sandbox.run({ name });
      else create.run({ name, connection: chosen, namespaces: namespacesOf(namespaces) });
    },
  };
}
