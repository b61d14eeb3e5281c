import { PlanEditor } from '../rollouts/plan-editor.tsx';
import { Panel } from '../ui/panel.tsx';
import { RouteFields } from './route-fields.tsx';
import { ScalingFields } from './scaling-fields.tsx';
import type { Problems, ServiceDraft } from './service-draft.ts';

type Props = {
  readonly draft: ServiceDraft;
  readonly problems: Problems;
  readonly onChange: (change: Partial<ServiceDraft>) => void;
};

/** What may change later without a rollout: replicas, route and the plan of rollouts to come. */
export function ServingFields({ draft, problems, onChange }: Props) {
  return (
    <>
      <Panel title="Scaling" description="May change at any time without a rollout.">
        <ScalingFields draft={draft.scaling} onChange={(scaling) => onChange({ scaling })} />
        <Problem text={problems.scaling} />
      </Panel>
      <Panel title="Route" description="The gateway comes from the environment.">
        <RouteFields draft={draft.route} onChange={(route) => onChange({ route })} />
        <Problem text={problems.route} />
      </Panel>
      <Panel
        title="Default rollout plan"
        description="How a new revision takes traffic, unless a promotion brings a plan of its own."
      >
        <PlanEditor draft={draft.plan} onChange={(plan) => onChange({ plan })} />
        <Problem text={problems.plan} />
      </Panel>
    </>
  );
}

function Problem({ text }: { text: string | undefined }) {
  return text === undefined ? null : <p className="mt-3 text-bad text-xs">{text}</p>;
}
