'use client';

import { Download } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { buttonLook } from '../ui/button-look.ts';
import { CodeBlock } from '../ui/code.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormActions } from '../ui/form-field.tsx';

/** Downloads the whole chain of a project (null: of the instance) and says how it is checked without the database. */
export function ExportDialog({ projectId }: { projectId: string | null }) {
  const href = projectId === null ? '/api/audit/export' : `/api/audit/export?project=${projectId}`;
  return (
    <Dialog
      title="Export the trail"
      description="All entries as JSON Lines, oldest first, each with its hash and what it binds."
      trigger={<Button icon={Download}>Export</Button>}
    >
      <div className="flex flex-col gap-4">
        <p>
          The file can be checked offline, without this instance or its database. The check names the first
          entry that is missing, out of order or changed.
        </p>
        <CodeBlock label="Command that checks an export" text="npm run audit:verify -- audit.jsonl" />
        <FormActions>
          <a href={href} download className={buttonLook({ variant: 'primary' })}>
            <Download aria-hidden className="size-4 shrink-0" />
            Download audit.jsonl
          </a>
        </FormActions>
      </div>
    </Dialog>
  );
}
