import { durationText } from '../../domain/figure-text.ts';
import type { PolicyRules } from '../../domain/policy.ts';
import { provingText } from '../../domain/proving.ts';
import { ruleText } from '../promotions/signing-words.ts';

/** Who has to sign, in short: "nobody", "2 people with the role approver"; different people only where no rule implies them. */
export function rulesText({ rules, minimumDistinctPeople }: PolicyRules): string {
  const parts = rules.map(ruleText);
  const implied = Math.max(0, ...rules.map((rule) => rule.minimum));
  if (minimumDistinctPeople > implied)
    parts.push(
      minimumDistinctPeople === 1 ? 'anybody who may sign' : `${minimumDistinctPeople} different people`,
    );
  return parts.length === 0 ? 'nobody' : parts.join(', ');
}

/** The conditions beside the rules, each as a sentence. */
export function conditionSentences(rules: PolicyRules): string[] {
  return [
    rules.distinctFromRequester
      ? 'Nobody signs what they asked for, nor what a token of theirs asked for.'
      : null,
    rules.distinctFromAuthor
      ? 'Nobody signs a version that they registered, nor one that a token of theirs registered.'
      : null,
    rules.requiresPassingEvidence ? 'A request needs an evaluation report that keeps its bounds.' : null,
    ...rules.provenIn.map((rule) => `A version has to be ${provingText(rule)} first.`),
    rules.requiresCheckedBytes
      ? 'The bytes that run are checked by the digest of an image or by our init step; what was only declared is refused.'
      : null,
    `A request that is not decided within ${durationText(rules.expiresAfterMs)} expires.`,
  ].filter((sentence) => sentence !== null);
}
