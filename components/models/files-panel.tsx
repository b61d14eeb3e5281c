'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { countText } from '../../domain/figure-text.ts';
import { formatBytes } from '../../domain/number-format.ts';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Digest } from '../ui/digest.tsx';
import { Panel } from '../ui/panel.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import type { ArtefactFileRow, VersionDetail } from './model-answers.ts';

const pageSize = 25;

const columns: readonly Column<ArtefactFileRow>[] = [
  {
    key: 'path',
    header: 'Path',
    nowrap: false,
    cell: (row) => <span className="font-mono text-xs [overflow-wrap:anywhere]">{row.path}</span>,
  },
  { key: 'size', header: 'Size', align: 'right', cell: (row) => formatBytes(row.size) },
  { key: 'sha256', header: 'SHA-256', phone: 'hide', cell: (row) => <Digest value={row.sha256} /> },
];

/** The files that the artefact digest is over; shown only for a version that was registered with them. */
export function FilesPanel({ version }: { version: VersionDetail }) {
  const trpc = useTrpc();
  const [page, setPage] = useState(1);
  const ask = { modelVersionId: version.id, page, pageSize };
  const { data, error } = useQuery({
    ...trpc.modelVersions.files.queryOptions(ask),
    placeholderData: keepPreviousData,
  });
  const pages = Math.ceil(version.fileCount / pageSize);
  return (
    <Panel
      flush
      title="Files"
      description={`The artefact digest is over these ${countText(version.fileCount)}${data === undefined ? '' : `, ${formatBytes(data.totalBytes)} in all`}`}
    >
      {error !== null && <Banner tone="bad" title={errorSentence(error)} />}
      {data === undefined ? (
        <SkeletonRows rows={Math.min(version.fileCount, pageSize)} columns={3} />
      ) : (
        <DataTable
          caption="Files of the artefact"
          columns={columns}
          rows={data.rows}
          rowKey={(row) => row.path}
          empty={null}
          pager={pages > 1 && <Pager page={page} pages={pages} onPage={setPage} />}
        />
      )}
    </Panel>
  );
}

type PagerProps = { readonly page: number; readonly pages: number; readonly onPage: (page: number) => void };

function Pager({ page, pages, onPage }: PagerProps) {
  return (
    <nav
      aria-label="Pages of files"
      className="flex items-center justify-between gap-4 border-line border-t px-4 py-2 text-ink-muted text-xs"
    >
      <span>
        Page {page} of {pages}
      </span>
      <span className="flex gap-1">
        <Button
          size="small"
          variant="ghost"
          disabledReason={page === 1 ? 'This is the first page.' : undefined}
          onClick={() => onPage(page - 1)}
        >
          Previous
        </Button>
        <Button
          size="small"
          variant="ghost"
          disabledReason={page === pages ? 'This is the last page.' : undefined}
          onClick={() => onPage(page + 1)}
        >
          Next
        </Button>
      </span>
    </nav>
  );
}
