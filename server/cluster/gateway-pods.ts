import * as z from 'zod';
import { type Blocker, blocker, type RefusalCode } from '../../domain/refusal.ts';
import type { KubernetesObject } from './kubernetes-objects.ts';

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});
export type Condition = z.infer<typeof conditionSchema>;
export const conditionsSchema = z.array(conditionSchema).optional();

const containerStatusSchema = z.looseObject({
  name: z.string(),
  ready: z.boolean().optional(),
  restartCount: z.number().optional(),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).optional(),
    })
    .optional(),
  lastState: z
    .looseObject({
      terminated: z
        .looseObject({
          reason: z.string().optional(),
          exitCode: z.number().optional(),
          message: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
});
type ContainerStatus = z.infer<typeof containerStatusSchema>;

const podSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z
    .looseObject({
      phase: z.string().optional(),
      conditions: conditionsSchema,
      initContainerStatuses: z.array(containerStatusSchema).optional(),
      containerStatuses: z.array(containerStatusSchema).optional(),
    })
    .optional(),
});
type Pod = z.infer<typeof podSchema>;

type Cause = {
  readonly code: RefusalCode;
  readonly message: string;
  readonly fix: string;
  readonly owner: string;
};

const imageReasons = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
]);
/** Waiting that is the ordinary way to start, or that other words explain better. */
const ordinaryReasons = new Set(['ContainerCreating', 'PodInitializing', '']);

export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

function crash({ name, restartCount, lastState }: ContainerStatus, pod: string, words: string): Cause {
  const { reason, exitCode, message } = lastState?.terminated ?? {};
  const said = message === undefined || message.trim() === '' ? '.' : ` and said: ${lastWords(message)}`;
  const end =
    reason === undefined ? '' : ` It last ended with ${reason} (exit code ${exitCode ?? '?'})${said}`;
  return {
    code: 'crashLoop',
    message: `Container ${name} of pod ${pod} crashes again and again (${restartCount ?? 0} restarts): CrashLoopBackOff: ${words}.${end}`,
    fix: `Read the logs of the container: kubectl logs --previous ${pod} -c ${name}`,
    owner: 'engineer',
  };
}

const shownCharacters = 500;

/** The beginning of a termination message in one line: the sentence comes before what explains it. */
function lastWords(message: string): string {
  return message.trim().replace(/\s+/g, ' ').slice(0, shownCharacters);
}

function containerCause(container: ContainerStatus, pod: string): Cause | null {
  const waiting = container.state?.waiting;
  const reason = waiting?.reason ?? '';
  if (waiting === undefined || ordinaryReasons.has(reason)) return null;
  const words = waiting.message ?? reason;
  if (reason === 'CrashLoopBackOff') return crash(container, pod, words);
  if (imageReasons.has(reason))
    return {
      code: 'imagePull',
      message: `Pod ${pod}: ${reason}: ${words}`,
      fix: 'Push the image, or correct its name or the pull secret.',
      owner: 'engineer',
    };
  return {
    code: 'revisionNotReady',
    message: `Pod ${pod}: container ${container.name}: ${reason}: ${words}`,
    fix: 'Correct what the message names.',
    owner: 'engineer',
  };
}

function podCause({ metadata: { name }, status }: Pod): Cause | null {
  const scheduled = findCondition(status?.conditions, 'PodScheduled');
  if (scheduled?.status === 'False')
    return {
      code: 'unschedulable',
      message: `Pod ${name} has no node: ${scheduled.message ?? scheduled.reason ?? 'the scheduler gives no reason.'}`,
      fix: 'Free capacity, add a node, or ask for fewer replicas or GPUs.',
      owner: 'operator',
    };
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const container of containers) {
    const cause = containerCause(container, name);
    if (cause !== null) return cause;
  }
  const ready = findCondition(status?.conditions, 'Ready');
  if (ready?.status === 'True') return null;
  const words = ready?.message ?? ready?.reason ?? `phase ${status?.phase ?? 'unknown'}`;
  return {
    code: 'revisionNotReady',
    message: `Pod ${name} is not ready: ${words}`,
    fix: 'Wait for it to start; if it does not, see its readiness probe and its logs.',
    owner: 'the cluster',
  };
}

/** Why pods are not ready, one blocker per kind of cause, from the first pod that shows it; empty when all are. */
export function podBlockers(pods: readonly KubernetesObject[], revisionNumber: number): Blocker[] {
  const byCode = new Map<RefusalCode, Blocker>();
  const living = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  for (const object of living.sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))) {
    const pod = podSchema.safeParse(object).data;
    const cause = pod === undefined ? null : podCause(pod);
    if (cause === null || byCode.has(cause.code)) continue;
    byCode.set(cause.code, blocker({ ...cause, params: { pod: object.metadata.name, revisionNumber } }));
  }
  return [...byCode.values()];
}
