import * as z from 'zod';
import { idSchema } from '../name.ts';
import { type Refusal, refusal } from '../refusal.ts';

/** off: nothing · notify: people are told · approve: signers decide, then it starts · auto: it starts at once. */
export const retrainPolicies = ['off', 'notify', 'approve', 'auto'] as const;

const actionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  /** A channel of the project: a webhook in our own format, signed as all that goes there. */
  z.object({ kind: z.literal('webhook'), channelId: idSchema }),
  /** What an instance admin allowed on the cluster of the service. */
  z.object({ kind: z.literal('template'), templateId: idSchema }),
]);
export type RetrainAction = z.output<typeof actionSchema>;

/** What a real alert of a service leads to. */
export const retrainSettingsSchema = z.object({
  schema: z.literal(1).default(1),
  policy: z.enum(retrainPolicies).default('off'),
  action: actionSchema.default({ kind: 'none' }),
  /** From the end of one request to the next that opens by itself. */
  cooldownHours: z.number().min(0).max(2_160).default(24),
});
export type RetrainSettings = z.output<typeof retrainSettingsSchema>;

export const noRetraining: RetrainSettings = retrainSettingsSchema.parse({});

/** Why these settings lead nowhere, or null: what is to start needs something that starts it. */
export function retrainSettingsRefusal({ policy, action }: RetrainSettings): Refusal | null {
  if (action.kind !== 'none' || policy === 'off' || policy === 'notify') return null;
  return refusal({
    code: 'invalidInput',
    message: 'action: Choose the webhook or the template that starts the training.',
    params: { field: 'action' },
    fix: 'Without one, the policy can only tell people.',
  });
}
