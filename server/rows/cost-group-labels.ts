import { eq, inArray, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Queries } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { project } from '../../db/schema/identity.ts';
import { nodeInterval } from '../../db/schema/metering.ts';
import { model, modelVersion } from '../../db/schema/models.ts';
import { service } from '../../db/schema/services.ts';
import { type CostGrouping, type RestGroup, restGroups } from '../../domain/ledger/cost-group.ts';
import { others } from './sealed-costs.ts';

/** Names for people of groups; what has none is called by its own word. */
export async function groupLabels(
  queries: Queries,
  grouping: CostGrouping,
  groups: readonly string[],
): Promise<(group: string) => string> {
  const named = groups.filter((group) => !group.startsWith('~'));
  const names = named.length === 0 ? new Map<string, string>() : await namesOf(queries, grouping, named);
  return (group) => {
    if (group === others) return 'All others';
    return group in restGroups ? restGroups[group as RestGroup] : (names.get(group) ?? group);
  };
}

async function namesOf(
  queries: Queries,
  grouping: CostGrouping,
  ids: string[],
): Promise<Map<string, string>> {
  switch (grouping) {
    case 'project':
      return await byId(queries, project, ids);
    case 'environment':
      return await byId(queries, environment, ids);
    case 'service':
      return await byId(queries, service, ids);
    case 'model':
      return await byId(queries, model, ids);
    case 'modelVersion': {
      const rows = await queries
        .select({ id: modelVersion.id, name: model.name, number: modelVersion.number })
        .from(modelVersion)
        .innerJoin(model, eq(model.id, modelVersion.modelId))
        .where(inArray(modelVersion.id, ids));
      return new Map(rows.map(({ id, name, number }) => [id, `${name} v${number}`]));
    }
    case 'node': {
      const rows = await queries
        .selectDistinctOn([nodeInterval.nodeUid], {
          uid: nodeInterval.nodeUid,
          name: sql<string>`${nodeInterval.facts}->>'name'`,
        })
        .from(nodeInterval)
        .where(inArray(nodeInterval.nodeUid, ids));
      return new Map(rows.map(({ uid, name }) => [uid, name]));
    }
    case 'role':
    case 'bucket':
    case 'gpuProduct':
    case 'capacityType':
      return new Map();
  }
}

async function byId(queries: Queries, table: PgTable, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await queries.execute<{ id: string; name: string }>(
    sql`select id::text, name from ${table} where id = any(${sql.param([...ids])}::uuid[])`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
