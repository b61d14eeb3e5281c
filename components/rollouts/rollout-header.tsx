'use client';

import { ToolLinks } from '../links/tool-links.tsx';
import { EnvironmentLabel } from '../services/environment-label.tsx';
import { TextLink } from '../ui/link.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Status } from '../ui/status.tsx';
import { RolloutActions } from './rollout-actions.tsx';
import type { RolloutDetail } from './rollout-answers.ts';
import { changeSentence, rolloutStanding, rolloutTitle, versionHref } from './rollout-words.ts';
import { ServiceTime } from './service-clock.tsx';
import type { RolloutCommands } from './use-rollout-commands.ts';

/** Of a link into another tool: what was before the rollout is what it is compared with. */
const beforeMs = 600_000;

type Props = { readonly rollout: RolloutDetail; readonly commands: RolloutCommands };

export function RolloutHeader({ rollout, commands }: Props) {
  const standing = rolloutStanding(rollout);
  return (
    <>
      <p role="status" className="sr-only">
        {rolloutTitle(rollout)}: {standing.label}
      </p>
      <PageHeader
        title={rolloutTitle(rollout)}
        back={{ href: '/rollouts', label: 'Rollouts' }}
        status={<Status tone={standing.tone} label={standing.label} />}
        description={changeSentence(rollout)}
        meta={<Meta rollout={rollout} />}
        actions={<RolloutActions rollout={rollout} commands={commands} />}
      />
    </>
  );
}

function Meta({ rollout }: { rollout: RolloutDetail }) {
  const { environment, service, to, startedBy, startedAt, endedAt, promotionId, statusAt } = rollout;
  return (
    <>
      <EnvironmentLabel environment={environment} />
      <span>
        Service <TextLink href={`/services/${service.id}`}>{service.name}</TextLink>
      </span>
      <TextLink href={versionHref(to)}>Version {to.versionNumber}</TextLink>
      <ToolLinks
        projectId={rollout.projectId}
        environmentId={environment.id}
        values={{
          service: service.name,
          namespace: environment.namespace,
          revision: String(to.number),
          model: to.modelName,
          version: String(to.versionNumber),
        }}
        fromMs={startedAt.getTime() - beforeMs}
        toMs={endedAt?.getTime()}
      />
      {promotionId !== null && <TextLink href={`/promotions/${promotionId}`}>Promotion</TextLink>}
      {rollout.retryOfId !== null && (
        <span>
          retries <TextLink href={`/rollouts/${rollout.retryOfId}`}>an earlier attempt</TextLink> from step{' '}
          {rollout.firstStepIndex + 1}
        </span>
      )}
      <span>
        started by {startedBy.name} <ServiceTime at={startedAt} />
      </span>
      {endedAt !== null ? (
        <span>
          ended <ServiceTime at={endedAt} />
        </span>
      ) : (
        statusAt !== null && (
          <span>
            last change seen <ServiceTime at={statusAt} />
          </span>
        )
      )}
    </>
  );
}
