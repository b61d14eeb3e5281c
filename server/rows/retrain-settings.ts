import { and, eq, isNull } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { channel } from '../../db/schema/notices.ts';
import { retrainSetting, retrainTemplate } from '../../db/schema/retrains.ts';
import { channelTargetSchema } from '../../domain/channel.ts';
import { DomainError, type Refusal, refusal } from '../../domain/refusal.ts';
import type { ChosenAction } from '../../domain/retrain/request.ts';
import {
  noRetraining,
  type RetrainAction,
  type RetrainSettings,
  retrainSettingsSchema,
} from '../../domain/retrain/settings.ts';
import { digestOf } from '../digest.ts';

export type StoredRetrainSettings = {
  readonly settings: RetrainSettings;
  readonly generation: number;
  /** Null where nobody ever chose anything. */
  readonly changedAt: Date | null;
};

/** What a real alert of the service leads to. */
export async function retrainSettingsOf(queries: Queries, serviceId: string): Promise<StoredRetrainSettings> {
  const [row] = await queries.select().from(retrainSetting).where(eq(retrainSetting.serviceId, serviceId));
  if (row === undefined) return { settings: noRetraining, generation: 0, changedAt: null };
  const { generation, changedAt } = row;
  return { settings: retrainSettingsSchema.parse(row.settings), generation, changedAt };
}

type Place = { readonly projectId: string; readonly clusterId: string };

function gone(field: 'channelId' | 'templateId', what: string): Refusal {
  return refusal({
    code: 'invalidInput',
    message: `${what} is not there any more, or cannot be used here.`,
    params: { field },
    fix: 'Choose another one on the monitoring page of the service.',
  });
}

/** The action as it is now, with the digest that a signature binds to; throws when it cannot be used any more. */
export async function chosenAction(
  queries: Queries,
  action: RetrainAction,
  { projectId, clusterId }: Place,
): Promise<ChosenAction> {
  switch (action.kind) {
    case 'none':
      return action;
    case 'template': {
      const { templateId } = action;
      const [row] = await queries
        .select()
        .from(retrainTemplate)
        .where(
          and(
            eq(retrainTemplate.id, templateId),
            eq(retrainTemplate.clusterId, clusterId),
            isNull(retrainTemplate.removedAt),
          ),
        );
      if (row === undefined) throw new DomainError(gone('templateId', 'The template'));
      return { kind: 'template', templateId, name: row.name, digest: row.digest };
    }
    case 'webhook': {
      const { channelId } = action;
      const [row] = await queries
        .select()
        .from(channel)
        .where(
          and(
            eq(channel.id, channelId),
            eq(channel.projectId, projectId),
            eq(channel.enabled, true),
            isNull(channel.removedAt),
          ),
        );
      const target = row === undefined ? null : channelTargetSchema.parse(row.target);
      if (row === undefined || target?.kind !== 'webhook' || target.format !== 'own')
        throw new DomainError(gone('channelId', 'The webhook'));
      return { kind: 'webhook', channelId, name: row.name, targetDigest: digestOf(target) };
    }
  }
}

/** The action that a request was opened with, as the settings name one. */
export function actionOf(chosen: ChosenAction): RetrainAction {
  switch (chosen.kind) {
    case 'none':
      return { kind: 'none' };
    case 'template':
      return { kind: 'template', templateId: chosen.templateId };
    case 'webhook':
      return { kind: 'webhook', channelId: chosen.channelId };
  }
}
