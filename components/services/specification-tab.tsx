'use client';

import { FilePen } from 'lucide-react';
import { gpuCountPerPod } from '../../domain/service-spec.ts';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { ButtonLink } from '../ui/button-link.tsx';
import { Code, CodeBlock } from '../ui/code.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { Columns } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { deliveryText } from './delivery-text.ts';
import { DryRunButton } from './dry-run-button.tsx';
import type { ServiceDetail } from './service-answers.ts';

/** What runs, as the cluster gets it; a change is a new revision and takes the same way as a new version. */
export function SpecificationTab({ service }: { service: ServiceDetail }) {
  const { spec } = service;
  return (
    <Columns
      main={
        <Panel
          title="Pod template"
          description="Of the stable revision. A change is a new revision: it is asked for, signed and rolled out."
          actions={
            <>
              <DryRunButton
                input={{ serviceId: service.id }}
                disabledReason={reasonOf(service.refusals.dryRun)}
              />
              <ButtonLink
                href={`/promotions/new?service=${service.id}&change=spec`}
                icon={FilePen}
                disabledReason={reasonOf(service.refusals.changeSpec)}
              >
                Change spec
              </ButtonLink>
            </>
          }
        >
          <CodeBlock label="pod template" text={service.specYaml} maxHeight="40rem" />
        </Panel>
      }
      aside={
        <Panel title="In short">
          <KeyValueList
            items={[
              {
                label: 'Serves from',
                value: <Code>{spec.servingContainer}</Code>,
                hint: `port ${spec.port}`,
              },
              { label: 'Artefact', value: deliveryText(spec.artefact) },
              { label: 'GPUs per pod', value: gpuCountPerPod(spec.podTemplate) },
              { label: 'Containers', value: spec.podTemplate.spec.containers.length },
            ]}
          />
        </Panel>
      }
    />
  );
}
