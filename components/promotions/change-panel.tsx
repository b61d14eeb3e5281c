'use client';

import { useState } from 'react';
import { durationText } from '../../domain/figure-text.ts';
import { FieldDiffTable } from '../ui/field-diff-table.tsx';
import { Panel } from '../ui/panel.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Delta, Stat, StatRow } from '../ui/stat.tsx';
import { TextDiff } from '../ui/text-diff.tsx';
import { leastPlanMs } from './least-plan-time.ts';
import type { ChangePreview } from './promotion-answers.ts';

const views = [
  { value: 'fields', label: 'Fields' },
  { value: 'yaml', label: 'YAML' },
] as const;

/** What will change, field by field or as YAML, and how much it takes. */
export function ChangePanel({ change }: { change: ChangePreview }) {
  const [view, setView] = useState<'fields' | 'yaml'>('fields');
  const isFirst = change.yaml.before === '';
  return (
    <>
      <StatRow>
        <AmountStat label="Replicas" amounts={change.replicas} />
        <AmountStat label="GPUs" amounts={change.gpus} />
        <Stat label="Fields that change" value={change.fields.length} hint={fieldCounts(change)} />
        <Stat
          label="Until 100 %"
          value={durationText(leastPlanMs(change.plan))}
          hint="at least, by the plan"
        />
      </StatRow>
      <Panel
        title="What will change"
        description={isFirst ? 'This is the first revision: everything is new' : undefined}
        actions={<Segmented label="How to show the change" value={view} onChange={setView} options={views} />}
      >
        {view === 'fields' ? (
          <FieldDiffTable rows={change.fields} />
        ) : (
          <TextDiff label="YAML before and after" before={change.yaml.before} after={change.yaml.after} />
        )}
      </Panel>
    </>
  );
}

function AmountStat({ label, amounts }: { label: string; amounts: ChangePreview['replicas'] }) {
  const { before, after, during } = amounts;
  return (
    <Stat
      label={label}
      value={after}
      delta={<Delta value={after - before} />}
      hint={during > after ? `up to ${during} while both revisions run` : undefined}
    />
  );
}

function fieldCounts({ fields }: ChangePreview): string {
  const of = (kind: ChangePreview['fields'][number]['change']) =>
    fields.filter((field) => field.change === kind).length;
  return `${of('CHANGED')} changed, ${of('NEW')} new, ${of('REMOVED')} removed`;
}
