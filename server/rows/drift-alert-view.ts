import type { driftAlert } from '../../db/schema/drift.ts';
import { type AlertFacts, alertFactsSchema } from '../../domain/drift/alert-facts.ts';
import { worstFirst } from '../../domain/drift/alert-worst.ts';
import { driftText, lengthWords } from '../../domain/drift/drift-words.ts';
import { qualityText, queriesText } from '../../domain/drift/fact-words.ts';
import { countOf, countText } from '../../domain/figure-text.ts';

type AlertRow = typeof driftAlert.$inferSelect;

/** One sentence of what an alert saw, with its figures. */
function sentenceOf(kind: AlertRow['kind'], facts: AlertFacts | null): string {
  if (facts === null) return 'Written by another release of Fairlead.';
  if (facts.of === 'quality') return qualityText(facts);
  if (facts.of === 'queries') return queriesText(facts);
  const length = lengthWords[facts.windowLength];
  if (facts.of === 'traffic') {
    const got = facts.rows === 0 ? 'No rows came' : `${countOf(facts.rows, 'row')} came`;
    return `${got} in a window of one ${length}, usually ${countText(facts.usualRows)}.`;
  }
  const features = worstFirst(facts.features);
  const [worst] = features;
  if (worst === undefined) return 'Nothing drifts any more.';
  const others = new Set(features.map(({ featureId }) => featureId)).size - 1;
  const more = others === 0 ? '' : `, and ${countOf(others, 'other feature')} drifted with it`;
  const slow = kind === 'slowDrift' ? ' slowly, against its fixed reference' : '';
  return `${worst.name} drifted${slow}: ${driftText(worst.test, worst.effect)}${more}.`;
}

/** Under which an alert is told, and told to be over. */
export const driftNoticeKey = (alertId: string): string => `drift:${alertId}`;

/** An alert as lists and pages show it. */
export function alertView(row: AlertRow) {
  const facts = alertFactsSchema.safeParse(row.facts).data ?? null;
  return { ...row, facts, sentence: sentenceOf(row.kind, facts) };
}
