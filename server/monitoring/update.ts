import { eq } from 'drizzle-orm';
import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { driftMonitor } from '../../db/schema/drift.ts';
import { service } from '../../db/schema/services.ts';
import { monitorRefusal } from '../../domain/drift/monitor-rules.ts';
import { monitorSettingsSchema } from '../../domain/drift/monitor-schema.ts';
import { canPart } from '../../domain/drift/segment.ts';
import {
  type WindowClock,
  type WindowLength,
  windowAt,
  windowLengths,
} from '../../domain/drift/window-clock.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError, refuse } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { activeBinnings } from '../rows/active-binning.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';

/** Changes how the drift of a service is judged, and switches its alerts on or off. */
export const updateMonitor = command(
  {
    permission: 'monitors.update',
    schema: z.object({
      monitorId: idSchema,
      windowLength: z.enum(windowLengths).optional(),
      referenceKind: z.enum(['training', 'fixedWindow', 'sameHours']).optional(),
      settings: monitorSettingsSchema.optional(),
      /** Alerts open only for windows that end after they were switched on. */
      alerts: z.enum(['on', 'off']).optional(),
      seenGeneration: z.int().optional(),
    }),
    project: async (tx, input) => await rowProject(tx, driftMonitor, input.monitorId),
  },
  async ({ tx, input, now }) => {
    const row = onlyRow(
      await tx.select().from(driftMonitor).where(eq(driftMonitor.id, input.monitorId)).for('no key update'),
    );
    if (input.seenGeneration !== undefined && input.seenGeneration !== row.generation)
      throw new DomainError({
        code: 'conflict',
        message: 'Somebody changed this monitor while you were editing it.',
        fix: 'Reload the page and make your change again.',
      });
    const { windowLength, referenceKind } = row;
    const before = { windowLength, referenceKind, settings: row.settings, alertsFrom: row.alertsFrom };
    const switched = input.alerts === 'on' ? (row.alertsFrom ?? now) : null;
    const after = {
      windowLength: input.windowLength ?? windowLength,
      referenceKind: input.referenceKind ?? referenceKind,
      settings: input.settings ?? row.settings,
      alertsFrom: input.alerts === undefined ? row.alertsFrom : switched,
    };
    refuse(monitorRefusal(after));
    await refuseColumn(tx, row.serviceId, input.settings?.segmentColumn ?? null);
    const clockBefore = clockOf(before);
    const clock = clockOf(after);
    const isSame = clock.length === clockBefore.length && clock.timeZone === clockBefore.timeZone;
    // Windows of another length, or of other days, are judged from now on.
    const anew = { judgedUntil: new Date(windowAt(clock, now.getTime()).fromMs), dispersions: null };
    await tx
      .update(driftMonitor)
      .set({
        ...after,
        generation: row.generation + 1,
        ...(isSame ? {} : anew),
      })
      .where(eq(driftMonitor.id, row.id));
    const [of] = await tx.select({ name: service.name }).from(service).where(eq(service.id, row.serviceId));
    const name = of?.name ?? '';
    return {
      result: { monitorId: row.id },
      audit: [
        {
          object: { kind: 'driftMonitor', id: row.id, name },
          sentence: `${sentenceOf(input.alerts)} ${name}`,
          before,
          after,
          related: [{ kind: 'service', id: row.serviceId }],
        },
      ],
    };
  },
);

/** Throws where rows cannot be parted by the feature. */
async function refuseColumn(tx: Transaction, serviceId: string, columnId: string | null): Promise<void> {
  if (columnId === null) return;
  const [active] = await activeBinnings(tx, serviceId);
  const column = active?.features.find(({ featureId }) => featureId === columnId);
  if (column !== undefined && canPart(column)) return;
  throw new DomainError({
    code: 'invalidInput',
    message:
      'segmentColumn: Rows can be parted only by an input of the service that has values and not intervals.',
    params: { field: 'segmentColumn' },
    fix: 'Choose a category, or a whole number of few values.',
  });
}

function clockOf({ windowLength, settings }: { windowLength: WindowLength; settings: unknown }): WindowClock {
  return { length: windowLength, timeZone: monitorSettingsSchema.parse(settings).timeZone };
}

function sentenceOf(alerts: 'on' | 'off' | undefined): string {
  if (alerts === undefined) return 'changed how drift is judged for';
  return `switched drift alerts ${alerts} for`;
}
