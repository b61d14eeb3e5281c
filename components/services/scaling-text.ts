import type { Scaling } from '../../domain/service-spec.ts';

/** "3 replicas" or "2 to 8 replicas at 70 % CPU". */
export function scalingText(scaling: Scaling): string {
  if (scaling.kind === 'fixed') return `${scaling.replicas} replica${scaling.replicas === 1 ? '' : 's'}`;
  return `${scaling.minReplicas} to ${scaling.maxReplicas} replicas at ${scaling.targetCpuPercent} % CPU`;
}
