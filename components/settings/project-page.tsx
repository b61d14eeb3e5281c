'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Badge } from '../ui/badge.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';

/** What the project is called, by people and by programs. */
export function ProjectPage() {
  const trpc = useTrpc();
  const { projectId, projectName, viewer } = useProject();
  const { data: projects } = useSuspenseQuery(trpc.projects.list.queryOptions());
  const project = projects.find((each) => each.id === projectId);
  return (
    <Page>
      <PageHeader
        title={projectName}
        crumb="General"
        description="A project holds models, services, environments, policies and people."
      />
      <Panel title="Names">
        <KeyValueList
          items={[
            { label: 'Name', value: projectName },
            ...(project === undefined
              ? []
              : [
                  { label: 'Short name', value: <code className="font-mono text-xs">{project.slug}</code> },
                  { label: 'Created', value: <ExactTime at={project.createdAt} /> },
                ]),
            {
              label: 'Project id',
              value: (
                <span className="relative inline-flex items-center gap-1">
                  <code className="font-mono text-xs [overflow-wrap:anywhere]">{projectId}</code>
                  <CopyButton text={projectId} label="Copy project id" />
                </span>
              ),
              hint: 'Calls of the REST API name the project by it.',
            },
          ]}
        />
      </Panel>
      <Panel title="You in this project">
        <div className="flex flex-wrap items-center gap-1.5">
          {viewer.roles.map((role) => (
            <Badge key={role}>{role}</Badge>
          ))}
          {viewer.instanceRoles.map((role) => (
            <Badge key={`instance ${role}`} tone="info">
              instance {role}
            </Badge>
          ))}
          {viewer.roles.length + viewer.instanceRoles.length === 0 && (
            <span className="text-ink-muted">no role</span>
          )}
        </div>
      </Panel>
      <Panel title="From a pipeline">
        <p className="max-w-prose">
          Pipelines register versions, attach evidence and ask for promotions through the REST API with an{' '}
          <TextLink href="/settings/tokens">API token</TextLink>. It is described at{' '}
          <a className="text-accent underline" href="/api/v1/openapi.json">
            /api/v1/openapi.json
          </a>{' '}
          (OpenAPI 3.1).
        </p>
      </Panel>
    </Page>
  );
}
