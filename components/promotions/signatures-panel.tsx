import { Badge } from '../ui/badge.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { PromotionDetail } from './promotion-answers.ts';

/** Who signed, how, with which words; one that no longer counts says so. */
export function SignaturesPanel({ signatures }: { signatures: PromotionDetail['signatures'] }) {
  return (
    <Panel flush title="Signatures">
      {signatures.length === 0 ? (
        <p className="px-4 py-3 text-ink-muted">Nobody has signed yet.</p>
      ) : (
        <ul className="divide-y divide-line">
          {signatures.map((signature) => (
            <li key={signature.id} className="flex flex-col gap-1 px-4 py-2.5">
              <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
                <Person name={signature.principal.name} />
                <Status
                  tone={signature.decision === 'approve' ? 'ok' : 'bad'}
                  label={signature.decision === 'approve' ? 'approved' : 'rejected'}
                />
              </span>
              <span className="flex flex-wrap items-center gap-2 text-ink-muted text-xs">
                <RelativeTime at={signature.decidedAt} />
                {!signature.counts && <Badge tone="warn">no longer counts</Badge>}
              </span>
              {signature.comment !== '' && <q className="[overflow-wrap:anywhere]">{signature.comment}</q>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
