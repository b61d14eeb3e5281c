import { classNames } from './class-names.ts';

type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger';
type ButtonSize = 'medium' | 'small';

const variants: Record<ButtonVariant, string> = {
  primary: 'bg-accent-fill text-accent-ink shadow-panel hover:bg-accent-fill-hover',
  secondary: 'border border-line-strong bg-surface text-ink shadow-panel hover:bg-hover',
  ghost: 'text-ink-muted hover:bg-hover hover:text-ink',
  danger: 'bg-bad-fill text-bad-ink shadow-panel hover:bg-bad-fill-hover',
};

const sizes: Record<ButtonSize, string> = {
  medium: 'h-control px-3 text-sm gap-1.5',
  small: 'h-7 px-2 text-xs gap-1',
};

const blocked = 'border border-line bg-sunken text-ink-faint shadow-none';

export type ButtonLook = {
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
  isBlocked?: boolean | undefined;
  isSquare?: boolean | undefined;
};

export function buttonLook({
  variant = 'secondary',
  size = 'medium',
  isBlocked,
  isSquare,
}: ButtonLook): string {
  const shape = isSquare ? (size === 'small' ? 'size-7' : 'size-control') : sizes[size];
  return classNames(
    'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md font-medium',
    'transition-colors duration-100',
    shape,
    isBlocked ? (variant === 'ghost' ? 'text-ink-faint' : blocked) : variants[variant],
    isBlocked && 'cursor-not-allowed',
  );
}
