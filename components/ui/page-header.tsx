'use client';

import { ChevronLeft } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { setCrumbLeaf } from './crumb-store.ts';
import { Link } from './link.tsx';

type PageHeaderProps = {
  title: string;
  crumb?: string | undefined;
  status?: ReactNode | undefined;
  description?: ReactNode | undefined;
  meta?: ReactNode | undefined;
  actions?: ReactNode | undefined;
  back?: { href: string; label: string } | undefined;
};

export function PageHeader({ title, crumb, status, description, meta, actions, back }: PageHeaderProps) {
  const leaf = crumb ?? title;
  // External system: the top bar's breadcrumb store.
  useEffect(() => {
    setCrumbLeaf(leaf);
    return () => setCrumbLeaf(null);
  }, [leaf]);
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 flex-1 basis-80 flex-col gap-1">
        {back && (
          <Link
            href={back.href}
            className="inline-flex items-center gap-0.5 text-ink-muted text-xs hover:text-ink"
          >
            <ChevronLeft aria-hidden className="-ml-1 size-3.5" />
            {back.label}
          </Link>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="font-semibold text-xl tracking-tight [overflow-wrap:anywhere]">{title}</h1>
          {status}
        </div>
        {description !== undefined && <p className="max-w-prose text-ink-muted">{description}</p>}
        {meta !== undefined && (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-muted text-xs">{meta}</div>
        )}
      </div>
      {actions}
    </header>
  );
}
