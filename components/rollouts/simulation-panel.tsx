'use client';

import { useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { shareText } from '../../domain/figure-text.ts';
import type { ModelVersionBehaviour } from '../../domain/sandbox.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useCommand } from '../use-command.ts';
import { reasonOf } from './refusal-reason.ts';
import type { RevisionRef, SandboxView } from './rollout-answers.ts';
import { badBehaviour, healedBehaviour, slowBehaviour } from './simulated-behaviour.ts';
import { TrafficControl } from './traffic-control.tsx';

type Props = { readonly serviceId: string; readonly revision: RevisionRef };

/** Tells the sandbox how a version behaves; stands only where everything is simulated, and says so. */
export function SimulationPanel({ serviceId, revision }: Props) {
  const trpc = useTrpc();
  const view = useQuery(trpc.sandbox.get.queryOptions({ serviceId }));
  if (view.data?.simulated === false) return null;
  return (
    <Panel
      title="Simulation"
      description="This runs on the sandbox cluster: pods, traffic and answers are simulated."
      actions={
        <Badge tone="info" icon={FlaskConical}>
          Sandbox cluster
        </Badge>
      }
    >
      {view.data === undefined ? (
        <Skeleton className="h-36 w-full" />
      ) : (
        <SimulationControls view={view.data} serviceId={serviceId} revision={revision} />
      )}
    </Panel>
  );
}

function SimulationControls({ view, serviceId, revision }: Props & { view: SandboxView }) {
  const trpc = useTrpc();
  const tell = useCommand((extra) => trpc.sandbox.setFault.mutationOptions(extra));
  const blocked = reasonOf(view.refusals.setFault);
  const told = view.versions.find((version) => version.modelVersionId === revision.modelVersionId);
  const behave = (behaviour: Partial<ModelVersionBehaviour>) =>
    tell.run({
      serviceId,
      change: { subject: 'modelVersion', modelVersionId: revision.modelVersionId, behaviour },
    });
  const name = `version ${revision.versionNumber}`;
  return (
    <div className="flex flex-col gap-3">
      {told !== undefined && (
        <p className="text-ink-muted">
          {revision.modelName} {name} answers {shareText(told.behaviour.errorShare)} errors, is slow for{' '}
          {shareText(told.behaviour.slowShare)} of requests and takes {told.behaviour.latencyMs} ms else.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button size="small" busy={tell.busy} disabledReason={blocked} onClick={() => behave(badBehaviour)}>
          Let {name} answer 8 % errors
        </Button>
        <Button size="small" busy={tell.busy} disabledReason={blocked} onClick={() => behave(slowBehaviour)}>
          Let 15 % be slow
        </Button>
        <Button
          size="small"
          busy={tell.busy}
          disabledReason={blocked}
          onClick={() => behave(healedBehaviour)}
        >
          Heal {name}
        </Button>
      </div>
      <TrafficControl
        requestsPerSecond={view.service.requestsPerSecond}
        busy={tell.busy}
        disabledReason={blocked}
        onChange={(requestsPerSecond) =>
          tell.run({ serviceId, change: { subject: 'service', serviceId, behaviour: { requestsPerSecond } } })
        }
      />
      {tell.error !== null && <Banner tone="bad" title={tell.error} />}
    </div>
  );
}
