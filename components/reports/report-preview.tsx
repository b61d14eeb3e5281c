'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';

/** The report as a mail would show it now, in a frame of its own that runs nothing. */
export function ReportPreview() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [isOpen, setIsOpen] = useState(false);
  const { data, error } = useQuery(
    trpc.reports.preview.queryOptions({ projectId }, { enabled: isOpen, staleTime: 60_000 }),
  );
  return (
    <Dialog
      title="Preview of the weekly report"
      description="The last seven days, as a mail would show them."
      size="large"
      open={isOpen}
      onOpenChange={setIsOpen}
      trigger={<Button>Preview</Button>}
    >
      {error !== null && <Banner tone="bad" title={errorSentence(error)} />}
      {data === undefined && error === null && <SkeletonRows rows={6} columns={1} />}
      {data !== undefined && (
        <div className="flex flex-col gap-3">
          <p>
            <span className="text-ink-muted">Subject: </span>
            {data.subject}
          </p>
          <iframe
            title="The report"
            sandbox=""
            srcDoc={data.html}
            className="h-[60vh] w-full rounded-md border border-line bg-surface"
          />
        </div>
      )}
    </Dialog>
  );
}
