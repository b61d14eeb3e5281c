import { isDeepStrictEqual } from 'node:util';
import { eq } from 'drizzle-orm';
import { type Database, type Transaction, transaction } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import type { Adoption } from '../../domain/adoption.ts';
import { foreignChangeText } from '../../domain/foreign-change.ts';
import { systemPrincipal } from '../../domain/principal.ts';
import { serviceSpecSchema } from '../../domain/service-spec.ts';
import { serviceStatusSchema } from '../../domain/service-status.ts';
import { adoptionChanges, adoptionNow, changesByOthers } from '../../domain/watched-change.ts';
import { soleImage, specOfWorkload, type Workload } from '../../domain/workload.ts';
import { recordAdopted } from '../adopted-revision.ts';
import { type AuditDraft, appendAudit } from '../audit/append.ts';
import { digestOf } from '../digest.ts';
import { loadRevision, specDigestOf } from '../rows/revision-record.ts';
import { fence, type Lease } from './lease.ts';

type ServiceRow = typeof service.$inferSelect;

export type Followed = {
  readonly lease: Lease;
  readonly row: ServiceRow;
  readonly adoption: Adoption;
  readonly workload: Workload;
  readonly routesRead: boolean;
  readonly now: Date;
  readonly origin: 'live' | 'demo';
};

type News = {
  readonly adoption: Adoption;
  readonly sentences: readonly string[];
  readonly specChanged: boolean;
  /** Another digest or another spec runs everywhere than the stable revision says. */
  readonly revisionDue: boolean;
};

async function isRevisionDue(db: Database, { row, workload }: Followed): Promise<boolean> {
  const [image, spec] = [soleImage(workload), specOfWorkload(workload)];
  if (image === null || spec === null) return false;
  if (row.stableRevisionId === null) return true;
  const stable = await loadRevision(db, row.stableRevisionId);
  return stable.imageDigest !== image.digest || specDigestOf(stable.version.id, spec) !== stable.specDigest;
}

async function newsOf(db: Database, followed: Followed): Promise<News> {
  const { row, workload, routesRead } = followed;
  const last = row.status === null ? null : serviceStatusSchema.parse(row.status);
  const before = {
    spec: serviceSpecSchema.parse(row.spec),
    desiredReplicas: last === null || last.state === 'gone' ? null : (last.watched?.desiredReplicas ?? null),
  };
  const adoption = adoptionNow(followed.adoption, workload, routesRead);
  const spec = specOfWorkload(workload);
  return {
    adoption,
    sentences: [
      ...adoptionChanges(followed.adoption, adoption),
      ...changesByOthers(before, workload).map(foreignChangeText),
    ],
    specChanged: spec !== null && digestOf(spec) !== digestOf(before.spec),
    revisionDue: await isRevisionDue(db, followed),
  };
}

async function writeNews(tx: Transaction, followed: Followed, news: News): Promise<void> {
  const { row, workload, now } = followed;
  const [image, spec] = [soleImage(workload), specOfWorkload(workload)];
  const scaling = { kind: 'fixed', replicas: Math.max(1, workload.desiredReplicas) };
  await tx
    .update(service)
    .set({ adoption: news.adoption, scaling, ...(spec === null ? {} : { spec }) })
    .where(eq(service.id, row.id));
  const drafts: AuditDraft[] = news.sentences.map((sentence) => ({
    object: { kind: 'service', id: row.id, name: row.name },
    sentence: `saw a change of ${row.name} by others: ${sentence}`,
  }));
  if (news.revisionDue && image !== null && spec !== null)
    drafts.push(
      await recordAdopted(tx, {
        projectId: row.projectId,
        serviceId: row.id,
        serviceName: row.name,
        modelId: news.adoption.modelId,
        number: row.nextRevisionNumber,
        spec,
        image,
        by: systemPrincipal.id,
        now,
      }),
    );
  if (drafts.length > 0)
    await appendAudit(tx, {
      projectId: row.projectId,
      actor: systemPrincipal,
      action: 'services.observe',
      now,
      origin: followed.origin,
      drafts,
    });
}

/**
 * Writes down what others did to a watched service's workload: each change with its manager and fields on the timeline at
 * once, and a revision as soon as one digest alone runs. Writes nothing when nothing is new, or when a command was
 * quicker.
 */
export async function followWorkload(db: Database, followed: Followed): Promise<void> {
  const { row, lease } = followed;
  const news = await newsOf(db, followed);
  const same = isDeepStrictEqual(news.adoption, followed.adoption);
  if (same && news.sentences.length === 0 && !news.specChanged && !news.revisionDue) return;
  await transaction(db, async (tx) => {
    await fence(tx, lease);
    const [locked] = await tx.select().from(service).where(eq(service.id, row.id)).for('update');
    if (locked?.mode !== 'watched' || locked.generation !== row.generation) return;
    await writeNews(tx, followed, news);
  });
}
