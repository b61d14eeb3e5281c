'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { AnyChartSpec } from '../../domain/chart/chart-spec.ts';
import { isOfInstance } from '../../domain/chart/of-instance.ts';
import type { ShareFormat, ShareRange } from '../../domain/share/share-content.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';

const formats: readonly { format: ShareFormat; type: string }[] = [
  { format: 'png', type: 'image/png' },
  { format: 'svg', type: 'image/svg+xml' },
  { format: 'csv', type: 'text/csv;charset=utf-8' },
  { format: 'json', type: 'application/json' },
];

type Props = { readonly title: string; readonly spec: AnyChartSpec; readonly range: ShareRange };

/** The chart as a file, for the reader's own use: with all names in it. */
export function ShareFiles({ title, spec, range }: Props) {
  const trpc = useTrpc();
  const client = useQueryClient();
  const { projectId } = useProject();
  const [error, setError] = useState<string | null>(null);
  const save = async ({ format, type }: (typeof formats)[number]) => {
    setError(null);
    const theme = document.documentElement.classList.contains('dark') ? 'dark' : 'light';
    try {
      const asked = { spec, range, format, theme } as const;
      const { content, isBase64 } = isOfInstance(spec)
        ? await client.fetchQuery(trpc.instanceShares.file.queryOptions(asked))
        : await client.fetchQuery(trpc.shares.file.queryOptions({ projectId, ...asked }));
      const bytes = isBase64 ? Uint8Array.from(atob(content), (each) => each.charCodeAt(0)) : content;
      const anchor = document.createElement('a');
      anchor.href = URL.createObjectURL(new Blob([bytes], { type }));
      anchor.download = `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.${format}`;
      anchor.click();
      URL.revokeObjectURL(anchor.href);
    } catch (caught) {
      setError(errorSentence(caught));
    }
  };
  return (
    <section aria-label="As a file" className="flex flex-col gap-2">
      <h3 className="font-medium">As a file, with its names</h3>
      <div className="flex flex-wrap gap-2">
        {formats.map((each) => (
          <Button
            key={each.format}
            size="small"
            icon={Download}
            aria-label={`Download as ${each.format.toUpperCase()}`}
            onClick={() => void save(each)}
          >
            {each.format.toUpperCase()}
          </Button>
        ))}
      </div>
      {error !== null && <Banner tone="bad" title={error} />}
    </section>
  );
}
