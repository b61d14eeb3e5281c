'use client';

import { useState } from 'react';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { ClusterRow } from './cluster-answers.ts';
import { ConnectionFields } from './connection-fields.tsx';

type Props = { readonly cluster: ClusterRow; readonly disabledReason: string | undefined };

/** Replaces how a cluster is reached. */
export function ClusterDialog({ cluster, disabledReason }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title={`Connection of ${cluster.name}`}
      description="A new address never gets the old token, so the token is asked for again."
      open={open}
      onOpenChange={setOpen}
      trigger={<Button disabledReason={disabledReason}>Change connection</Button>}
    >
      <ClusterForm cluster={cluster} onDone={() => setOpen(false)} />
    </Dialog>
  );
}

const ways = [
  { value: 'token', label: 'By address and token' },
  { value: 'inCluster', label: 'Fairlead runs in it' },
] as const;

function ClusterForm({ cluster, onDone }: { cluster: ClusterRow; onDone: () => void }) {
  const trpc = useTrpc();
  const [name, setName] = useState(cluster.name);
  const [credential, setCredential] = useState<(typeof ways)[number]['value']>(
    cluster.credential === 'inCluster' ? 'inCluster' : 'token',
  );
  const [draft, setDraft] = useState({ serverUrl: cluster.serverUrl ?? '', caPem: '', token: '' });
  const update = useCommand((extra) => trpc.clusters.update.mutationOptions(extra), { onDone });
  const send = () => {
    const connection =
      credential === 'inCluster'
        ? { credential }
        : {
            credential,
            serverUrl: draft.serverUrl.trim(),
            caPem: draft.caPem.trim(),
            token: draft.token.trim(),
          };
    update.run({ clusterId: cluster.id, name, connection });
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextField
        label="Name"
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div>
        <Segmented label="How it is reached" value={credential} onChange={setCredential} options={ways} />
      </div>
      {credential === 'token' && <ConnectionFields draft={draft} onChange={setDraft} />}
      {update.error !== null && <Banner tone="bad" title={update.error} />}
      <FormActions>
        <Button type="submit" variant="primary" busy={update.busy}>
          Save
        </Button>
      </FormActions>
    </form>
  );
}
