import * as z from 'zod';

/** Why a source gave no samples: `message` is for members, outside only `reason` is told. */
export const askProblemSchema = z.object({
  reason: z.enum([
    'unreachable',
    'refused',
    'tooLarge',
    'timeout',
    'noSeries',
    'malformed',
    'notConfigured',
    'notListed',
  ]),
  message: z.string(),
});
export type AskProblem = z.infer<typeof askProblemSchema>;
