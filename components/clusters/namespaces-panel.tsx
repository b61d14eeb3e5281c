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
import { Panel } from '../ui/panel.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { ClusterRow } from './cluster-answers.ts';
import { namespaceDraft, namespacesOf } from './cluster-words.ts';
import { RightsFields } from './rights-fields.tsx';

/** Which namespaces the token was made for; the manifest of another choice is printed beside it. */
export function NamespacesPanel({ cluster }: { cluster: ClusterRow }) {
  const trpc = useTrpc();
  const { viewer } = useProject();
  const [draft, setDraft] = useState(() => namespaceDraft(cluster.namespaces));
  const [home, setHome] = useState('fairlead');
  const save = useCommand((extra) => trpc.clusters.setNamespaces.mutationOptions(extra));
  return (
    <Panel
      title="Namespaces"
      description="The check list asks for the rights in these, and in those of environments"
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.run({ clusterId: cluster.id, namespaces: namespacesOf(draft) });
        }}
      >
        {cluster.credential === 'token' && (
          <TextField
            label="Namespace of the service account"
            mono
            value={home}
            onChange={(event) => setHome(event.currentTarget.value)}
          />
        )}
        <RightsFields home={home} draft={draft} onChange={setDraft} />
        {cluster.credential === 'token' && (
          <CodeBlock label="command that prints a token" text={connectionCommands(home).token} />
        )}
        {save.error !== null && <Banner tone="bad" title={save.error} />}
        <FormActions>
          <Button
            type="submit"
            busy={save.busy}
            disabledReason={permissionReason('clusters.setNamespaces', viewer)}
          >
            Save namespaces
          </Button>
        </FormActions>
      </form>
    </Panel>
  );
}
