'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import { EvidenceList } from '../models/evidence-list.tsx';
import { errorSentence } from '../refusal-of.ts';
import { draftOfPlan, type PlanDraft, planOfDraft } from '../rollouts/plan-draft.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { Columns } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { ChangePanel } from './change-panel.tsx';
import { ForecastPanel } from './forecast-panel.tsx';
import { withSuggestion } from './forecast-words.ts';
import { PlanEditPanel } from './plan-edit-panel.tsx';
import { PreviewSkeleton } from './preview-skeleton.tsx';
import type { PromotionPreview } from './promotion-answers.ts';
import { ProofsPanel } from './proofs-panel.tsx';
import { refusalLink } from './refusal-link.ts';
import { type Asked, requestInput } from './request-input.ts';
import { RoomPanel } from './room-panel.tsx';
import { SendPanel } from './send-panel.tsx';
import { SignersPanel } from './signers-panel.tsx';

type Props = Asked & { readonly onChangeSpec?: (() => void) | undefined };

/** What the request would change, forecast and need, kept up to date while the plan is edited. */
export function RequestForm({ onChangeSpec, ...asked }: Props) {
  const [draft, setDraft] = useState<PlanDraft | null>(null);
  const read = draft === null ? null : planOfDraft(draft);
  const problem = read !== null && 'problem' in read ? read.problem : null;
  const plan = read !== null && 'plan' in read ? read.plan : null;
  const preview = usePreview(asked, useDeferredValue(plan));
  if (preview.error !== null) return <Banner tone="bad" title={errorSentence(preview.error)} />;
  if (preview.data === undefined) return <PreviewSkeleton />;
  const { data } = preview;
  const shownDraft = draft ?? draftOfPlan(data.change.plan);
  return (
    <Columns
      main={
        <>
          <SendBlockers preview={data} />
          <ChangePanel change={data.change} />
          <ForecastPanel
            forecast={data.change.forecast}
            onTake={(suggestion) =>
              setDraft(draftOfPlan(withSuggestion(plan ?? data.change.plan, suggestion)))
            }
          />
          {data.preflight !== null && <RoomPanel preflight={data.preflight} plan={data.change.plan} />}
          <PlanEditPanel
            draft={shownDraft}
            problem={problem}
            isEdited={draft !== null}
            onChange={setDraft}
            onReset={() => setDraft(null)}
          />
          <Panel flush title="Evidence">
            <EvidenceList evidence={data.evidence} />
          </Panel>
        </>
      }
      aside={
        <>
          <SendPanel
            input={requestInput(asked, plan)}
            preview={data}
            problem={problem}
            isStale={preview.isPlaceholderData}
            onChangeSpec={onChangeSpec}
          />
          <SignersPanel policy={data.policy} progress={data.progress} />
          <ProofsPanel proofs={data.proofs} />
        </>
      }
    />
  );
}

function usePreview(asked: Asked, plan: RolloutPlan | null) {
  const trpc = useTrpc();
  return useQuery({
    ...trpc.promotions.preview.queryOptions(requestInput(asked, plan)),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Everything that stands in the way, most basic reason first, then what it would wait for. */
function SendBlockers({ preview }: { preview: PromotionPreview }) {
  const found = [
    ...preview.refusals.map((entry) => ({ entry, tone: 'bad' as const })),
    ...preview.blockers.map((entry) => ({ entry, tone: 'warn' as const })),
  ];
  return found.map(({ entry, tone }) => {
    const link = refusalLink(entry, preview.to);
    return (
      <Banner
        key={`${entry.code} ${entry.message}`}
        tone={tone}
        title={entry.message}
        action={
          link !== null && (
            <ButtonLink size="small" href={link.href}>
              {link.label}
            </ButtonLink>
          )
        }
      >
        {entry.fix}
      </Banner>
    );
  });
}
