'use client';

import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import {
  type Connection,
  type ConnectWay,
  connectWays,
  installLine,
} from '../../domain/drift/connect-snippets.ts';
import { useProject } from '../project/project-context.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { CodeBlock } from '../ui/code.tsx';
import { Panel } from '../ui/panel.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useCommand } from '../use-command.ts';
import type { Connect } from './connect-answers.ts';

const hints: Record<ConnectWay, string> = {
  python:
    'Rows go out in batches from a thread of their own. What does not fit the queue is dropped and counted in fairlead.stats.',
  fastapi:
    'Arguments that are pydantic models, dataclasses or dicts are the features, the answer is the prediction.',
  pyfunc: 'Every row that the model is asked is sent with its answer.',
  kserve:
    'The logger sets no header, so the address carries the token, and it does not try again: what it could not deliver is lost.',
  curl: 'A batch is counted once, however often it is sent with the same source and id.',
  otel: 'Delta histograms of the GenAI conventions become features whose bins are their bounds; a collector repeats what was not taken.',
  csv: 'What was served before, in columns named as the features: it fills hours and days, each day once from one source.',
  training:
    'The table is counted where it lies, on the bins of the service if it has any; no row leaves the machine.',
};

/** Lines to copy, filled in with the address, the revision that is live and, right after it was made, the token. */
export function SnippetsPanel({ data }: { data: Connect }) {
  const [way, setWay] = useState<ConnectWay>('python');
  const [token, setToken] = useState<string | null>(null);
  const { service, url } = data;
  const at: Connection = {
    url,
    token,
    revision: service.revision,
    serviceId: service.id,
    service: service.name,
  };
  const chosen = connectWays.find((one) => one.way === way) ?? connectWays[0];
  return (
    <Panel
      title="Send rows"
      description={hints[way]}
      actions={<MakeToken data={data} made={token !== null} onMade={setToken} />}
    >
      <div className="flex flex-col gap-3">
        <div className="overflow-x-auto">
          <Segmented
            label="How rows are sent"
            value={way}
            onChange={setWay}
            options={connectWays.map((one) => ({ value: one.way, label: one.label }))}
          />
        </div>
        {token !== null && (
          <Banner tone="warn" title="The token stands in the lines below and is shown this once.">
            It sends rows of this service and opens nothing else.
          </Banner>
        )}
        {chosen.installs && <CodeBlock label="Line that installs the client" text={installLine(at)} wrap />}
        <CodeBlock label={`Lines for ${chosen.label}`} text={chosen.lines(at)} />
      </div>
    </Panel>
  );
}

type MakeTokenProps = {
  readonly data: Connect;
  readonly made: boolean;
  readonly onMade: (token: string) => void;
};

function MakeToken({ data: { service, refusals }, made, onMade }: MakeTokenProps) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const create = useCommand((extra) => trpc.tokens.create.mutationOptions(extra), {
    onDone: ({ secret }) => onMade(secret),
  });
  const make = () =>
    create.run({
      projectId,
      name: `Rows of ${service.name} (${crypto.randomUUID().slice(0, 8)})`,
      serviceId: service.id,
      expiresInDays: null,
    });
  return (
    <>
      {create.error !== null && <span className="text-bad text-xs">{create.error}</span>}
      <Button
        icon={KeyRound}
        busy={create.busy}
        disabledReason={reasonOf(refusals.token) ?? (made ? 'It stands in the lines.' : undefined)}
        onClick={make}
      >
        Make a token
      </Button>
    </>
  );
}
