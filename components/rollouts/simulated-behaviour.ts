import type { ModelVersionBehaviour } from '../../domain/sandbox.ts';

/** What the buttons of the simulation tell a version; a test holds `healed` to the sandbox's own default. */
export const badBehaviour: Partial<ModelVersionBehaviour> = { errorShare: 0.08 };
export const slowBehaviour: Partial<ModelVersionBehaviour> = { slowShare: 0.15 };
export const healedBehaviour: Partial<ModelVersionBehaviour> = {
  errorShare: 0.005,
  slowShare: 0.01,
  latencyMs: 80,
  fault: 'none',
};
