'use client';

import { useState } from 'react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { useRouter } from '../ui/navigation.ts';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { useCommand } from '../use-command.ts';
import { modelHref, versionPath } from './model-links.ts';
import {
  emptyRegistration,
  type FieldErrors,
  type RegistrationDraft,
  readRegistration,
} from './registration-draft.ts';
import { ArtefactFields, CardField, LineageFields, MeasureFields } from './registration-fields.tsx';

/** Registers the next version of a model; the model comes with its first version. */
export function RegisterPage({ modelName }: { modelName: string }) {
  const trpc = useTrpc();
  const router = useRouter();
  const { projectId, viewer } = useProject();
  const [draft, setDraft] = useState(() => emptyRegistration(modelName));
  const [errors, setErrors] = useState<FieldErrors>({});
  const register = useCommand((extra) => trpc.modelVersions.register.mutationOptions(extra), {
    onDone: (done) => router.push(versionPath(done.modelName, done.number)),
  });
  const change = (part: Partial<RegistrationDraft>) => setDraft((before) => ({ ...before, ...part }));
  const send = () => {
    const outcome = readRegistration(draft);
    if ('errors' in outcome) return setErrors(outcome.errors);
    setErrors({});
    register.run({ ...outcome.registration, projectId });
  };
  const fields = { draft, change, errors };
  return (
    <Page width="narrow">
      <PageHeader
        title={modelName === '' ? 'Register a version' : `Register a version of ${modelName}`}
        crumb="Register"
        back={
          modelName === ''
            ? { href: '/models', label: 'Models' }
            : { href: modelHref(modelName), label: modelName }
        }
        description="It gets the next number. What it is made of never changes afterwards; tags, card and evidence can be added, and the digest can be set once if it is not known yet."
      />
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Panel title="Artefact">
          <ArtefactFields {...fields} isNewModel={modelName === ''} />
        </Panel>
        <Panel title="Metrics and tags">
          <MeasureFields {...fields} />
        </Panel>
        <Panel title="Where it comes from">
          <LineageFields {...fields} />
        </Panel>
        <Panel title="Model card">
          <CardField {...fields} />
        </Panel>
        {Object.keys(errors).length > 0 && (
          <Banner tone="bad" title="Some fields are not right yet; each says what is wrong." />
        )}
        {register.error !== null && <Banner tone="bad" title={register.error} />}
        <FormActions>
          <ButtonLink href={modelName === '' ? '/models' : modelHref(modelName)}>Cancel</ButtonLink>
          <Button
            type="submit"
            variant="primary"
            busy={register.busy}
            disabledReason={permissionReason('modelVersions.register', viewer)}
          >
            Register
          </Button>
        </FormActions>
      </form>
    </Page>
  );
}
