'use client';

import { Paperclip } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import type { VersionDetail } from './model-answers.ts';

/** The rules of a report come with the form, so only those who attach one fetch them. */
const EvidenceForm = lazy(async () => ({ default: (await import('./evidence-form.tsx')).EvidenceForm }));

export function AttachEvidenceDialog({ version }: { version: VersionDetail }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      size="large"
      title={`Attach evidence to ${version.modelName} ${version.number}`}
      description="A report never changes afterwards; a newer one stands beside it, and the newest with bounds decides."
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" icon={Paperclip} disabledReason={reasonOf(version.refusals.attachEvidence)}>
          Attach a report
        </Button>
      }
    >
      <Suspense fallback={<Skeleton className="h-64 w-full" />}>
        <EvidenceForm modelVersionId={version.id} onDone={() => setOpen(false)} />
      </Suspense>
    </Dialog>
  );
}
