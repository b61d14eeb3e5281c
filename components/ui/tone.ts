/** What a colour means; `progress` looks like `info` and moves. */
export type Tone = 'neutral' | 'info' | 'ok' | 'warn' | 'bad' | 'progress';

type ToneClasses = { text: string; box: string; solid: string };

const info: ToneClasses = {
  text: 'text-info',
  box: 'bg-info-surface border-info-line text-info',
  solid: 'bg-info',
};

export const toneClasses: Record<Tone, ToneClasses> = {
  neutral: {
    text: 'text-neutral',
    box: 'bg-neutral-surface border-neutral-line text-neutral',
    solid: 'bg-neutral',
  },
  info,
  progress: info,
  ok: { text: 'text-ok', box: 'bg-ok-surface border-ok-line text-ok', solid: 'bg-ok' },
  warn: { text: 'text-warn', box: 'bg-warn-surface border-warn-line text-warn', solid: 'bg-warn' },
  bad: { text: 'text-bad', box: 'bg-bad-surface border-bad-line text-bad', solid: 'bg-bad' },
};
