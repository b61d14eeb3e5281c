'use client';

import { type ReactNode, Suspense } from 'react';
import { useInBrowser } from './in-browser.ts';
import { Skeleton } from './skeleton.tsx';

type Props = {
  /** Height and width of the place that is kept. */
  readonly className: string;
  readonly children: ReactNode;
};

/** A lazy part that the first paint does without: its script is no part of the page's, and its place is kept. */
export function Later({ className, children }: Props) {
  const place = <Skeleton className={className} />;
  return useInBrowser() ? <Suspense fallback={place}>{children}</Suspense> : place;
}
