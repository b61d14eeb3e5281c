import NextLink from 'next/link';
import type { ComponentPropsWithRef } from 'react';
import { classNames } from './class-names.ts';

type NextProps = Omit<ComponentPropsWithRef<typeof NextLink>, 'href' | 'prefetch' | 'scroll' | 'className'>;

type LinkProps = NextProps & { href: string; scroll?: boolean | undefined; className?: string | undefined };

const isExternal = (href: string) => /^(https?:|mailto:)/.test(href);

/** The one place that knows Next's link; an address outside the product opens apart and tells nobody where it came from. */
export function Link({ href, scroll = true, children, ...rest }: LinkProps) {
  if (isExternal(href)) {
    return (
      <a {...(rest as ComponentPropsWithRef<'a'>)} href={href} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
    );
  }
  return (
    <NextLink {...rest} href={href} prefetch={false} scroll={scroll}>
      {children}
    </NextLink>
  );
}

export function TextLink({ className, ...rest }: LinkProps) {
  return (
    <Link
      {...rest}
      className={classNames(
        'text-accent underline decoration-accent/35 underline-offset-3 hover:decoration-accent',
        className,
      )}
    />
  );
}
