import { type Blocker, blocker, type RefusalCode } from '../../../domain/refusal.ts';
import { isReady, readySpans, type SandboxPod } from '../../../domain/sandbox/pod.ts';
import type { SandboxBehaviours } from '../../../domain/sandbox/stored-behaviour.ts';
import {
  defaultClusterBehaviour,
  defaultModelVersionBehaviour,
  defaultServiceBehaviour,
  type ModelVersionBehaviour,
  type Timeline,
  valueAt,
} from '../../../domain/sandbox.ts';
import type { ObservedRevision, ObservedServing, ServingScope } from '../../../domain/serving.ts';
import { revisionNumber } from '../manifests.ts';
import { fightDescription, noRoute, observedRoute, routeName } from './route.ts';
import { unschedulableSentence } from './scheduling.ts';
import type { RouteObject, StoredObject, WorkloadObject } from './stored-object.ts';
import { unreachable } from './unreachable.ts';

/** From a write of a workload to its controller having seen it, in milliseconds. */
const settleMs = 300;

type View = {
  readonly scope: ServingScope;
  readonly behaviours: SandboxBehaviours;
  readonly now: Date;
};

type Cause = { code: RefusalCode; message: string; fix: string | null };

function causeOf(pod: SandboxPod, behaviour: ModelVersionBehaviour, image: string): Cause | null {
  switch (behaviour.fault) {
    case 'imagePull':
      return {
        code: 'imagePull',
        message: `Pod "${pod.name}": ErrImagePull: image "${image}" was not found.`,
        fix: 'Push the image, or correct the pull secret.',
      };
    case 'crashLoop':
      return {
        code: 'crashLoop',
        message: `Pod "${pod.name}": CrashLoopBackOff: the container ends with exit code 1 again and again.`,
        fix: 'Read the logs of the container.',
      };
    case 'neverReady':
      return {
        code: 'revisionNotReady',
        message: `Pod "${pod.name}": Readiness probe failed: HTTP probe failed with statuscode: 503.`,
        fix: 'See why the readiness probe fails.',
      };
    case 'none':
      return null;
  }
}

function podBlocker(pod: SandboxPod, workload: WorkloadObject, view: View): Blocker {
  const told = view.behaviours.modelVersions.get(pod.modelVersionId) ?? [];
  const nowMs = view.now.getTime();
  const params = { pod: pod.name, revisionNumber: pod.revisionNumber };
  if (pod.scheduledAtMs === null) {
    const capacity = valueAt(view.behaviours.cluster, nowMs, defaultClusterBehaviour);
    const message = `Pod "${pod.name}" has no node: ${unschedulableSentence(capacity)}`;
    const fix = 'Free GPUs, add a node, or ask for fewer replicas or GPUs.';
    return blocker({ code: 'unschedulable', message, params, fix, owner: 'operator' });
  }
  const image = workload.body.revision.podTemplate.spec.containers[0]?.image ?? '';
  const cause = causeOf(pod, valueAt(told, nowMs, defaultModelVersionBehaviour), image);
  if (cause !== null) return blocker({ ...cause, params, owner: 'engineer' });
  const coming = readySpans(pod, told).find(({ startMs }) => startMs > nowMs);
  return blocker({
    code: 'revisionNotReady',
    message: `Pod "${pod.name}" is starting.`,
    params,
    owner: 'the cluster',
    until: coming === undefined ? null : new Date(coming.startMs),
  });
}

/** One blocker per cause, from the first pod that shows it. */
function distinct(blockers: readonly Blocker[]): Blocker[] {
  return [...new Map(blockers.toReversed().map((found) => [found.code, found])).values()].toReversed();
}

function observedRevision(number: number, workload: WorkloadObject, view: View): ObservedRevision {
  const { revision, pods } = workload.body;
  const told: Timeline<ModelVersionBehaviour> =
    view.behaviours.modelVersions.get(revision.modelVersionId) ?? [];
  const waiting = pods.filter((pod) => !isReady(pod, told, view.now.getTime()));
  const ready = pods.length > waiting.length;
  return {
    number,
    owned: workload.serviceId === view.scope.serviceId,
    specDigest: revision.specDigest,
    scaling: revision.scaling,
    complete: true,
    desiredReplicas: pods.length,
    readyReplicas: pods.length - waiting.length,
    settled: view.now.getTime() >= workload.updatedAt.getTime() + settleMs,
    ready,
    blockers: ready ? [] : distinct(waiting.map((pod) => podBlocker(pod, workload, view))),
  };
}

function nothingReadable(now: Date): ObservedServing {
  const blockers = [blocker({ ...unreachable(), owner: 'operator' })];
  return { observedAt: now, fresh: false, revisions: [], route: noRoute, fight: null, blockers };
}

/** The service's part of the sandbox at one instant; pure. */
export function observeServing(objects: readonly StoredObject[], view: View): ObservedServing {
  const { scope, behaviours, now } = view;
  const cluster = valueAt(behaviours.cluster, now.getTime(), defaultClusterBehaviour);
  if (cluster.fault === 'unreachable') return nothingReadable(now);
  const revisions = objects.flatMap((object) => {
    const number = revisionNumber(scope, object.name);
    return object.kind === 'workload' && number !== null ? [observedRevision(number, object, view)] : [];
  });
  const route = objects.find(
    (object): object is RouteObject => object.kind === 'route' && object.name === routeName(scope),
  );
  const behaviour = behaviours.services.get(scope.serviceId) ?? [];
  const { fault } = valueAt(behaviour, now.getTime(), defaultServiceBehaviour);
  const backends = new Set(revisions.map(({ number }) => number));
  return {
    observedAt: now,
    fresh: true,
    revisions: revisions.toSorted((left, right) => left.number - right.number),
    route: observedRoute(route, { scope, behaviour, now, backends }),
    fight: fault === 'fight' && route !== undefined ? fightDescription(route.name) : null,
    blockers: [],
  };
}
