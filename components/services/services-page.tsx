'use client';

import { Plus, Radar } from 'lucide-react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import type { ListAsk } from '../rollouts/list-params.ts';
import { ButtonLink } from '../ui/button-link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { MatrixPanel } from './matrix-panel.tsx';
import { ServiceList } from './service-list.tsx';
import type { ServiceView } from './service-view.ts';

type Props = {
  readonly view: ServiceView;
  readonly ask: ListAsk;
  readonly environmentId: string | undefined;
};

/** Services of the project, by environment or as a list. */
export function ServicesPage({ view, ask, environmentId }: Props) {
  const { viewer } = useProject();
  const discoverHref =
    environmentId === undefined ? '/services/discover' : `/services/discover?environment=${environmentId}`;
  return (
    <Page>
      <PageHeader
        title="Services"
        description="A service is a running endpoint. What runs behind it changes only by promotion and rollout."
        actions={
          <>
            <ButtonLink href={discoverHref} icon={Radar}>
              Discover
            </ButtonLink>
            <ButtonLink
              href="/services/new"
              variant="primary"
              icon={Plus}
              disabledReason={permissionReason('services.create', viewer)}
            >
              New service
            </ButtonLink>
          </>
        }
      />
      {view === 'matrix' ? (
        <MatrixPanel ask={ask} />
      ) : (
        <ServiceList ask={ask} environmentId={environmentId} />
      )}
    </Page>
  );
}
