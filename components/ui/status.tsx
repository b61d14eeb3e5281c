import { classNames } from './class-names.ts';
import { type Tone, toneClasses } from './tone.ts';
import { type Icon, toneIcon } from './tone-icon.ts';

type StatusProps = {
  tone: Tone;
  label: string;
  icon?: Icon | undefined;
  pulse?: boolean | undefined;
};

/** Icon, word and colour together, so that no one of them is needed alone. */
export function Status({ tone, label, icon, pulse = tone === 'progress' }: StatusProps) {
  const Shape = icon ?? toneIcon[tone];
  return (
    <span
      className={classNames(
        'inline-flex items-center gap-1.5 whitespace-nowrap align-middle font-medium',
        toneClasses[tone].text,
      )}
    >
      <Shape aria-hidden className={classNames('size-3.5 shrink-0', pulse && 'animate-breathe')} />
      {label}
    </span>
  );
}
