'use client';

import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { BasicFields } from './basic-fields.tsx';
import { DryRunButton } from './dry-run-button.tsx';
import { ServingFields } from './serving-fields.tsx';
import { SpecFields } from './spec-fields.tsx';
import { type ServiceStart, useNewService } from './use-new-service.ts';

/** What a new Service is asked for; says what is missing before it is sent. */
export function ServiceForm({ start }: { start: ServiceStart }) {
  const form = useNewService(start);
  const { draft, set, problems, create, submit } = form;
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      <Panel title="Name and place">
        <BasicFields draft={draft} problems={problems} environments={form.environments} onChange={set} />
      </Panel>
      <SpecFields draft={draft} problems={problems} onChange={set} />
      <ServingFields draft={draft} problems={problems} onChange={set} />
      {create.error !== null && <Banner tone="bad" title={create.error} />}
      {Object.keys(problems).length > 0 && (
        <Banner tone="bad" title={`Not complete yet: ${Object.values(problems).join(' ')}`} />
      )}
      <Actions form={form} />
    </form>
  );
}

function Actions({
  form: { found, projectId, blocked, create },
}: {
  form: ReturnType<typeof useNewService>;
}) {
  return (
    <FormActions>
      <ButtonLink href="/services">Cancel</ButtonLink>
      {'input' in found ? (
        <DryRunButton input={{ projectId, ...dryRunOf(found.input) }} disabledReason={blocked} />
      ) : (
        <Button disabledReason={Object.values(found.problems)[0] ?? 'Fill in the form first.'}>
          Dry run
        </Button>
      )}
      <Button variant="primary" type="submit" busy={create.busy} disabledReason={blocked}>
        Create service
      </Button>
    </FormActions>
  );
}

type Intent = Extract<ReturnType<typeof useNewService>['found'], { input: unknown }>['input'];

function dryRunOf({ environmentId, name, spec, scaling, route }: Intent) {
  return { environmentId, name, spec, scaling, ...(route === undefined ? {} : { route }) };
}
