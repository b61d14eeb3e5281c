import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { heartbeat } from '../../db/schema/notices.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { EgressError } from '../egress/egress-error.ts';
import { checkedUrl } from '../egress/url-rules.ts';
import { heartbeatRules, sealHeartbeat } from '../heartbeat-url.ts';
import { notFound } from '../rows/row-project.ts';

const object = (host: string) => ({ kind: 'heartbeat', id: 'instance', name: host }) as const;

/** The worker calls this address every minute from now on, so that whoever watches it notices a dead worker. */
export const setHeartbeat = command(
  {
    permission: 'heartbeat.set',
    schema: z.object({
      url: z
        .url({ protocol: /^https?$/, message: 'The address starts with https:// or http://.' })
        .max(2_000),
    }),
    project: 'instance',
  },
  async ({ tx, input, now, ctx }) => {
    const { host } = checked(input.url);
    const [before] = await tx.select({ host: heartbeat.host }).from(heartbeat);
    const row = {
      host,
      sealedUrl: sealHeartbeat(ctx.workerPublicKey, input.url),
      dueAt: sql`clock_timestamp()`,
      calledAt: null,
      answer: null,
      failingSince: null,
      changedAt: now,
    };
    await tx.insert(heartbeat).values(row).onConflictDoUpdate({ target: heartbeat.only, set: row });
    return {
      result: { host },
      audit: [
        {
          object: object(host),
          sentence: `lets the worker call ${host} every minute`,
          before: before ?? undefined,
          after: { host },
        },
      ],
    };
  },
);

function checked(text: string): URL {
  try {
    return checkedUrl(text, heartbeatRules);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    throw new DomainError({
      code: 'invalidInput',
      message: `url: ${error.message}`,
      params: { field: 'url' },
      fix: 'Give the address that your monitoring shows for a check that is called once a minute.',
    });
  }
}

/** Nobody is called any more. */
export const removeHeartbeat = command(
  { permission: 'heartbeat.remove', schema: z.void(), project: 'instance' },
  async ({ tx }) => {
    const [before] = await tx.delete(heartbeat).returning({ host: heartbeat.host });
    if (before === undefined) throw notFound();
    return {
      result: null,
      audit: [{ object: object(before.host), sentence: `no longer calls ${before.host}`, before }],
    };
  },
);
