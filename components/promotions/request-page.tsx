'use client';

import { useQuery } from '@tanstack/react-query';
import { FileSignature } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import { useProject } from '../project/project-context.tsx';
import { withParams } from '../rollouts/list-params.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { PreviewSkeleton } from './preview-skeleton.tsx';
import { ServicePicker, VersionPicker } from './request-pickers.tsx';

/** Shown once something is chosen; they bring the schemas of plan and specification, which choosing does not need. */
const RequestForm = lazy(async () => ({ default: (await import('./request-form.tsx')).RequestForm }));

const SpecEditor = lazy(async () => ({ default: (await import('./spec-editor.tsx')).SpecEditor }));

export type Choice = {
  readonly serviceId: string | null;
  readonly modelVersionId: string | null;
  /** The specification is to be edited too. */
  readonly changesSpec: boolean;
};

/** Chooses what goes where, shows what would change, and only then asks. */
export function RequestPage(choice: Choice) {
  const { serviceId, modelVersionId, changesSpec } = choice;
  const router = useRouter();
  const service = useChosenService(serviceId);
  const [spec, setSpec] = useState<ServiceSpec | null>(null);
  const choose = (part: Partial<Choice>) => {
    const next = { ...choice, ...part };
    const href = withParams('/promotions/new', {
      service: next.serviceId ?? undefined,
      modelVersion: next.modelVersionId ?? undefined,
      change: next.changesSpec ? 'spec' : undefined,
    });
    if ('serviceId' in part) setSpec(null);
    router.replace(href, { scroll: false });
  };
  const hasVersion = modelVersionId !== null || (changesSpec && spec !== null);
  return (
    <Page>
      <PageHeader
        title="Ask for promotion"
        back={{ href: '/promotions', label: 'Promotions' }}
        description="Choose what goes where. You see what would change, who has to sign and whether harm would be seen before anything is sent."
      />
      <Panel title="What goes where">
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-3">
          <ServicePicker serviceId={serviceId} onChoose={(id) => choose({ serviceId: id })} />
          <VersionPicker
            modelVersionId={modelVersionId}
            liveModel={service?.stable?.modelName ?? null}
            mayStay={changesSpec && service?.stable != null}
            onChoose={(id) => choose({ modelVersionId: id })}
          />
        </div>
      </Panel>
      {serviceId !== null && changesSpec && (
        <Suspense fallback={<Skeleton className="h-96 w-full" />}>
          <SpecEditor
            key={`specification of ${serviceId}`}
            serviceId={serviceId}
            modelVersionId={modelVersionId}
            isChanged={spec !== null}
            onSpec={setSpec}
          />
        </Suspense>
      )}
      {serviceId !== null && hasVersion ? (
        <Suspense fallback={<PreviewSkeleton />}>
          <RequestForm
            key={`request of ${serviceId}`}
            serviceId={serviceId}
            modelVersionId={modelVersionId}
            spec={spec}
            onChangeSpec={changesSpec ? undefined : () => choose({ changesSpec: true })}
          />
        </Suspense>
      ) : (
        <Panel>
          <EmptyState icon={FileSignature} title="Nothing to show yet">
            {serviceId === null
              ? 'Choose a service and the version that it should run.'
              : changesSpec
                ? 'Choose a version, or change the specification above and look at what it changes.'
                : 'Choose the version that the service should run.'}
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}

function useChosenService(serviceId: string | null) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const services = useQuery(trpc.services.list.queryOptions({ projectId, pageSize: 200 }));
  return services.data?.rows.find((row) => row.id === serviceId) ?? null;
}
