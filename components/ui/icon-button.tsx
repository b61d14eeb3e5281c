'use client';

import { Button, type ButtonProps } from './button.tsx';
import { Tooltip } from './tooltip.tsx';

type IconButtonProps = Omit<ButtonProps, 'children' | 'icon'> & {
  label: string;
  icon: NonNullable<ButtonProps['icon']>;
};

export function IconButton({ label, variant = 'ghost', ...rest }: IconButtonProps) {
  const button = <Button {...rest} variant={variant} isSquare aria-label={label} />;
  return rest.disabledReason === undefined ? <Tooltip content={label}>{button}</Tooltip> : button;
}
