'use client';

import { useState } from 'react';
import { permissionReason } from '../project/permission-reason.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { Banner } from '../ui/banner.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { daysOf, emptyDraft } from './share-draft.ts';
import { ShareFiles } from './share-files.tsx';
import { ShareForm } from './share-form.tsx';
import { ShareMade } from './share-made.tsx';
import { kindTitle, outsideTitles, ownerOf, type SharedCharts } from './shared-charts.ts';
import { useShareCreate } from './use-share-commands.ts';
import { useProposal } from './use-shares.ts';

type Props = { readonly shared: SharedCharts; readonly onClose: () => void };

/** Link, embed code, picture and files of one chart or those of a board; loaded when somebody asks for it. */
export function ShareDialog({ shared, onClose }: Props) {
  const { viewer } = useProject();
  const [only, ...others] = shared.specs;
  const reason = permissionReason(
    ownerOf(shared) === 'instance' ? 'instanceShares.create' : 'shares.create',
    viewer,
  );
  return (
    <Dialog
      title={`Share ${shared.title}`}
      description="People outside see it without an account, and only the labels that you give here."
      size="large"
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
    >
      <div className="flex flex-col gap-6">
        {reason === undefined ? (
          <ShareOutside shared={shared} onDone={onClose} />
        ) : (
          <Banner tone="info" title="You cannot share outside.">
            {reason}
          </Banner>
        )}
        {only !== undefined && others.length === 0 && (
          <ShareFiles title={shared.title} spec={only} range={shared.range} />
        )}
      </div>
    </Dialog>
  );
}

function ShareOutside({ shared, onDone }: { shared: SharedCharts; onDone: () => void }) {
  const { specs, range } = shared;
  const owner = ownerOf(shared);
  const [draft, setDraft] = useState(() => emptyDraft(proposedTitle(specs)));
  // What was asked for once stays, so that the end of a range does not move while somebody types.
  const [now] = useState(() => Date.now());
  const proposed = useProposal(owner, shared);
  const [made, setMade] = useState<{ shareId: string; secret: string; expiresAt: Date } | null>(null);
  const make = useShareCreate(owner, setMade);
  if (made !== null) return <ShareMade draft={draft} made={made} onDone={onDone} />;
  if (proposed.error !== null) return <Banner tone="bad" title={errorSentence(proposed.error)} />;
  if (proposed.data === undefined) return <SkeletonRows rows={4} columns={2} />;
  const labels = Object.fromEntries(
    proposed.data.labels.map(({ subject, label }) => [subject, draft.labels[subject] ?? label]),
  );
  const { kind, origins, format, allowFiles, allowTimeRange } = draft;
  const titles = outsideTitles(specs, { title: draft.title, labels });
  const fixed = range.kind === 'fixed' ? range : { kind: 'fixed' as const, from: now - range.ms, to: now };
  return (
    <ShareForm
      draft={draft}
      isOne={specs.length === 1}
      subjects={proposed.data.labels}
      onChange={(change) => setDraft({ ...draft, ...change })}
      busy={make.busy}
      error={make.error}
      onSubmit={() =>
        make.run({
          kind,
          title: draft.title,
          labels,
          charts: specs.map((spec, index) => ({ title: titles[index] ?? draft.title, spec })),
          range: kind === 'picture' ? fixed : range,
          expiresInDays: daysOf(draft),
          frameAncestors: kind === 'picture' ? [] : [...origins],
          allowExport: kind === 'picture' ? [format] : allowFiles ? ['png', 'svg', 'csv', 'json'] : [],
          allowTimeRange: kind !== 'picture' && allowTimeRange,
        })
      }
    />
  );
}

/** Without names, which only labels may bring outside. */
function proposedTitle(specs: SharedCharts['specs']): string {
  const [first, ...others] = specs;
  return first === undefined || others.length > 0 ? 'How it goes' : kindTitle(first);
}
