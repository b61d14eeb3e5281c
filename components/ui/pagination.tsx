import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonLook } from './button-look.ts';
import { Link } from './link.tsx';

type PaginationProps = {
  summary: ReactNode;
  previousHref?: string | undefined;
  nextHref?: string | undefined;
};

export function Pagination({ summary, previousHref, nextHref }: PaginationProps) {
  return (
    <nav
      aria-label="Pages"
      className="flex items-center justify-between gap-4 border-line border-t px-4 py-2 text-ink-muted text-xs"
    >
      <span>{summary}</span>
      <span className="flex gap-1">
        <PageLink href={previousHref} rel="prev">
          <ChevronLeft aria-hidden className="size-4" />
          Previous
        </PageLink>
        <PageLink href={nextHref} rel="next">
          Next
          <ChevronRight aria-hidden className="size-4" />
        </PageLink>
      </span>
    </nav>
  );
}

function PageLink({ href, rel, children }: { href: string | undefined; rel: string; children: ReactNode }) {
  const className = buttonLook({ variant: 'ghost', size: 'small', isBlocked: href === undefined });
  return href === undefined ? (
    <span aria-disabled className={className}>
      {children}
    </span>
  ) : (
    <Link href={href} rel={rel} className={className}>
      {children}
    </Link>
  );
}
