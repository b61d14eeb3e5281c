import { ClipboardCheck } from 'lucide-react';
import { Digest } from '../ui/digest.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TextLink } from '../ui/link.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { Tone } from '../ui/tone.ts';
import type { EvidenceItem } from './model-answers.ts';
import { ReportTable } from './report-table.tsx';

const words: Record<EvidenceItem['verdict'], { tone: Tone; label: string }> = {
  passed: { tone: 'ok', label: 'Bounds kept' },
  failed: { tone: 'bad', label: 'Bound broken' },
  noThreshold: { tone: 'neutral', label: 'No bounds' },
};

/** Reports with their figures; the newest leads and is open. */
export function EvidenceList({ evidence }: { evidence: readonly EvidenceItem[] }) {
  if (evidence.length === 0)
    return (
      <EmptyState icon={ClipboardCheck} title="No evidence yet">
        Attach an evaluation report: metrics with the bounds that each has to keep. A policy may ask for one
        that passes before anybody can ask for promotion.
      </EmptyState>
    );
  return (
    <ul className="divide-y divide-line">
      {evidence.map((item, index) => (
        <li key={item.id}>
          <details open={index === 0} className="group">
            <summary className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2">
              <span className="min-w-0">
                <span className="font-medium">{item.report.name}</span>
                <span className="ml-2 text-ink-muted text-xs">
                  {item.createdBy.name} · <RelativeTime at={item.createdAt} />
                </span>
              </span>
              <Status tone={words[item.verdict].tone} label={words[item.verdict].label} />
            </summary>
            <div className="px-4 pb-4">
              <ReportTable report={item.report} />
              <ReportOrigin item={item} />
            </div>
          </details>
        </li>
      ))}
    </ul>
  );
}

function ReportOrigin({ item }: { item: EvidenceItem }) {
  const { report } = item;
  return (
    <p className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-muted text-xs">
      {report.dataset !== undefined && <span>Data: {report.dataset}</span>}
      {report.producer !== undefined && <span>Made by {report.producer}</span>}
      {report.producedAt !== undefined && (
        <span>
          Measured <RelativeTime at={report.producedAt} />
        </span>
      )}
      {report.link !== undefined && <TextLink href={report.link}>Open the report</TextLink>}
      <span className="inline-flex items-center gap-1">
        Digest <Digest value={item.digest} />
      </span>
    </p>
  );
}
