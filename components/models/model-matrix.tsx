'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useProject } from '../project/project-context.tsx';
import { ServiceMatrixTable } from '../services/service-matrix.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { modelMatrixAsk } from './model-matrix-ask.ts';

const refreshMs = 15_000;

/** The services that run the model, by environment. */
export function ModelMatrix({ modelName }: { modelName: string }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data } = useSuspenseQuery({
    ...trpc.services.matrix.queryOptions(modelMatrixAsk(projectId, modelName)),
    refetchInterval: refreshMs,
  });
  if (data.rows.length === 0) return null;
  return (
    <Panel flush title="Where it runs">
      <ServiceMatrixTable
        matrix={data}
        caption={`Services that run ${modelName}, by environment`}
        empty={null}
        pager={
          data.total > data.rows.length && (
            <p className="border-line border-t px-4 py-2 text-ink-muted text-xs">
              {data.rows.length} of {data.total} services; the others are on{' '}
              <TextLink href={`/services?q=${encodeURIComponent(modelName)}`}>the page of services</TextLink>.
            </p>
          )
        }
      />
    </Panel>
  );
}
