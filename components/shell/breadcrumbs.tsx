'use client';

import { ChevronRight } from 'lucide-react';
import { useCrumbLeaf } from '../ui/crumb-store.ts';
import { Link } from '../ui/link.tsx';
import { usePathname } from '../ui/navigation.ts';
import { crumbTrail } from './crumb-trail.ts';

export function Breadcrumbs() {
  const crumbs = crumbTrail(usePathname(), useCrumbLeaf());
  return (
    <nav aria-label="Breadcrumbs" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {crumbs.map((crumb, index) => (
          <li
            key={`${index} ${crumb.href}`}
            className="flex min-w-0 items-center gap-1 not-last:shrink-0 max-sm:not-last:hidden"
          >
            {index > 0 && (
              <ChevronRight aria-hidden className="size-3.5 shrink-0 text-ink-faint max-sm:hidden" />
            )}
            {crumb.href === null ? (
              <span
                aria-current={index === crumbs.length - 1 ? 'page' : undefined}
                className="truncate font-medium"
              >
                {crumb.label}
              </span>
            ) : (
              <Link href={crumb.href} className="rounded-sm text-ink-muted hover:text-ink">
                {crumb.label}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
