import type { Amounts } from './observed.ts';

/** What one container asks for; a sidecar is an init container that goes on running. */
export type ContainerRequest = { readonly amounts: Amounts; readonly sidecar?: boolean };

export type PodRequest = {
  readonly containers: readonly ContainerRequest[];
  /** In their order. */
  readonly initContainers: readonly ContainerRequest[];
  /** Pod-level resources: they stand in place of the containers' sum for the resources that they name. */
  readonly pod: Amounts;
  readonly overhead: Amounts;
};

function plus(left: Amounts, right: Amounts): Amounts {
  const sum: Record<string, number> = { ...left };
  for (const [name, amount] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + amount;
  return sum;
}

function larger(left: Amounts, right: Amounts): Amounts {
  const most: Record<string, number> = { ...left };
  for (const [name, amount] of Object.entries(right)) most[name] = Math.max(most[name] ?? 0, amount);
  return most;
}

/**
 * What the scheduler sets aside for a pod during its whole life, as Kubernetes computes it (resource helpers, PodRequests):
 * per resource the larger of app containers with sidecars, and each init container with the sidecars before it; pod-level
 * requests win where given; overhead on top. Empty for a pod that asks for nothing.
 */
export function effectiveRequest({ containers, initContainers, pod, overhead }: PodRequest): Amounts {
  let sidecars: Amounts = {};
  let starting: Amounts = {};
  for (const { amounts, sidecar = false } of initContainers) {
    const held = plus(sidecars, amounts);
    starting = larger(starting, held);
    if (sidecar) sidecars = held;
  }
  const running = containers.reduce((sum, { amounts }) => plus(sum, amounts), sidecars);
  return plus({ ...larger(running, starting), ...pod }, overhead);
}
