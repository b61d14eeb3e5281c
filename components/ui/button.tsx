'use client';

import { LoaderCircle } from 'lucide-react';
import type { ComponentPropsWithRef, MouseEvent } from 'react';
import { type ButtonLook, buttonLook } from './button-look.ts';
import { classNames } from './class-names.ts';
import type { Icon } from './tone-icon.ts';
import { Tooltip } from './tooltip.tsx';

export type ButtonProps = Omit<ComponentPropsWithRef<'button'>, 'disabled'> &
  Pick<ButtonLook, 'variant' | 'size'> & {
    icon?: Icon | undefined;
    disabledReason?: string | undefined;
    busy?: boolean | undefined;
    isSquare?: boolean | undefined;
  };

/** A blocked button stays focusable and says why; it never simply vanishes or goes grey without a word. */
export function Button(props: ButtonProps) {
  const {
    variant,
    size,
    icon: IconShape,
    disabledReason,
    busy,
    isSquare,
    children,
    className,
    onClick,
    ...rest
  } = props;
  const isBlocked = disabledReason !== undefined;
  const handleClick = (event: MouseEvent<HTMLButtonElement>) => {
    if (isBlocked || busy) {
      event.preventDefault();
      return;
    }
    onClick?.(event);
  };
  const Shape = busy ? LoaderCircle : IconShape;
  const button = (
    <button
      type="button"
      {...rest}
      onClick={handleClick}
      aria-disabled={isBlocked || busy || rest['aria-disabled']}
      aria-busy={busy || undefined}
      aria-description={disabledReason}
      className={classNames(buttonLook({ variant, size, isBlocked, isSquare }), className)}
    >
      {Shape && <Shape aria-hidden className={classNames('size-4 shrink-0', busy && 'animate-spin')} />}
      {children}
    </button>
  );
  return isBlocked ? <Tooltip content={disabledReason}>{button}</Tooltip> : button;
}
