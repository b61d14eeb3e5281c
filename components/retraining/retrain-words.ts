import { countOf, durationText } from '../../domain/figure-text.ts';
import type { RetrainState } from '../../domain/retrain/request.ts';
import type { Tone } from '../ui/tone.ts';
import type { Retraining } from './retrain-answers.ts';

type Standing = { readonly tone: Tone; readonly label: string };
type Request = Retraining['requests'][number];

const standings: Readonly<Record<RetrainState, Standing>> = {
  told: { tone: 'info', label: 'People know' },
  asked: { tone: 'progress', label: 'Waits for signatures' },
  approved: { tone: 'progress', label: 'Waits to start' },
  running: { tone: 'progress', label: 'Runs' },
  done: { tone: 'info', label: 'Trained, waits for its version' },
  replaced: { tone: 'ok', label: 'New version' },
  failed: { tone: 'bad', label: 'Failed' },
  rejected: { tone: 'bad', label: 'Rejected' },
  expired: { tone: 'neutral', label: 'Expired' },
  voided: { tone: 'warn', label: 'Void: something changed' },
  closed: { tone: 'neutral', label: 'Closed' },
};

/** Where a request stands; one that may not start now says so. */
export function retrainStanding({ state, outcome }: Pick<Request, 'state' | 'outcome'>): Standing {
  if (state === 'approved' && outcome !== null) return { tone: 'warn', label: 'Waits: cannot start' };
  return standings[state];
}

/** What it starts, in words. */
export function actionText({ action }: Pick<Request, 'action'>): string {
  switch (action.kind) {
    case 'none':
      return 'nothing: somebody trains it by hand';
    case 'webhook':
      return `the webhook ${action.name}`;
    case 'template':
      return `the template ${action.name}`;
  }
}

export const policyWords = {
  off: 'Nothing',
  notify: 'People are told',
  approve: 'Signers decide, then it starts',
  auto: 'It starts by itself',
} as const;

/** What is chosen for a service, in one sentence. */
export function settingsText({ settings, choices }: Pick<Retraining, 'settings' | 'choices'>): string {
  const { policy, action } = settings;
  if (policy === 'off') return 'A real alert leads to nothing.';
  if (policy === 'notify') return 'When an alert is called real, people are told to train the model again.';
  const named =
    action.kind === 'template'
      ? choices.templates.find(({ id }) => id === action.templateId)
      : choices.webhooks.find(({ id }) => action.kind === 'webhook' && id === action.channelId);
  const what = named === undefined ? 'something that is not there any more' : named.name;
  return policy === 'auto'
    ? `When an alert is called real, ${what} starts by itself.`
    : `When an alert is called real, signers are asked whether ${what} starts.`;
}

/** What a template takes at the most. */
export function demandText({ gpus, mostSeconds }: { gpus: number; mostSeconds: number }): string {
  const length = durationText(mostSeconds * 1_000);
  return gpus === 0 ? `no GPU, ${length}` : `${countOf(gpus, 'GPU')}, ${length}`;
}
