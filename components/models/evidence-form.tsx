'use client';

import { useState } from 'react';
import { reportVerdict } from '../../domain/evidence-report.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormActions } from '../ui/form-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Status } from '../ui/status.tsx';
import { TextAreaField } from '../ui/text-area-field.tsx';
import { useCommand } from '../use-command.ts';
import { emptyReport, reportOfJson, reportOfRows } from './report-draft.ts';
import { ReportFields } from './report-fields.tsx';

const modes = [
  { value: 'rows', label: 'Fill in' },
  { value: 'json', label: 'Paste JSON' },
] as const;

/** A report, filled in or pasted, with the verdict that it will get. */
export function EvidenceForm({ modelVersionId, onDone }: { modelVersionId: string; onDone: () => void }) {
  const trpc = useTrpc();
  const [mode, setMode] = useState<'rows' | 'json'>('rows');
  const [draft, setDraft] = useState(emptyReport);
  const [json, setJson] = useState('');
  const [isTried, setTried] = useState(false);
  const attach = useCommand((extra) => trpc.evidence.attach.mutationOptions(extra), { onDone });
  const outcome = mode === 'rows' ? reportOfRows(draft) : reportOfJson(json);
  const problem = 'problem' in outcome ? outcome.problem : null;
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if ('report' in outcome) attach.run({ modelVersionId, report: outcome.report });
      }}
    >
      <div>
        <Segmented label="How to give the report" value={mode} onChange={setMode} options={modes} />
      </div>
      {mode === 'rows' ? (
        <ReportFields draft={draft} onChange={setDraft} />
      ) : (
        <TextAreaField
          label="Report as JSON"
          mono
          rows={12}
          value={json}
          placeholder={example}
          onChange={(event) => setJson(event.currentTarget.value)}
        />
      )}
      {'report' in outcome && <VerdictLine verdict={reportVerdict(outcome.report)} />}
      {isTried && problem !== null && <Banner tone="bad" title={problem} />}
      {attach.error !== null && <Banner tone="bad" title={attach.error} />}
      <FormActions>
        <Button type="submit" variant="primary" busy={attach.busy}>
          Attach the report
        </Button>
      </FormActions>
    </form>
  );
}

function VerdictLine({ verdict }: { verdict: ReturnType<typeof reportVerdict> }) {
  switch (verdict) {
    case 'passed':
      return <Status tone="ok" label="Every metric keeps its bounds." />;
    case 'failed':
      return <Status tone="bad" label="A metric breaks its bound: the report will count as failed." />;
    case 'noThreshold':
      return <Status tone="neutral" label="No metric has a bound, so the report will not count as passed." />;
  }
}

const example = `{
  "name": "Hold-out October",
  "dataset": "payments-2026-10",
  "metrics": [{ "name": "auc", "value": 0.947, "minimum": 0.93 }]
}`;
