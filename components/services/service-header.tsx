'use client';

import { Activity, BookOpen, FilePen, Rocket, Undo2 } from 'lucide-react';
import { ToolLinks } from '../links/tool-links.tsx';
import { AdoptedBadge } from '../models/adopted-badge.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { versionHref, versionName } from '../rollouts/rollout-words.ts';
import { ServiceTime } from '../rollouts/service-clock.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { TextLink } from '../ui/link.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Person } from '../ui/person.tsx';
import { Status } from '../ui/status.tsx';
import { EnvironmentLabel } from './environment-label.tsx';
import type { ServiceDetail } from './service-answers.ts';
import { serviceStanding, syncStanding } from './service-words.ts';
import type { ServiceRollBack } from './use-service-roll-back.ts';
import { WatchedBadge } from './watched-badge.tsx';

type Props = { readonly service: ServiceDetail; readonly rollBack: ServiceRollBack };

export function ServiceHeader({ service, rollBack }: Props) {
  const standing = serviceStanding(service);
  const sync = syncStanding(service.status);
  return (
    <PageHeader
      title={service.name}
      back={{ href: '/services', label: 'Services' }}
      status={
        <>
          <Status tone={standing.tone} label={standing.label} />
          {service.mode === 'watched' && <WatchedBadge />}
          {service.mode === 'managed' && service.status !== null && (
            <Status tone={sync.tone} label={sync.label} />
          )}
        </>
      }
      description={<Serves service={service} />}
      meta={<Meta service={service} />}
      actions={
        <ActionBar label="Service actions">
          <ButtonLink
            href={`/promotions/new?service=${service.id}`}
            variant="primary"
            icon={Rocket}
            disabledReason={reasonOf(service.refusals.changeSpec)}
          >
            Promote a version
          </ButtonLink>
          <ButtonLink
            href={`/promotions/new?service=${service.id}&change=spec`}
            icon={FilePen}
            disabledReason={reasonOf(service.refusals.changeSpec)}
          >
            Change spec
          </ButtonLink>
          <Button
            icon={Undo2}
            variant="danger"
            busy={rollBack.busy}
            disabledReason={reasonOf(service.refusals.rollBack)}
            onClick={() => rollBack.run({ serviceId: service.id })}
          >
            Roll back
          </Button>
        </ActionBar>
      }
    />
  );
}

function Serves({ service: { stable, mode } }: { service: ServiceDetail }) {
  if (stable === null)
    return mode === 'watched'
      ? 'Its pods have not named one digest yet.'
      : 'Nothing serves yet: promote a version onto it.';
  return (
    <>
      Serves <TextLink href={versionHref(stable)}>{versionName(stable)}</TextLink> as revision {stable.number}
      . {stable.adopted && <AdoptedBadge />}
    </>
  );
}

function Meta({ service }: { service: ServiceDetail }) {
  return (
    <>
      <EnvironmentLabel environment={service.environment} />
      {service.owner !== null && (
        <span className="inline-flex items-center gap-1.5">
          Owner <Person name={service.owner.name} />
        </span>
      )}
      {service.runbookUrl !== null && (
        <span className="inline-flex items-center gap-1">
          <BookOpen aria-hidden className="size-3.5" />
          <TextLink href={service.runbookUrl}>Runbook</TextLink>
        </span>
      )}
      <span className="inline-flex items-center gap-1">
        <Activity aria-hidden className="size-3.5" />
        <TextLink href={`/monitoring/${service.id}/connect`}>Connect for drift</TextLink>
      </span>
      <ToolLinks
        projectId={service.projectId}
        environmentId={service.environment.id}
        values={{
          service: service.name,
          namespace: service.environment.namespace,
          revision: service.stable === null ? null : String(service.stable.number),
          model: service.stable?.modelName ?? null,
          version: service.stable === null ? null : String(service.stable.versionNumber),
        }}
      />
      {service.statusAt !== null && (
        <span>
          last change seen <ServiceTime at={service.statusAt} />
        </span>
      )}
    </>
  );
}
