'use client';

import type { ReactNode } from 'react';
import { shiftPercents } from '../../domain/take-over-times.ts';
import { Banner } from '../ui/banner.tsx';
import { Code, CodeBlock } from '../ui/code.tsx';
import { TextDiff } from '../ui/text-diff.tsx';
import type { PlanView } from './take-over-answers.ts';

/** The plan as it would be carried out: verdict first, then what its manager must be told, then every object and field. */
export function PlanContent({ plan }: { plan: PlanView }) {
  return (
    <>
      <Verdict plan={plan} />
      {plan.managerSteps.length > 0 && (
        <Part title="Tell its manager first">
          {plan.managerSteps.map(({ sentence, snippet }) => (
            <div key={sentence} className="flex flex-col gap-2">
              <p>{sentence}</p>
              {snippet !== null && <CodeBlock label="for its manager" text={snippet} />}
            </div>
          ))}
        </Part>
      )}
      {plan.edits.length > 0 && (
        <Part title="Edited, and restored by giving back">
          {plan.edits.map(({ kind, name, fields, before, after }) => (
            <div key={`${kind} ${name}`} className="flex flex-col gap-2">
              <p>
                {kind} {name}:{' '}
                {fields.map((field, index) => (
                  <span key={field}>
                    {index > 0 && ', '}
                    <Code>{field}</Code>
                  </span>
                ))}{' '}
                in steps of {shiftPercents.join(', ')} %. Nothing else of it is written.
              </p>
              <TextDiff label={`Backends of ${name} before and after`} before={before} after={after} />
            </div>
          ))}
        </Part>
      )}
      {plan.creates.length > 0 && (
        <Part title={`Created beside Deployment ${plan.workloadName}`}>
          {plan.creates.map(({ kind, name, yaml }) => (
            <details key={`${kind} ${name}`}>
              <summary className="cursor-pointer">
                {kind} {name}
              </summary>
              <div className="mt-2">
                <CodeBlock label={`${kind} ${name}`} text={yaml} />
              </div>
            </details>
          ))}
        </Part>
      )}
      {plan.notes.length > 0 && (
        <Part title="Good to know">
          <ul className="list-disc pl-5">
            {plan.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Verdict({ plan }: { plan: PlanView }) {
  const { refusal, refusals, dryRun, missingRights } = plan;
  if (refusal === null)
    return (
      <Banner tone="ok" title="The API server would take every write">
        Checked by its dry run; nothing was stored. Deployment {plan.workloadName} ({plan.foundReplicas}{' '}
        {plan.foundReplicas === 1 ? 'replica' : 'replicas'}) is not changed and stays until you finish.
      </Banner>
    );
  const reasons = refusals.length > 0 ? refusals : missingRights.length > 0 ? [refusal] : dryRun;
  return (
    <div className="flex flex-col gap-2">
      {reasons.map((reason) => (
        <Banner key={reason.message} tone="bad" title={reason.message}>
          {reason.fix}
        </Banner>
      ))}
    </div>
  );
}
