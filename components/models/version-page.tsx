'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { FileSignature } from 'lucide-react';
import { lazy } from 'react';
import { useProject } from '../project/project-context.tsx';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Banner } from '../ui/banner.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { Later } from '../ui/later.tsx';
import { Columns, Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { AttachEvidenceDialog } from './attach-evidence-dialog.tsx';
import { CardPanel } from './card-panel.tsx';
import { EvidenceList } from './evidence-list.tsx';
import { FilesPanel } from './files-panel.tsx';
import { LineagePanel } from './lineage-panel.tsx';
import { MetricList } from './metric-list.tsx';
import type { VersionDetail } from './model-answers.ts';
import { modelHref } from './model-links.ts';
import { SetDigestDialog } from './set-digest-dialog.tsx';
import { TagsPanel } from './tags-panel.tsx';
import { VersionFacts } from './version-facts.tsx';
import { VersionRequests, VersionRuns } from './version-runs.tsx';
import { VersionStanding } from './version-standing.tsx';

const VersionCostPanel = lazy(async () => ({
  default: (await import('../unit-costs/version-cost-panel.tsx')).VersionCostPanel,
}));

/** One version: what it is, what speaks for it, where it runs, and the way to ask for its promotion. */
export function VersionPage({ modelName, number }: { modelName: string; number: number }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const { data: version } = useSuspenseQuery(
    trpc.modelVersions.get.queryOptions({ projectId, modelName, number }),
  );
  return (
    <Page>
      <VersionHeader version={version} />
      {version.artefactDigest === null && (
        <Banner
          tone="warn"
          title="The artefact digest is not known yet, so this version cannot be promoted."
          action={<SetDigestDialog version={version} />}
        >
          Approvals bind to the digest. Set it once the artefact is stored; it never changes afterwards.
        </Banner>
      )}
      <Columns
        main={
          <>
            <VersionFacts version={version} />
            <Panel
              flush
              title="Evidence"
              description="Evaluation reports: measured metrics, each with the bounds that it has to keep"
              actions={<AttachEvidenceDialog version={version} />}
            >
              <EvidenceList evidence={version.evidence} />
            </Panel>
            {version.fileCount > 0 && <FilesPanel version={version} />}
            <CardPanel version={version} />
          </>
        }
        aside={
          <>
            <VersionRuns runs={version.runs} />
            <VersionRequests requests={version.promotions} />
            <Later className="h-56 w-full">
              <VersionCostPanel modelVersionId={version.id} />
            </Later>
            <Panel title="Metrics">
              <MetricList metrics={version.metrics} />
            </Panel>
            <TagsPanel version={version} />
            <LineagePanel lineage={version.lineage} />
          </>
        }
      />
    </Page>
  );
}

function VersionHeader({ version }: { version: VersionDetail }) {
  const { modelName, number, latestNumber } = version;
  return (
    <PageHeader
      title={`${modelName} ${number}`}
      crumb={`Version ${number}`}
      back={{ href: modelHref(modelName), label: modelName }}
      status={<VersionStanding version={version} />}
      meta={
        <>
          <span>Registered by {version.createdBy.name}</span>
          <RelativeTime at={version.createdAt} />
          {number < latestNumber && <span>The newest version is {latestNumber}</span>}
        </>
      }
      actions={
        <ActionBar>
          <ButtonLink
            href={`/promotions/new?modelVersion=${version.id}`}
            variant="primary"
            icon={FileSignature}
            disabledReason={
              reasonOf(version.refusals.requestPromotion) ??
              (version.artefactDigest === null
                ? 'The artefact digest is not known yet. Set it first: approvals bind to it.'
                : undefined)
            }
          >
            Ask for promotion
          </ButtonLink>
        </ActionBar>
      }
    />
  );
}
