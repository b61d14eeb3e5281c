import { idSchema, serviceNameSchema } from '../../domain/name.ts';
import { defaultRolloutPlan } from '../../domain/rollout-plan.ts';
import { type ArtefactDelivery, serviceSpecSchema } from '../../domain/service-spec.ts';
import { draftOfPlan, type PlanDraft, planOfDraft } from '../rollouts/plan-draft.ts';
import { type ArtefactDraft, artefactOfDraft, draftOfArtefact } from './artefact-draft.ts';
import { type ContainerDraft, emptyContainer } from './container-draft.ts';
import { podTemplateOfDraft } from './pod-template-of-draft.ts';
import { draftOfRoute, type RouteDraft, routeOfDraft } from './route-draft.ts';
import { draftOfScaling, type ScalingDraft, scalingOfDraft } from './scaling-draft.ts';
import type { CreateInput } from './service-answers.ts';

export type YamlDraft = { readonly text: string; readonly servingContainer: string; readonly port: string };

/** A new Service as texts of a form; what runs is described by the form or by YAML. */
export type ServiceDraft = {
  readonly name: string;
  readonly environmentId: string;
  readonly ownerUserId: string;
  readonly runbook: string;
  readonly way: 'form' | 'yaml';
  readonly container: ContainerDraft;
  readonly yaml: YamlDraft;
  readonly artefact: ArtefactDraft;
  readonly scaling: ScalingDraft;
  readonly route: RouteDraft;
  readonly plan: PlanDraft;
};

export function emptyService(environmentId: string, ownerUserId: string): ServiceDraft {
  return {
    name: '',
    environmentId,
    ownerUserId,
    runbook: '',
    way: 'form',
    container: emptyContainer,
    yaml: { text: '', servingContainer: '', port: '' },
    artefact: draftOfArtefact({ kind: 'inImage' }),
    scaling: draftOfScaling({ kind: 'fixed', replicas: 2 }),
    route: draftOfRoute({ hostnames: [], pathPrefix: '/' }),
    plan: draftOfPlan(defaultRolloutPlan),
  };
}

/** What is wrong, by the part of the form where it stands. */
export type Problems = Partial<
  Record<'name' | 'environmentId' | 'image' | 'spec' | 'artefact' | 'scaling' | 'route' | 'plan', string>
>;

type Intent = Omit<CreateInput, 'projectId'>;

/** The command's input, or what keeps it from being one. */
export function serviceOfDraft(draft: ServiceDraft): { input: Intent } | { problems: Problems } {
  const problems: Problems = {};
  const name = serviceNameSchema.safeParse(draft.name);
  if (!name.success)
    problems.name =
      draft.name === ''
        ? 'Give the service a name.'
        : (name.error.issues[0]?.message ?? 'Give another name.');
  if (!idSchema.safeParse(draft.environmentId).success) problems.environmentId = 'Choose an environment.';
  const artefact = artefactOfDraft(draft.artefact);
  if ('problem' in artefact) problems.artefact = artefact.problem;
  const spec = 'artefact' in artefact ? specOf(draft, artefact.artefact) : null;
  if (spec !== null && 'problems' in spec) Object.assign(problems, spec.problems);
  const scaling = scalingOfDraft(draft.scaling);
  if ('problem' in scaling) problems.scaling = scaling.problem;
  const route = routeOfDraft(draft.route);
  if ('problem' in route) problems.route = route.problem;
  const plan = planOfDraft(draft.plan);
  if ('problem' in plan) problems.plan = plan.problem;
  const isWhole = Object.keys(problems).length === 0;
  if (!isWhole || spec === null || 'problems' in spec) return { problems };
  if ('problem' in scaling || 'problem' in route || 'problem' in plan) return { problems };
  return {
    input: {
      name: draft.name,
      environmentId: draft.environmentId,
      spec: spec.spec,
      scaling: scaling.scaling,
      route: route.route,
      defaultPlan: plan.plan,
      ownerUserId: draft.ownerUserId === '' ? null : draft.ownerUserId,
      runbookUrl: draft.runbook.trim() === '' ? null : draft.runbook.trim(),
    },
  };
}

type Spec = { spec: CreateInput['spec'] } | { problems: Problems };

function specOf(draft: ServiceDraft, artefact: ArtefactDelivery): Spec {
  if (draft.way === 'yaml') return yamlSpec(draft.yaml, artefact);
  const { container } = draft;
  const parsed = serviceSpecSchema.safeParse({
    schema: 1,
    podTemplate: podTemplateOfDraft(container),
    servingContainer: container.name.trim(),
    port: container.port.trim() === '' ? Number.NaN : Number(container.port),
    artefact,
  });
  if (parsed.success) return { spec: parsed.data };
  const issue = parsed.error.issues[0];
  if (container.image.trim() === '') return { problems: { image: 'Name the image that serves.' } };
  return { problems: { spec: `${(issue?.path ?? []).join('.')}: ${issue?.message ?? 'is not complete'}` } };
}

function yamlSpec({ text, servingContainer, port }: YamlDraft, artefact: ArtefactDelivery): Spec {
  if (text.trim() === '') return { problems: { spec: 'Paste a pod template, a Pod or a Deployment.' } };
  const named = servingContainer.trim();
  return {
    spec: {
      yaml: text,
      artefact,
      ...(named === '' ? {} : { servingContainer: named }),
      ...(port.trim() === '' ? {} : { port: Number(port) }),
    },
  };
}
