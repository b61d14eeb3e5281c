import { eq } from 'drizzle-orm';
import * as z from 'zod';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import {
  boundaryRefusal,
  type Objective,
  type Objectives,
  objectivesOf,
  promiseText,
} from '../../domain/objective.ts';
import { objectivesSchema } from '../../domain/objective-schema.ts';
import { refuse } from '../../domain/refusal.ts';
import { endAlerts } from '../alerts.ts';
import { command } from '../command.ts';
import { latencyBoundaries } from '../rows/latency-boundaries.ts';
import { rowProject } from '../rows/row-project.ts';
import { lockService } from '../rows/service-record.ts';

/** What a service promises over 28 days; its alerts are about these promises alone. */
export const setObjectives = command(
  {
    permission: 'services.setObjectives',
    schema: z.object({ serviceId: idSchema, objectives: objectivesSchema }),
    project: (tx, input) => rowProject(tx, service, input.serviceId),
  },
  async ({ tx, input, projectId, now }) => {
    const { serviceId, objectives } = input;
    const { row, environment } = await lockService(tx, serviceId);
    const before = row.objectives === null ? null : objectivesSchema.parse(row.objectives);
    const bound = objectives.latency?.slowerThanMs ?? null;
    if (bound !== null && bound !== before?.latency?.slowerThanMs)
      refuse(
        boundaryRefusal(bound, await latencyBoundaries(tx, { serviceId, environmentId: environment.id })),
      );
    const promises = objectivesOf(objectives);
    const stored = promises.length === 0 ? null : objectives;
    await tx.update(service).set({ objectives: stored }).where(eq(service.id, serviceId));
    const keys = goneKeys(before, promises);
    await endAlerts(tx, { projectId, serviceId, kind: 'objectiveBurn', keys }, now);
    return {
      result: { serviceId },
      audit: [
        {
          object: { kind: 'service', id: serviceId, name: row.name },
          sentence: `set the objectives of ${row.name} in ${environment.name}: ${words(promises)}`,
          before,
          after: stored,
        },
      ],
    };
  },
);

function words(promises: readonly Objective[]): string {
  return promises.length === 0 ? 'none' : promises.map(promiseText).join(' and ');
}

/** Keys of the alerts about promises that are no more. */
function goneKeys(before: Objectives | null, promises: readonly Objective[]): string[] {
  const kept = new Set(promises.map(promiseText));
  const gone = before === null ? [] : objectivesOf(before).filter((one) => !kept.has(promiseText(one)));
  return gone.flatMap(({ kind }) => [`${kind} high`, `${kind} low`]);
}
