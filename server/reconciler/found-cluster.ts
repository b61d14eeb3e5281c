import { DomainError } from '../../domain/refusal.ts';
import {
  type AdoptedPath,
  foundNumber,
  type ObservedServing,
  type ServingAction,
  type Weights,
} from '../../domain/serving.ts';
import type { Cluster } from '../cluster/cluster.ts';
import {
  type Backend,
  type BackendNames,
  editedRule,
  restoredRule,
  ruleForm,
  ruleShares,
} from '../cluster/gateway-adopted-rule.ts';

const other: Backend = { name: 'other', port: 80, weight: 3 };
const found: Backend = { name: 'old', port: 8080, weight: 7 };

type Running = { ready: boolean; readonly specDigest: string };

/**
 * For tests: a cluster in which others run a Deployment behind a rule that also leads elsewhere, in memory and outliving every
 * worker. `settle` is the passing of time. After every write it counts what a request would have met: `failures` names each
 * moment at which weight lay on something without a ready pod.
 */
export class FoundCluster {
  readonly path: AdoptedPath = {
    workload: { name: 'old', uid: 'uid-old' },
    backends: [{ name: 'old', port: 8080 }],
    selectorKeys: ['app'],
    routes: [{ name: 'scores', uid: 'uid-route', rules: [{ index: 0, backendRefs: [other, found] }] }],
  };
  rule: readonly Backend[] = [other, found];
  replicas = 2;
  foundReady = true;
  accepted = true;
  canBecomeReady = true;
  fight: ObservedServing['fight'] = null;
  readonly own = new Map<number, Running>();
  readonly failures: string[] = [];
  readonly #names: BackendNames = {
    adopted: this.path,
    namespace: 'production',
    numberOf: (name) => (/^fraud-r[1-9]$/.test(name) ? Number(name.slice(7)) : null),
    nameOf: (number) => `fraud-r${number}`,
    port: 80,
  };

  get shares(): Weights {
    return ruleShares(this.rule, this.#names) ?? {};
  }

  settle(): void {
    this.foundReady = this.replicas > 0;
    this.accepted = true;
    if (this.canBecomeReady) for (const revision of this.own.values()) revision.ready = true;
    this.#serve('time');
  }

  /** As `helm upgrade` does it. */
  rewriteByOthers(): void {
    this.rule = [other, found];
    this.accepted = false;
    this.#serve('others');
  }

  #serve(when: string): void {
    for (const [key, weight] of Object.entries(this.shares)) {
      const number = Number(key);
      const ready = number === foundNumber ? this.foundReady : this.own.get(number)?.ready === true;
      if (weight > 0 && !ready) this.failures.push(`${when}: ${weight} % on ${key}, which has no ready pod`);
    }
    const part = (backends: readonly Backend[]) =>
      Number(backends[0]?.weight) / backends.reduce((sum, { weight }) => sum + Number(weight), 0);
    if (part(this.rule) !== 0.3) this.failures.push(`${when}: the share of others changed`);
  }

  /** The port, for a pass. */
  port(clusterId: string, now: () => Date): Cluster {
    const nothing = async (): Promise<never> => {
      throw new DomainError({ code: 'wrongState', message: 'This model does not answer that.' });
    };
    return {
      clusterId,
      observe: async () => this.#look(now()),
      apply: async (_scope, action) => this.#write(action),
      dryRun: async () => [],
      manifests: () => [],
      discover: nothing,
      observeWorkload: nothing,
      pods: nothing,
      events: nothing,
      readLog: nothing,
      followLog: () => ({ [Symbol.asyncIterator]: () => ({ next: nothing }) }),
      planTakeOver: nothing,
      probe: nothing,
      onChange: () => () => undefined,
      close: async () => undefined,
    };
  }

  #look(observedAt: Date): ObservedServing {
    const common = { blockers: [], settled: true, complete: true };
    const [recorded] = this.path.routes[0]?.rules ?? [];
    const back = restoredRule(this.rule, recorded?.backendRefs ?? null, this.#names);
    const form = ruleForm(this.rule, this.#names);
    const restored = JSON.stringify(back) === JSON.stringify(this.rule);
    return {
      observedAt,
      fresh: true,
      fight: this.fight,
      blockers: [],
      found: {
        exists: true,
        replicas: this.replicas,
        form: form === 'restored' && !restored ? 'kept' : form,
      },
      route: {
        exists: true,
        owned: true,
        requested: this.shares,
        accepted: this.accepted,
        blockers: [],
        matchesScope: true,
      },
      revisions: [
        {
          ...common,
          number: foundNumber,
          owned: false,
          specDigest: null,
          scaling: null,
          desiredReplicas: this.replicas,
          readyReplicas: this.foundReady ? this.replicas : 0,
          ready: this.foundReady,
        },
        ...[...this.own].map(([number, { ready, specDigest }]) => ({
          ...common,
          number,
          owned: true,
          specDigest,
          scaling: { kind: 'fixed' as const, replicas: 3 },
          desiredReplicas: 3,
          readyReplicas: ready ? 3 : 0,
          ready,
        })),
      ],
    };
  }

  #write(action: ServingAction): void {
    switch (action.kind) {
      case 'applyRevision': {
        const { number, specDigest } = action.revision;
        this.own.set(number, { ready: this.own.get(number)?.ready ?? false, specDigest });
        break;
      }
      case 'applyRoute': {
        const { weights, form = 'kept' } = action;
        const [recorded] = this.path.routes[0]?.rules ?? [];
        this.rule =
          form === 'restored'
            ? restoredRule(this.rule, recorded?.backendRefs ?? null, this.#names)
            : editedRule(this.rule, { weights, form }, this.#names);
        this.accepted = false;
        break;
      }
      case 'scaleFound':
        this.replicas = action.replicas;
        if (action.replicas === 0) this.foundReady = false;
        break;
      case 'deleteRevision':
        this.own.delete(action.number);
        break;
    }
    this.#serve(action.kind);
  }
}
