'use client';

import type { ChangeEvent } from 'react';
import { Code } from '../ui/code.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { NameValueRows } from './name-value-rows.tsx';
import type { FieldErrors, RegistrationDraft } from './registration-draft.ts';

type Props = {
  readonly draft: RegistrationDraft;
  readonly change: (part: Partial<RegistrationDraft>) => void;
  readonly errors: FieldErrors;
};

type TextKey = {
  [Key in keyof RegistrationDraft]: RegistrationDraft[Key] extends string ? Key : never;
}[keyof RegistrationDraft];

/** Value, change and error of one text field. */
function bound({ draft, change, errors }: Props, key: TextKey) {
  return {
    value: draft[key],
    error: errors[key],
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      change({ [key]: event.currentTarget.value }),
  };
}

export function ArtefactFields({ isNewModel, ...props }: Props & { isNewModel: boolean }) {
  return (
    <div className="flex flex-col gap-4">
      <FormGrid>
        <TextField
          label="Model"
          required
          readOnly={!isNewModel}
          hint={isNewModel ? 'A new name makes a new model.' : undefined}
          placeholder="fraud-detector"
          {...bound(props, 'modelName')}
        />
        <TextField
          label="Framework"
          required={false}
          placeholder="xgboost 3.1"
          {...bound(props, 'framework')}
        />
      </FormGrid>
      <TextField
        label="Source"
        required
        mono
        placeholder="s3://models/fraud/7"
        hint="Where the artefact lies: any URI."
        {...bound(props, 'sourceUri')}
      />
      <TextField
        label="Artefact digest"
        required={false}
        mono
        placeholder="sha256:…"
        hint="It may come later, but nothing is promoted without it: approvals bind to it."
        {...bound(props, 'artefactDigest')}
      />
      <TextField
        label="Serving image"
        required={false}
        mono
        placeholder="registry.example/serve/fraud@sha256:…"
        hint="By digest, because tags can move. Leave it empty when the service's pod template names the image."
        {...bound(props, 'servingImage')}
      />
    </div>
  );
}

export function MeasureFields(props: Props) {
  const { draft, change, errors } = props;
  return (
    <div className="flex flex-col gap-5">
      <NameValueRows
        label="Metrics"
        nameLabel="Metric"
        valueLabel="Value"
        addLabel="Add a metric"
        isNumber
        rows={draft.metrics}
        onChange={(metrics) => change({ metrics })}
        error={errors['metrics']}
      />
      <NameValueRows
        label="Tags"
        nameLabel="Tag"
        valueLabel="Value"
        addLabel="Add a tag"
        rows={draft.tags}
        onChange={(tags) => change({ tags })}
        error={errors['tags']}
      />
    </div>
  );
}

export function LineageFields(props: Props) {
  return (
    <div className="flex flex-col gap-4">
      <FormGrid>
        <TextField label="Run id" required={false} mono {...bound(props, 'runId')} />
        <TextField
          label="Git commit"
          required={false}
          mono
          placeholder="4f1c2d9"
          {...bound(props, 'gitCommit')}
        />
      </FormGrid>
      <TextField
        label="Link to the run"
        required={false}
        placeholder="https://mlflow.example/#/experiments/1/runs/…"
        {...bound(props, 'runLink')}
      />
      <TextAreaField
        label="Datasets"
        required={false}
        mono
        rows={3}
        hint={
          <>
            One a line: name, then digest and address if you have them.{' '}
            <Code>payments-2026-10 sha256:… s3://data/…</Code>
          </>
        }
        {...bound(props, 'datasets')}
      />
    </div>
  );
}

export function CardField(props: Props) {
  return (
    <TextAreaField
      label="Card in Markdown"
      required={false}
      rows={8}
      placeholder={'# What it is for\n\nScores card payments before they are settled.'}
      {...bound(props, 'modelCard')}
    />
  );
}
