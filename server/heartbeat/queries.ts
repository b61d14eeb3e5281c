import * as z from 'zod';
import { heartbeat } from '../../db/schema/notices.ts';
import { deliveryAnswerSchema } from '../../domain/delivery.ts';
import { query } from '../query.ts';

/** Whom the worker calls and what was answered last; null when nobody is called. The address itself is never read back. */
export const getHeartbeat = query(
  { permission: 'heartbeat.get', schema: z.void(), project: 'instance' },
  async ({ db }) => {
    const [row] = await db.select().from(heartbeat);
    if (row === undefined) return { heartbeat: null };
    const { host, calledAt, failingSince, changedAt, answer } = row;
    const parsed = answer === null ? null : deliveryAnswerSchema.parse(answer);
    return { heartbeat: { host, calledAt, failingSince, changedAt, answer: parsed } };
  },
);
