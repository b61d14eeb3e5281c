'use client';

import { useQuery } from '@tanstack/react-query';
import { Link2 } from 'lucide-react';
import { useState } from 'react';
import { linkPlaceholders, linkPresets, linkTemplateProblem } from '../../domain/link-template.ts';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { AddOrChangeDialog } from '../ui/add-or-change-dialog.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useCommand } from '../use-command.ts';
import type { LinkRow } from './link-answers.ts';
import { LinkPreview } from './link-preview.tsx';

type Props = { readonly link: LinkRow | null; readonly disabledReason: string | undefined };

/** Adds a link (null) or changes one. */
export function LinkDialog({ link, disabledReason }: Props) {
  return (
    <AddOrChangeDialog
      title={link === null ? 'Add a link' : `Change ${link.name}`}
      button={
        link === null
          ? { label: 'Add a link', icon: Link2 }
          : { label: 'Change', spoken: `Change ${link.name}` }
      }
      disabledReason={disabledReason}
      size="large"
    >
      {(close) => <LinkForm link={link} onDone={close} />}
    </AddOrChangeDialog>
  );
}

const placeholderText = linkPlaceholders.map((name) => `{${name}}`).join(' ');

function LinkForm({ link, onDone }: { link: LinkRow | null; onDone: () => void }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [name, setName] = useState(link?.name ?? '');
  const [url, setUrl] = useState(link?.url ?? '');
  const [environmentId, setEnvironmentId] = useState(link?.environmentId ?? '');
  const environments = useQuery(trpc.environments.list.queryOptions({ projectId })).data ?? [];
  const set = useCommand((extra) => trpc.linkTemplates.set.mutationOptions(extra), { onDone });
  const problem = url.trim() === '' ? null : linkTemplateProblem(url.trim());
  const missing = name.trim() === '' || url.trim() === '' ? 'Give it a name and an address.' : null;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        set.run({
          projectId,
          name,
          url,
          environmentId: environmentId === '' ? null : environmentId,
          ...(link === null ? {} : { linkTemplateId: link.id }),
        });
      }}
    >
      {link === null && (
        <Presets
          onChoose={(preset) => {
            setName(preset.name);
            setUrl(preset.url);
          }}
        />
      )}
      <TextField
        label="Name"
        required
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <AddressField url={url} problem={problem} onChange={setUrl} />
      <SelectField
        label="Environment"
        placeholder="All of the project"
        value={environmentId}
        options={environments.map((place) => ({ value: place.id, label: place.name }))}
        onChange={(event) => setEnvironmentId(event.currentTarget.value)}
      />
      <LinkPreview url={url.trim()} environmentId={environmentId === '' ? null : environmentId} />
      {set.error !== null && <Banner tone="bad" title={set.error} />}
      <FormActions>
        <Button
          type="submit"
          variant="primary"
          busy={set.busy}
          disabledReason={missing ?? problem ?? undefined}
        >
          {link === null ? 'Add' : 'Save'}
        </Button>
      </FormActions>
    </form>
  );
}

type AddressProps = {
  readonly url: string;
  readonly problem: string | null;
  readonly onChange: (url: string) => void;
};

function AddressField({ url, problem, onChange }: AddressProps) {
  return (
    <TextAreaField
      label="Address"
      required
      mono
      rows={4}
      value={url}
      error={problem ?? undefined}
      hint={`Filled in on each page: ${placeholderText}. Times in milliseconds or, with Iso, as 2026-01-31T12:00:00Z. With {pod} it stands beside pods only.`}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Presets({ onChoose }: { onChoose: (preset: (typeof linkPresets)[number]) => void }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="text-ink-muted text-xs">Begin with</span>
      {linkPresets.map((preset) => (
        <Button key={preset.name} size="small" onClick={() => onChoose(preset)}>
          {preset.name}
        </Button>
      ))}
    </div>
  );
}
