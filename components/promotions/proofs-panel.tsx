'use client';

import { type Proof, provingText } from '../../domain/proving.ts';
import { formatDuration } from '../../domain/time-format.ts';
import { useNow } from '../ui/clock.tsx';
import { Countdown } from '../ui/countdown.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { ExactTime } from '../ui/relative-time.tsx';
import { toneClasses } from '../ui/tone.ts';
import { toneIcon } from '../ui/tone-icon.ts';
import { proofStanding, soFarMs } from './proof-words.ts';

/** What the version has to prove elsewhere before its rollout may start, and how far it is; nothing when nothing is asked. */
export function ProofsPanel({ proofs }: { proofs: readonly Proof[] }) {
  if (proofs.length === 0) return null;
  return (
    <Panel title="What has to be proven first">
      <ul className="flex flex-col gap-2">
        {proofs.map((proof) => (
          <ProofRow key={proof.environment} proof={proof} />
        ))}
      </ul>
    </Panel>
  );
}

function ProofRow({ proof }: { proof: Proof }) {
  const { tone, words } = proofStanding(proof);
  const Shape = toneIcon[tone];
  const nowMs = useNow();
  return (
    <li className="flex items-start gap-2">
      <Shape aria-hidden className={`mt-0.5 size-4 shrink-0 ${toneClasses[tone].text}`} />
      <span className="min-w-0">
        <TextLink href={`/services/${proof.serviceId}`}>{provingText(proof)}</TextLink>
        <span className="block text-ink-muted text-xs">
          {proof.doneAt === null ? (
            words
          ) : (
            <>
              {formatDuration(soFarMs(proof, nowMs))} so far, done at <ExactTime at={proof.doneAt} />, in{' '}
              <Countdown until={proof.doneAt} doneLabel="a moment" />
            </>
          )}
        </span>
      </span>
    </li>
  );
}
