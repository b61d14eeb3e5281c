import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import type { ServiceSpec } from '../../domain/service-spec.ts';

export type Asked = {
  readonly serviceId: string;
  /** Null: the version that is live stays. */
  readonly modelVersionId: string | null;
  /** Null: the specification stays. */
  readonly spec: ServiceSpec | null;
};

/** The part of preview and request that says what is asked for; an absent key means "as it is". */
export function requestInput({ serviceId, modelVersionId, spec }: Asked, plan: RolloutPlan | null) {
  return {
    serviceId,
    ...(modelVersionId === null ? {} : { modelVersionId }),
    ...(spec === null ? {} : { spec }),
    ...(plan === null ? {} : { plan }),
  };
}
export type RequestInput = ReturnType<typeof requestInput>;
