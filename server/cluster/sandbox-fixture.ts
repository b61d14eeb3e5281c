import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../db/client.ts';
import type { DesiredRevision, ServingScope } from '../../domain/serving.ts';
import { createSandboxCluster, type SandboxClusterOptions } from './sandbox.ts';

/** A clock that stands still until it is moved. */
export class StandingClock {
  #nowMs = Date.UTC(2026, 10, 24, 12);

  readonly read = async (): Promise<Date> => new Date(this.#nowMs);

  get now(): Date {
    return new Date(this.#nowMs);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

/** A service of its own on a sandbox of its own. */
export function sandboxScope(given: Partial<ServingScope> = {}): ServingScope {
  return {
    projectId: uuidv7(),
    serviceId: uuidv7(),
    serviceName: 'fraud',
    clusterId: uuidv7(),
    namespace: 'production',
    gateway: { name: 'public', namespace: 'gateways' },
    hostnames: ['fraud.example.com'],
    pathPrefix: '/',
    port: 8080,
    ...given,
  };
}

type Container = DesiredRevision['podTemplate']['spec']['containers'][number];

/** A revision of two replicas without GPUs, unless said otherwise. */
export function sandboxRevision(
  number: number,
  given: { replicas?: number; container?: Partial<Container>; modelVersionId?: string } = {},
): DesiredRevision {
  const container = { name: 'model', image: `registry.example.com/fraud:${number}`, ...given.container };
  return {
    number,
    revisionId: uuidv7(),
    modelVersionId: given.modelVersionId ?? uuidv7(),
    specDigest: `sha256:${String(number).padStart(64, '0')}`,
    podTemplate: { spec: { containers: [container] } },
    port: 8080,
    scaling: { kind: 'fixed', replicas: given.replicas ?? 2 },
  };
}

/** One process's view of the sandbox of a scope. */
export function sandboxOf(
  db: Database,
  scope: ServingScope,
  options: { clock: StandingClock } & Pick<SandboxClusterOptions, 'beforeWrite' | 'afterWrite'>,
) {
  const { clock, ...hooks } = options;
  return createSandboxCluster({ db, clusterId: scope.clusterId, clock: clock.read, ...hooks });
}
