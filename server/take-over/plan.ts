import { stringify } from 'yaml';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { type Blocker, type Refusal, refuse } from '../../domain/refusal.ts';
import { blockerSchema } from '../../domain/refusal-schema.ts';
import {
  type ManagerStep,
  managerSteps,
  planRefusal,
  takeOverPlanRefusal,
  takeOverPlanSchema,
} from '../../domain/take-over-plan.ts';
import { askWorker } from '../cluster-request.ts';
import { newId } from '../id.ts';
import { query } from '../query.ts';
import { rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';

export type TakeOverView = {
  /** Names this look: only what was shown can be carried out. */
  readonly planId: string;
  readonly revisionNumber: number;
  readonly foundReplicas: number;
  readonly workloadName: string;
  /** Why it cannot be carried out; null when it can. */
  readonly refusal: Refusal | null;
  readonly refusals: readonly Refusal[];
  readonly missingRights: readonly string[];
  readonly dryRun: readonly Blocker[];
  readonly creates: readonly { kind: string; name: string; yaml: string }[];
  readonly edits: readonly {
    kind: string;
    name: string;
    fields: readonly string[];
    before: string;
    after: string;
  }[];
  readonly notes: readonly string[];
  readonly managerSteps: readonly ManagerStep[];
};

const failureSchema = z.object({ failure: blockerSchema });

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** What taking a watched service over would touch, with the API server's dry run; asks the worker, waits at most 10 s, writes nothing. */
export const planTakeOver = query(
  {
    permission: 'services.planTakeOver',
    schema: z.object({ serviceId: idSchema }),
    project: (db, input) => rowProject(db, service, input.serviceId),
  },
  async ({ db, input }): Promise<TakeOverView> => await viewOf(db, input.serviceId),
);

async function viewOf(db: Queries, serviceId: string): Promise<TakeOverView> {
  const { row, adoption, environment: place } = await loadService(db, serviceId);
  refuse(planRefusal({ mode: row.mode, adoption, hasStable: row.stableRevisionId !== null }));
  const planId = newId();
  const payload = { schema: 1, serviceId };
  const answer = await askWorker(db, { id: planId, clusterId: place.clusterId, kind: 'takeOver', payload });
  const failed = failureSchema.safeParse(answer).data;
  if (failed !== undefined) refuse(failed.failure);
  const plan = takeOverPlanSchema.parse(answer);
  const { revisionNumber, foundReplicas, refusals, missingRights, dryRun, notes } = plan;
  return {
    planId,
    revisionNumber,
    foundReplicas,
    workloadName: adoption?.workload.name ?? '',
    refusal: takeOverPlanRefusal(plan),
    refusals,
    missingRights,
    dryRun,
    notes,
    creates: plan.creates.map(({ kind, name, manifest }) => ({ kind, name, yaml: yaml(manifest) })),
    edits: plan.edits.map((edit) => ({ ...edit, before: yaml(edit.before), after: yaml(edit.after) })),
    managerSteps:
      adoption === null || plan.path === null ? [] : managerSteps(adoption.manager, plan.path.routes),
  };
}
