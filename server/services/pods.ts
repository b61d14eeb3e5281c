import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { type PodsAnswer, podsAnswerSchema } from '../../domain/pod.ts';
import { blocker, DomainError } from '../../domain/refusal.ts';
import { clockOffsetMs } from '../clock.ts';
import { askWorker, forgetAnswer } from '../cluster-request.ts';
import { newId } from '../id.ts';
import { query } from '../query.ts';
import { rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import { podQuestionOf } from './pod-question.ts';

/** A service's pods and Events as the worker reads them at this moment; waits at most 10 s, and a silent worker is a problem. */
export const servicePods = query(
  {
    permission: 'services.pods',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, projectId, principal, ctx }) => {
    const record = await loadService(db, input.serviceId);
    const { clusterId } = record.environment;
    const answer = await ask(db, { clusterId, question: podQuestionOf(record) });
    const [now, offset] = await Promise.all([ctx.clock(db), clockOffsetMs(db, clusterId)]);
    return {
      ...answer,
      namespace: record.environment.namespace,
      refusals: { readLogs: viewerRefusal({ principal, projectId }, 'services.readLogs') },
      now: new Date(now.getTime() + offset),
    };
  },
);

async function ask(
  db: Queries,
  { clusterId, question }: { clusterId: string; question: ReturnType<typeof podQuestionOf> },
): Promise<PodsAnswer> {
  const id = newId();
  try {
    const payload = { schema: 1, question };
    return podsAnswerSchema.parse(await askWorker(db, { id, clusterId, kind: 'pods', payload }));
  } catch (error) {
    if (!(error instanceof DomainError) || error.refusal.code !== 'workerSilent') throw error;
    const problems = [blocker({ ...error.refusal, owner: 'an operator' })];
    return { schema: 1, pods: [], podsTruncated: false, events: [], eventsTruncated: false, problems };
  } finally {
    await forgetAnswer(db, id);
  }
}
