import { CircleCheck, CircleDashed } from 'lucide-react';
import { countOf } from '../../domain/figure-text.ts';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { Person } from '../ui/person.tsx';
import type { PromotionPreview } from './promotion-answers.ts';
import { ruleText } from './signing-words.ts';

type Props = Pick<PromotionPreview, 'policy' | 'progress'> & { readonly isDecided?: boolean | undefined };

/** What the policy asks for, how far it is, and whose signature would still count. */
export function SignersPanel({ policy, progress, isDecided = false }: Props) {
  const { rules } = policy;
  const asksNobody = rules.rules.length === 0 && rules.minimumDistinctPeople === 0;
  return (
    <Panel
      title="Who must sign"
      description={
        <>
          Policy <TextLink href={`/settings/policies/${policy.policyId}`}>{policy.name}</TextLink>, revision{' '}
          {policy.number}
        </>
      }
    >
      {asksNobody ? (
        <p className="text-ink-muted">
          Nobody: the rollout starts as soon as{' '}
          {rules.provenIn.length === 0 ? 'it is asked for' : 'what has to be proven first is'}.
        </p>
      ) : (
        <div className="flex flex-col gap-3">
          <ul className="flex flex-col gap-1.5">
            {progress.rules.map(({ rule, missing }) => (
              <Need key={rule.id} isMet={missing === 0} text={ruleText(rule)} missing={missing} />
            ))}
            {rules.minimumDistinctPeople > impliedPeople(rules) && (
              <Need
                isMet={progress.missingPeople === 0}
                text={`${rules.minimumDistinctPeople} different people`}
                missing={progress.missingPeople}
              />
            )}
          </ul>
          {!isDecided && <StillCan people={progress.canStillSign} />}
          <Conditions rules={rules} />
        </div>
      )}
    </Panel>
  );
}

/** One rule that asks for several people already asks for as many different ones. */
function impliedPeople({ rules }: Props['policy']['rules']): number {
  return Math.max(1, ...rules.map((rule) => rule.minimum));
}

function Need({ isMet, text, missing }: { isMet: boolean; text: string; missing: number }) {
  const Shape = isMet ? CircleCheck : CircleDashed;
  return (
    <li className="flex items-start gap-2">
      <Shape aria-hidden className={`mt-0.5 size-4 shrink-0 ${isMet ? 'text-ok' : 'text-warn'}`} />
      <span className="min-w-0">
        {text}
        <span className="block text-ink-muted text-xs">
          {isMet ? 'reached' : `${countOf(missing, 'signature')} missing`}
        </span>
      </span>
    </li>
  );
}

function StillCan({ people }: { people: PromotionPreview['progress']['canStillSign'] }) {
  return (
    <div className="flex flex-col gap-1.5 border-line border-t pt-3">
      <p className="text-ink-muted text-xs">Who can still sign</p>
      {people.length === 0 ? (
        <p>Nobody is left whose signature would count.</p>
      ) : (
        <ul className="flex flex-col gap-1">
          {people.slice(0, 8).map((person) => (
            <li key={person.userId}>
              <Person name={person.name} />
            </li>
          ))}
          {people.length > 8 && <li className="text-ink-muted">and {people.length - 8} more</li>}
        </ul>
      )}
    </div>
  );
}

function Conditions({ rules }: { rules: Props['policy']['rules'] }) {
  const lines = [
    rules.distinctFromRequester ? 'Nobody signs what they asked for.' : null,
    rules.distinctFromAuthor ? 'Nobody signs a version that they registered.' : null,
    rules.requiresPassingEvidence ? 'An evaluation report has to pass.' : null,
  ].filter((line) => line !== null);
  if (lines.length === 0) return null;
  return <p className="border-line border-t pt-3 text-ink-muted text-xs">{lines.join(' ')}</p>;
}
