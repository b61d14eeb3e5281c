import { type Scaling, scalingSchema } from '../../domain/service-spec.ts';

/** Scaling as texts of a form; the fields of the other kind keep what they were. */
export type ScalingDraft = {
  readonly kind: Scaling['kind'];
  readonly replicas: string;
  readonly minReplicas: string;
  readonly maxReplicas: string;
  readonly targetCpuPercent: string;
};

export function draftOfScaling(scaling: Scaling): ScalingDraft {
  const fixed = scaling.kind === 'fixed' ? scaling.replicas : scaling.minReplicas;
  return {
    kind: scaling.kind,
    replicas: String(fixed),
    minReplicas: String(fixed),
    maxReplicas: String(scaling.kind === 'auto' ? scaling.maxReplicas : Math.max(2, fixed * 2)),
    targetCpuPercent: String(scaling.kind === 'auto' ? scaling.targetCpuPercent : 70),
  };
}

function whole(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** The scaling that a draft describes, or what is wrong with it. */
export function scalingOfDraft(draft: ScalingDraft): { scaling: Scaling } | { problem: string } {
  const parsed = scalingSchema.safeParse(
    draft.kind === 'fixed'
      ? { kind: 'fixed', replicas: whole(draft.replicas) }
      : {
          kind: 'auto',
          minReplicas: whole(draft.minReplicas),
          maxReplicas: whole(draft.maxReplicas),
          targetCpuPercent: whole(draft.targetCpuPercent),
        },
  );
  if (parsed.success) return { scaling: parsed.data };
  const issue = parsed.error.issues[0];
  if (issue?.code === 'custom') return { problem: issue.message };
  return {
    problem:
      issue?.path[0] === 'targetCpuPercent'
        ? 'The CPU target is a whole number from 1 to 100.'
        : 'Replicas are a whole number from 1 to 1,000.',
  };
}
