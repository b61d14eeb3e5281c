import { Digest } from '../ui/digest.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { PolicyDetail } from './policy-answers.ts';
import { conditionSentences, rulesText } from './policy-words.ts';

/** What the policy said when; a request keeps the revision under which it was asked for. */
export function PolicyRevisions({ revisions }: { revisions: PolicyDetail['revisions'] }) {
  return (
    <Panel flush title="Revisions">
      <ul className="divide-y divide-line">
        {revisions.map((revision) => (
          <li key={revision.id}>
            <details>
              <summary className="flex flex-wrap items-baseline justify-between gap-x-3 px-4 py-2 hover:bg-hover focus-visible:-outline-offset-2">
                <span className="font-medium">Revision {revision.number}</span>
                <span className="text-ink-muted text-xs">
                  {revision.createdBy.name} · <RelativeTime at={revision.createdAt} />
                </span>
              </summary>
              <div className="flex flex-col gap-1 px-4 pb-3 text-ink-muted text-xs">
                <p className="text-ink">Signature of {rulesText(revision.rules)}.</p>
                {conditionSentences(revision.rules).map((sentence) => (
                  <p key={sentence}>{sentence}</p>
                ))}
                <span>
                  Digest <Digest value={revision.digest} />
                </span>
              </div>
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
