'use client';

import { useState } from 'react';
import { frameOriginProblem } from '../../domain/share/frame-origin.ts';
import type { ProposedLabel } from '../../domain/share/propose-labels.ts';
import type { ShareFormat } from '../../domain/share/share-content.ts';
import { expiryPresets, longestPictureDays } from '../../domain/share/share-expiry.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { CheckboxField } from '../ui/checkbox-field.tsx';
import { Fieldset, FormActions, FormGrid } from '../ui/form-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { daysOf, originsIn, type ShareDraft } from './share-draft.ts';

type Props = {
  readonly draft: ShareDraft;
  /** A picture is of one chart, so a board has none. */
  readonly isOne: boolean;
  readonly subjects: readonly ProposedLabel[];
  readonly onChange: (change: Partial<ShareDraft>) => void;
  readonly onSubmit: () => void;
  readonly busy: boolean;
  readonly error: string | null;
};

const kinds = [
  { value: 'share', label: 'Link' },
  { value: 'signed', label: 'Signed embed' },
  { value: 'picture', label: 'Picture or file' },
] as const;

const kindHints = {
  share: 'Whoever has the link sees it; the pages named below may show it in a frame.',
  signed: 'Your own server signs who may see it, for minutes at a time; the pages named below may show it.',
  picture:
    'One address for e-mails, wikis and spreadsheets; it shows this range for ever and ends within a month. Slack and mail services keep a copy of what they have fetched: it cannot be recalled.',
};

const dayWords = (days: number) => (days === 1 ? 'in a day' : days === 365 ? 'in a year' : `in ${days} days`);

export function ShareForm({ draft, isOne, subjects, onChange, onSubmit, busy, error }: Props) {
  const isPicture = draft.kind === 'picture';
  const presets = expiryPresets.filter((days) => !isPicture || days <= longestPictureDays);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Segmented
        label="How to share"
        value={draft.kind}
        options={isOne ? kinds : kinds.filter(({ value }) => value !== 'picture')}
        onChange={(kind) => onChange({ kind })}
      />
      <p className="text-ink-muted text-xs">{kindHints[draft.kind]}</p>
      <FormGrid columns={2}>
        <TextField
          label="Title that people see"
          required
          value={draft.title}
          onChange={(event) => onChange({ title: event.currentTarget.value })}
        />
        <SelectField
          label="Ends"
          value={String(daysOf(draft))}
          options={presets.map((days) => ({ value: String(days), label: dayWords(days) }))}
          onChange={(event) => onChange({ days: Number(event.currentTarget.value) })}
        />
      </FormGrid>
      <LabelFields draft={draft} subjects={subjects} onChange={onChange} />
      {isPicture ? (
        <SelectField
          label="Format"
          value={draft.format}
          options={['png', 'svg', 'csv', 'json'].map((value) => ({ value, label: value.toUpperCase() }))}
          onChange={(event) => onChange({ format: event.currentTarget.value as ShareFormat })}
        />
      ) : (
        <PageFields draft={draft} onChange={onChange} />
      )}
      {error !== null && <Banner tone="bad" title={error} />}
      <FormActions>
        <Button type="submit" variant="primary" busy={busy}>
          {isPicture ? 'Make the address' : draft.kind === 'share' ? 'Make the link' : 'Make the embed'}
        </Button>
      </FormActions>
    </form>
  );
}

function LabelFields({ draft, subjects, onChange }: Pick<Props, 'draft' | 'subjects' | 'onChange'>) {
  if (subjects.length === 0) return null;
  return (
    <Fieldset
      legend="What people outside read"
      hint="No other name leaves the console. What comes later without a label is called “A version” and the like."
    >
      <FormGrid columns={2}>
        {subjects.map(({ subject, name, label }) => (
          <TextField
            key={subject}
            label={name}
            required
            maxLength={60}
            value={draft.labels[subject] ?? label}
            onChange={(event) =>
              onChange({ labels: { ...draft.labels, [subject]: event.currentTarget.value } })
            }
          />
        ))}
      </FormGrid>
    </Fieldset>
  );
}

function PageFields({ draft, onChange }: Pick<Props, 'draft' | 'onChange'>) {
  const [text, setText] = useState(draft.origins.join('\n'));
  const problem = originsIn(text)
    .map(frameOriginProblem)
    .find((each) => each !== null);
  return (
    <>
      <TextAreaField
        label="Pages that may show it in a frame"
        hint="One origin a line, like https://wiki.example.com. Without any, a link opens by itself only."
        rows={2}
        mono
        required={draft.kind === 'signed'}
        value={text}
        error={problem ?? undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange({ origins: originsIn(event.currentTarget.value) });
        }}
      />
      <CheckboxField
        label="Let people choose the time range"
        checked={draft.allowTimeRange}
        onChange={(event) => onChange({ allowTimeRange: event.currentTarget.checked })}
      />
      <CheckboxField
        label="Let people download PNG, SVG, CSV and JSON"
        checked={draft.allowFiles}
        onChange={(event) => onChange({ allowFiles: event.currentTarget.checked })}
      />
    </>
  );
}
