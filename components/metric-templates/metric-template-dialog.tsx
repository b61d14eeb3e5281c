'use client';

import { ChartLine } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { AddOrChangeDialog } from '../ui/add-or-change-dialog.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import type { MetricTemplateRow } from './template-answers.ts';

const MetricTemplateForm = lazy(async () => ({
  default: (await import('./metric-template-form.tsx')).MetricTemplateForm,
}));

type Props = { readonly template: MetricTemplateRow | null; readonly disabledReason: string | undefined };

/** Adds a metric template (null) or changes one. */
export function MetricTemplateDialog({ template, disabledReason }: Props) {
  return (
    <AddOrChangeDialog
      title={template === null ? 'Add a metric template' : `Change ${template.name}`}
      button={
        template === null
          ? { label: 'Add a template', icon: ChartLine }
          : { label: 'Change', spoken: `Change ${template.name}` }
      }
      disabledReason={disabledReason}
      size="large"
    >
      {(close) => (
        <Suspense fallback={<SkeletonRows rows={6} columns={2} />}>
          <MetricTemplateForm template={template} onDone={close} />
        </Suspense>
      )}
    </AddOrChangeDialog>
  );
}
