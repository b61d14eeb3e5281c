import * as z from 'zod';
import { plainLine } from '../../domain/log-lines.ts';
import {
  type ClusterEvent,
  type Pod,
  type PodsAnswer,
  podQuestionSchema,
  type Termination,
} from '../../domain/pod.ts';
import { redacted } from '../../domain/redaction.ts';
import type { Blocker } from '../../domain/refusal.ts';
import type { Cluster } from '../cluster/cluster.ts';

const payloadSchema = z.object({ schema: z.literal(1), question: podQuestionSchema });

/** Several pages that look at once cost one look. */
const sharedMs = 1_000;

type Look = { readonly atMs: number; readonly answer: Promise<PodsAnswer> };
const looks = new WeakMap<Cluster, Map<string, Look>>();

const safe = (text: string): string => redacted(plainLine(text.replaceAll('\n', ' ')));

/** What a container leaves as its last message may be the end of its log. */
function safeTermination(ended: Termination): Termination {
  return { ...ended, message: safe(ended.message) };
}

function safePod(pod: Pod): Pod {
  const containers = pod.containers.map(({ state, lastTermination, ...container }) => ({
    ...container,
    state:
      state.kind === 'terminated'
        ? { ...state, termination: safeTermination(state.termination) }
        : state.kind === 'waiting'
          ? { ...state, message: safe(state.message) }
          : state,
    lastTermination: lastTermination === null ? null : safeTermination(lastTermination),
  }));
  return { ...pod, containers };
}

const safeEvent = (event: ClusterEvent): ClusterEvent => ({ ...event, message: safe(event.message) });

async function look(
  cluster: Cluster,
  question: z.infer<typeof podQuestionSchema>,
  blockerOf: (error: unknown) => Blocker,
): Promise<PodsAnswer> {
  const problems: Blocker[] = [];
  const orNone = async <T>(read: Promise<T>, none: T): Promise<T> => {
    try {
      return await read;
    } catch (error) {
      problems.push(blockerOf(error));
      return none;
    }
  };
  const [{ pods, truncated: podsTruncated }, { events, truncated: eventsTruncated }] = await Promise.all([
    orNone(cluster.pods(question), { pods: [], truncated: false }),
    orNone(cluster.events(question), { events: [], truncated: false }),
  ]);
  return {
    schema: 1,
    pods: pods.map(safePod),
    podsTruncated,
    events: events.map(safeEvent),
    eventsTruncated,
    problems: [...new Map(problems.map((problem) => [problem.message, problem])).values()],
  };
}

/** A service's pods and Events as they are now, without terminal escapes and without secrets; nothing is watched for it. */
export async function lookedAtPods(
  cluster: Cluster,
  payload: unknown,
  blockerOf: (error: unknown) => Blocker,
): Promise<PodsAnswer> {
  const { question } = payloadSchema.parse(payload);
  const key = JSON.stringify(question);
  const nowMs = performance.now();
  const known = looks.get(cluster) ?? new Map<string, Look>();
  for (const [other, { atMs }] of known) if (nowMs - atMs > sharedMs) known.delete(other);
  const shared = known.get(key) ?? { atMs: nowMs, answer: look(cluster, question, blockerOf) };
  looks.set(cluster, known.set(key, shared));
  return await shared.answer;
}
