'use client';

import { ChartLine, Pencil } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import type { MetricTemplateRow } from './template-answers.ts';

const MetricTemplateForm = lazy(async () => ({
  default: (await import('./metric-template-form.tsx')).MetricTemplateForm,
}));

type Props = { readonly template: MetricTemplateRow | null; readonly disabledReason: string | undefined };

/** Adds a metric template (null) or changes one. */
export function MetricTemplateDialog({ template, disabledReason }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title={template === null ? 'Add a metric template' : `Change ${template.name}`}
      size="large"
      open={open}
      onOpenChange={setOpen}
      trigger={
        template === null ? (
          <Button variant="primary" icon={ChartLine} disabledReason={disabledReason}>
            Add a template
          </Button>
        ) : (
          <Button
            size="small"
            variant="ghost"
            icon={Pencil}
            disabledReason={disabledReason}
            aria-label={`Change ${template.name}`}
          >
            Change
          </Button>
        )
      }
    >
      <Suspense fallback={<SkeletonRows rows={6} columns={2} />}>
        <MetricTemplateForm template={template} onDone={() => setOpen(false)} />
      </Suspense>
    </Dialog>
  );
}
