'use client';

import { lazy, Suspense } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { PriceForm as Form } from './price-draft-form.ts';

/** The forms come with their dialog, so only those who write the book fetch them. */
const PriceForm = lazy(async () => ({ default: (await import('./price-form.tsx')).PriceForm }));
const ImportForm = lazy(async () => ({ default: (await import('./import-form.tsx')).ImportForm }));
const StarterLists = lazy(async () => ({ default: (await import('./starter-lists.tsx')).StarterLists }));

export type OpenDialog =
  | { readonly kind: 'add'; readonly prefill: Partial<Form> }
  | { readonly kind: 'import' }
  | { readonly kind: 'starter' };

const titles: Record<OpenDialog['kind'], { title: string; description: string }> = {
  add: {
    title: 'Add a price',
    description: 'A row never changes: it ends once, and a newer one begins.',
  },
  import: {
    title: 'Import prices',
    description:
      'A file is taken as a whole or not at all. Rows that are in the book already stay as they are.',
  },
  starter: {
    title: 'Starter lists',
    description: 'Public list prices to begin with, each marked with its date. Your contract wins over them.',
  },
};

type Props = { readonly open: OpenDialog | null; readonly currency: string; readonly onClose: () => void };

/** The dialog that writes the price book. */
export function PriceDialogs({ open, currency, onClose }: Props) {
  if (open === null) return null;
  return (
    <Dialog size="large" {...titles[open.kind]} open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Suspense fallback={<Skeleton className="h-64 w-full" />}>
        {open.kind === 'add' && <PriceForm currency={currency} prefill={open.prefill} onDone={onClose} />}
        {open.kind === 'import' && <ImportForm currency={currency} onDone={onClose} />}
        {open.kind === 'starter' && <StarterLists currency={currency} />}
      </Suspense>
    </Dialog>
  );
}
