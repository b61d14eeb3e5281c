'use client';

import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { type ButtonLook, buttonLook } from './button-look.ts';
import { Link } from './link.tsx';
import type { Icon } from './tone-icon.ts';

type ButtonLinkProps = Pick<ButtonLook, 'variant' | 'size'> & {
  href: string;
  icon?: Icon | undefined;
  disabledReason?: string | undefined;
  children: ReactNode;
};

/** Goes somewhere, looks like a button; with a reason it becomes a blocked button, because a link cannot be disabled. */
export function ButtonLink({ href, icon: IconShape, disabledReason, children, ...look }: ButtonLinkProps) {
  if (disabledReason !== undefined) {
    return (
      <Button {...look} icon={IconShape} disabledReason={disabledReason}>
        {children}
      </Button>
    );
  }
  return (
    <Link href={href} className={buttonLook(look)}>
      {IconShape && <IconShape aria-hidden className="size-4 shrink-0" />}
      {children}
    </Link>
  );
}
