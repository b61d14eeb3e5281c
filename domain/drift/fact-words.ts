import { countOf, countText, shareText } from '../figure-text.ts';
import { expectationText } from '../quality/validation.ts';
import type { QualityFacts, QueryFacts } from './alert-facts.ts';

/** What of the expectations failed, with the first of them. */
export function qualityText({ suites }: QualityFacts): string {
  const [worst, ...others] = suites.toSorted((left, right) => right.failed - left.failed);
  if (worst === undefined) return 'Every suite meets its expectations.';
  const { suite, failed, evaluated, failing } = worst;
  const [first] = failing;
  const example = first === undefined ? '' : `, such as ${expectationText(first)}`;
  const more = others.length === 0 ? '' : `; ${countOf(others.length, 'other suite')} failed too`;
  return `${failed} of ${countOf(evaluated, 'expectation')} of the suite ${suite} failed${example}${more}.`;
}

/** How clients asked otherwise than usual. */
export function queriesText({ busiestRows, usualBusiest, share, usualShare }: QueryFacts): string {
  const busiest = `The busiest client sent ${countOf(busiestRows, 'row')} in an hour, usually ${countText(usualBusiest)}`;
  if (share === null || usualShare === null) return `${busiest}.`;
  return `${busiest}; ${shareText(share)} of inputs were repeated, usually ${shareText(usualShare)}.`;
}
