import type { EvaluationReport } from '../../domain/evidence-report.ts';
import { figureText } from '../../domain/figure-text.ts';

export type ReportLine = {
  readonly name: string;
  readonly value: string;
  /** "≥ 0.9, ≤ 1"; empty without a bound. */
  readonly bound: string;
  readonly standing: 'kept' | 'broken' | 'unbounded';
};

/** One line a metric, broken bounds first: they are what a signer looks for. */
export function reportLines(report: EvaluationReport): ReportLine[] {
  return report.metrics
    .map(({ name, value, minimum, maximum }): ReportLine => {
      const bounds = [
        minimum === undefined ? null : `≥ ${figureText(minimum)}`,
        maximum === undefined ? null : `≤ ${figureText(maximum)}`,
      ].filter((part) => part !== null);
      const isKept = value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
      return {
        name,
        value: figureOf(value, [minimum, maximum]),
        bound: bounds.join(', '),
        standing: bounds.length === 0 ? 'unbounded' : isKept ? 'kept' : 'broken',
      };
    })
    .toSorted((left, right) => Number(right.standing === 'broken') - Number(left.standing === 'broken'));
}

/** Counts in full; other figures short, with more digits when rounding would hide on which side of its bound one lies. */
function figureOf(value: number, bounds: readonly (number | undefined)[]): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const short = figureText(value);
  const isHidden = bounds.some(
    (bound) => bound !== undefined && bound !== value && figureText(bound) === short,
  );
  return isHidden ? value.toLocaleString('en-US', { maximumSignificantDigits: 9 }) : short;
}
