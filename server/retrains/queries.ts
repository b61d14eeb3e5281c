import { and, asc, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { channel } from '../../db/schema/notices.ts';
import { retrainRequest, retrainTemplate } from '../../db/schema/retrains.ts';
import { service } from '../../db/schema/services.ts';
import { channelTargetSchema } from '../../domain/channel.ts';
import { idSchema } from '../../domain/name.ts';
import { timelineOf } from '../audit/queries.ts';
import { query } from '../query.ts';
import { environmentRefs } from '../rows/environment-refs.ts';
import { retrainFacts } from '../rows/retrain-facts.ts';
import { type RetrainPlace, retrainPlace } from '../rows/retrain-place.ts';
import { retrainSettingsOf } from '../rows/retrain-settings.ts';
import { retrainView } from '../rows/retrain-view.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';

/** What a real alert of a service leads to, what could be chosen instead, and its last requests, newest first. */
export const listRetrains = query(
  {
    permission: 'retrains.list',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input, principal, projectId, ctx }) => {
    const now = await ctx.clock(db);
    const { serviceId } = input;
    const place = await retrainPlace(db, serviceId);
    const { settings, generation } = await retrainSettingsOf(db, serviceId);
    const facts = await retrainFacts(db, { serviceId }, now);
    return {
      settings,
      generation,
      choices: await choicesOf(db, place),
      requests: await Promise.all(facts.map((each) => retrainView(db, each, principal))),
      refusals: {
        configure: viewerRefusal({ principal, projectId }, 'retrains.configure'),
        open: viewerRefusal({ principal, projectId }, 'retrains.open'),
      },
    };
  },
);

/** Webhooks of the project in our own format, and templates of the service's cluster. */
async function choicesOf(db: Queries, { projectId, clusterId }: RetrainPlace) {
  const channels = await db
    .select({ id: channel.id, name: channel.name, target: channel.target })
    .from(channel)
    .where(and(eq(channel.projectId, projectId), eq(channel.enabled, true), isNull(channel.removedAt)))
    .orderBy(asc(channel.name));
  const templates = await db
    .select({ id: retrainTemplate.id, name: retrainTemplate.name })
    .from(retrainTemplate)
    .where(and(eq(retrainTemplate.clusterId, clusterId), isNull(retrainTemplate.removedAt)))
    .orderBy(asc(retrainTemplate.name));
  const webhooks = channels.filter(({ target }) => {
    const found = channelTargetSchema.parse(target);
    return found.kind === 'webhook' && found.format === 'own';
  });
  return { webhooks: webhooks.map(({ id, name }) => ({ id, name })), templates };
}

/** One request: why, what it starts, who still has to sign, how far it is, and the version that came of it. */
export const getRetrain = query(
  {
    permission: 'retrains.get',
    schema: z.object({ requestId: idSchema }),
    project: (db, input) => rowProject(db, retrainRequest, input.requestId),
  },
  async ({ db, input, principal, projectId, ctx }) => {
    const now = await ctx.clock(db);
    const facts = onlyRow(await retrainFacts(db, { requestId: input.requestId }, now));
    const { serviceId, id } = facts.request;
    const of = onlyRow(
      await db
        .select({ name: service.name, environmentId: service.environmentId })
        .from(service)
        .where(eq(service.id, serviceId)),
    );
    const environments = await environmentRefs(db, [of.environmentId]);
    return {
      ...(await retrainView(db, facts, principal)),
      now,
      service: { id: serviceId, name: of.name },
      environment: environments(of.environmentId),
      timeline: await timelineOf(db, { projectId, kind: 'retrain', id }),
    };
  },
);
