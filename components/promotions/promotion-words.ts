import type { PromotionState } from '../../domain/promotion.ts';
import type { Tone } from '../ui/tone.ts';
import type { PromotionRow } from './promotion-answers.ts';

type Standing = { readonly tone: Tone; readonly label: string };

const standings: Record<PromotionState, Standing> = {
  open: { tone: 'warn', label: 'Waits for signatures' },
  approved: { tone: 'progress', label: 'Approved' },
  started: { tone: 'ok', label: 'Started' },
  rejected: { tone: 'bad', label: 'Rejected' },
  withdrawn: { tone: 'neutral', label: 'Withdrawn' },
  expired: { tone: 'neutral', label: 'Expired' },
  voided: { tone: 'bad', label: 'Void' },
};

/** One word for where a request stands, with its tone. */
export function promotionStanding(state: PromotionState): Standing {
  return standings[state];
}

type Asked = Pick<PromotionRow, 'to' | 'from' | 'service'>;

/** "fraud-detector 7 onto fraud-detector". */
export function promotionTitle({ to, service }: Pick<Asked, 'to' | 'service'>): string {
  return `${to.modelName} ${to.versionNumber} onto ${service.name}`;
}

/** What moves, in the words of the models: "6 → 7", "first revision", "7, changed specification". */
export function moveText({ from, to }: Pick<Asked, 'to' | 'from'>): string {
  if (from === null) return `first revision: ${to.modelName} ${to.versionNumber}`;
  if (from.modelVersionId === to.modelVersionId) return `${to.versionNumber}, changed specification`;
  if (from.modelName === to.modelName) return `${from.versionNumber} → ${to.versionNumber}`;
  return `${from.modelName} ${from.versionNumber} → ${to.modelName} ${to.versionNumber}`;
}
