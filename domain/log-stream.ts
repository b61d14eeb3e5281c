import * as z from 'zod';
import { idSchema } from './name.ts';
import { type Refusal, refusal } from './refusal.ts';
import { refusalSchema } from './refusal-schema.ts';

/** How a reading of a log ended: by itself, by one of its caps, or because it could not go on. */
export const logEndingSchema = z.object({
  schema: z.literal(1),
  /** over: the container ended. capped: reading may go on where it stopped. failed: `refusal` says why. */
  kind: z.enum(['over', 'capped', 'failed']),
  refusal: refusalSchema,
});
export type LogEnding = z.infer<typeof logEndingSchema>;

/** Every cap of reading logs; a page, a person and a worker each have theirs. */
export const logLimits = {
  /** Lines that a page begins with. */
  tailLines: 500,
  /** Of one reading. */
  mostBytes: 8 * 1024 * 1024,
  mostMs: 15 * 60_000,
  /** Of one person at once. */
  mostOfPrincipal: 4,
  /** That a worker follows of one cluster at once. */
  mostOfCluster: 20,
  /** A chunk is stored when it is this large, or this old. */
  chunkBytes: 32 * 1024,
  chunkMs: 250,
  /** A worker waits for the page when it has not come for so many chunks. */
  mostUnreadChunks: 16,
  /** A page that has not come for so long has gone. */
  unreadMs: 10_000,
  /** A worker that has not been there for so long has gone. */
  silentMs: 20_000,
} as const;

/** A reading as the page asks for it. */
export const openLogSchema = z.strictObject({
  serviceId: idSchema,
  pod: z.string().min(1).max(253),
  container: z.string().min(1).max(63),
  previous: z.boolean().default(false),
  tailLines: z.int().min(0).max(5_000).default(logLimits.tailLines),
  /** To go on where another reading stopped. */
  sinceTime: z.iso.datetime({ offset: true }).optional(),
  /** The reading that this one takes the place of. */
  replaces: idSchema.optional(),
});

const minutes = logLimits.mostMs / 60_000;
const mebibytes = logLimits.mostBytes / 1024 / 1024;

/** Why no further log may be opened, or null; `open` counts the person's readings under way. */
export function openLogRefusal(open: number): Refusal | null {
  if (open < logLimits.mostOfPrincipal) return null;
  return refusal({
    code: 'rateLimited',
    message: `You are reading ${open} logs already, which is as many as one person may at once.`,
    params: { open },
    fix: 'Close one of the others; a closed page counts for ten more seconds.',
  });
}

function ending(kind: LogEnding['kind'], said: Parameters<typeof refusal>[0]): LogEnding {
  return { schema: 1, kind, refusal: refusal(said) };
}

export const logEndings = {
  over: ending('over', {
    code: 'wrongState',
    message: 'The container has ended, or its node sends nothing more.',
    fix: 'If it was restarted, open its log again; what this run wrote is then under "previous".',
  }),
  tooMuch: ending('capped', {
    code: 'rateLimited',
    message: `Stopped after ${mebibytes} MiB, which is as much as one reading may take.`,
    fix: 'Go on from here, or narrow it down in your log store.',
  }),
  tooLong: ending('capped', {
    code: 'rateLimited',
    message: `Stopped after ${minutes} minutes, so that a forgotten page costs nothing.`,
    fix: 'Go on from here.',
  }),
  unread: ending('capped', {
    code: 'rateLimited',
    message: 'Stopped, because this page did not come for its lines for ten seconds.',
    fix: 'Go on from here.',
  }),
  stopped: ending('capped', {
    code: 'workerSilent',
    message: 'The worker that read it was stopped.',
    fix: 'Go on from here.',
  }),
  silent: ending('capped', {
    code: 'workerSilent',
    message: 'The worker that read it does not answer any more.',
    fix: 'See whether a worker runs and reaches the cluster, then go on from here.',
  }),
  lost: ending('capped', {
    code: 'conflict',
    message: 'Lines on their way were lost, because the database was restarted.',
    fix: 'Go on from here.',
  }),
  full: ending('failed', {
    code: 'rateLimited',
    message: `${logLimits.mostOfCluster} logs of this cluster are being read already.`,
    fix: 'Try again in a minute.',
  }),
  neverStarted: ending('failed', {
    code: 'workerSilent',
    message: 'The worker did not answer within 10 seconds.',
    fix: 'See whether a worker runs and reaches the cluster, then try again.',
  }),
} as const satisfies Record<string, LogEnding>;
