import { and, eq, ne } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { environment } from '../../db/schema/environments.ts';
import { service } from '../../db/schema/services.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { type SandboxChange, type SandboxSubject, sandboxChangeSchema } from '../../domain/sandbox.ts';
import { clockOffsetMs } from '../clock.ts';
import { setBehaviour } from '../cluster/sandbox/behaviour.ts';
import { command } from '../command.ts';
import { loadVersion } from '../rows/revision-record.ts';
import { notFound, rowProject } from '../rows/row-project.ts';
import { loadService } from '../rows/service-record.ts';
import { simulatedRefusal } from './simulated-refusal.ts';

/** Tells the sandbox how a service, a version or the cluster behaves from now on; a simulation, and labelled so. */
export const setFault = command(
  {
    permission: 'sandbox.setFault',
    schema: z.object({ serviceId: idSchema, change: sandboxChangeSchema }),
    project: (tx, input) => rowProject(tx, service, input.serviceId),
  },
  async ({ tx, input, projectId, now }) => {
    const { environment: place, row } = await loadService(tx, input.serviceId);
    refuse(simulatedRefusal(place));
    const { change } = input;
    const told = await subjectOf(tx, { change, projectId, clusterId: place.clusterId });
    const at = new Date(now.getTime() + (await clockOffsetMs(tx, place.clusterId)));
    await setBehaviour(tx, { clusterId: place.clusterId, change, at });
    return {
      result: { serviceId: row.id, subject: told.subject },
      audit: [
        {
          object: { kind: 'sandbox', id: told.subject, name: told.name },
          sentence: `told the sandbox how ${told.name} behaves`,
          after: change,
          related: [{ kind: 'service', id: row.id }],
        },
      ],
    };
  },
);

type Asked = { readonly change: SandboxChange; readonly projectId: string; readonly clusterId: string };

/** The subject by key and name; other projects' things are not found. */
async function subjectOf(
  tx: Transaction,
  { change, projectId, clusterId }: Asked,
): Promise<{ subject: SandboxSubject; name: string }> {
  switch (change.subject) {
    case 'service': {
      const { row } = await loadService(tx, change.serviceId);
      if (row.projectId !== projectId) throw notFound();
      return { subject: `service:${row.id}`, name: `the traffic of ${row.name}` };
    }
    case 'modelVersion': {
      const version = await loadVersion(tx, change.modelVersionId);
      if (version.projectId !== projectId) throw notFound();
      return { subject: `modelVersion:${version.id}`, name: `${version.modelName} ${version.number}` };
    }
    case 'cluster':
      await refuseShared(tx, { projectId, clusterId });
      return { subject: 'cluster', name: 'the whole sandbox cluster' };
  }
}

/** One project must not break the demo of another. */
async function refuseShared(tx: Transaction, at: { projectId: string; clusterId: string }): Promise<void> {
  const others = await tx
    .select({ id: environment.id })
    .from(environment)
    .where(and(eq(environment.clusterId, at.clusterId), ne(environment.projectId, at.projectId)))
    .limit(1);
  if (others.length > 0)
    throw new DomainError({
      code: 'forbidden',
      message: 'Other projects use this sandbox cluster too, so it cannot be broken as a whole.',
      fix: 'Simulate a fault of one version or one service.',
    });
}
