'use client';

import { PlanView } from '../rollouts/plan-view.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { ObjectivesDialog } from './objectives-dialog.tsx';
import { objectiveItems } from './objectives-draft.ts';
import { OwnerDialog } from './owner-dialog.tsx';
import { PlanDialog } from './plan-dialog.tsx';
import { RouteDialog } from './route-dialog.tsx';
import { ScalingDialog } from './scaling-dialog.tsx';
import { scalingText } from './scaling-text.ts';
import type { ServiceDetail } from './service-answers.ts';

/** What may change without a rollout; each change is audited and takes effect at once. */
export function SettingsTab({ service }: { service: ServiceDetail }) {
  const blocked = reasonOf(service.refusals.update);
  const fixed = reasonOf(service.refusals.changeServing);
  const { route, owner, runbookUrl } = service;
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-5">
        <Panel
          title="Scaling"
          description="Scaling is not a rollout: it changes the pods of every revision that runs."
          actions={<ScalingDialog service={service} disabledReason={fixed} />}
        >
          <KeyValueList items={[{ label: 'Replicas', value: scalingText(service.scaling) }]} />
        </Panel>
        <Panel
          title="Route"
          description="The gateway comes from the environment."
          actions={<RouteDialog service={service} disabledReason={fixed} />}
        >
          <KeyValueList
            items={[
              {
                label: 'Hostnames',
                value: route.hostnames.length === 0 ? "the environment's" : route.hostnames.join(', '),
              },
              { label: 'Path prefix', value: <code className="font-mono text-xs">{route.pathPrefix}</code> },
            ]}
          />
        </Panel>
        <Panel
          title="Objectives"
          description="What this service promises over 28 days; somebody is called when its budget burns."
          actions={
            <ObjectivesDialog service={service} disabledReason={reasonOf(service.refusals.setObjectives)} />
          }
        >
          <KeyValueList items={objectiveItems(service.objectives)} />
        </Panel>
        <Panel title="People" actions={<OwnerDialog service={service} disabledReason={blocked} />}>
          <KeyValueList
            items={[
              { label: 'Owner', value: owner?.name ?? 'nobody' },
              {
                label: 'Runbook',
                value: runbookUrl === null ? 'none' : <TextLink href={runbookUrl}>{runbookUrl}</TextLink>,
              },
            ]}
          />
        </Panel>
      </div>
      <Panel
        title="Default rollout plan"
        description="Used by promotions that bring no plan of their own."
        actions={<PlanDialog service={service} disabledReason={blocked} />}
      >
        <PlanView plan={service.defaultPlan} />
      </Panel>
    </div>
  );
}
