import { type Rate, shareRate } from './rate.ts';

/** Classes that are told apart. Source: drift.md §9.4. */
const mostClasses = 20;

/** Rows by predicted class (first) and true class (second), whole numbers that add up; after the classes come all others. */
export type ClassJoint = {
  readonly classes: readonly string[];
  readonly rows: readonly (readonly number[])[];
};

export type MeasuredClasses = {
  readonly rows: number;
  /** Null without rows. */
  readonly accuracy: Rate | null;
  /** Of each class in order; null where it is a share of no rows. */
  readonly classes: readonly {
    readonly name: string;
    readonly precision: Rate | null;
    readonly recall: Rate | null;
  }[];
};

/** How predicted classes did against their labels; rows are worth 1/phi each. Throws RangeError for too many classes. */
export function measuredClasses({ classes, rows }: ClassJoint, phi = 1): MeasuredClasses {
  if (classes.length > mostClasses)
    throw new RangeError(`At most ${mostClasses} classes are told apart, and these are ${classes.length}.`);
  const others = classes.length;
  const at = (predicted: number, truth: number) => rows[predicted]?.[truth] ?? 0;
  const total = (of: (index: number) => number) =>
    classes.reduce((sum, _, index) => sum + of(index), of(others));
  const all = total((predicted) => total((truth) => at(predicted, truth)));
  return {
    rows: all,
    accuracy: shareRate(
      total((index) => (index === others ? 0 : at(index, index))),
      // Whether one of the others was taken for another of them is not known.
      all - at(others, others),
      phi,
    ),
    classes: classes.map((name, index) => ({
      name,
      precision: shareRate(
        at(index, index),
        total((truth) => at(index, truth)),
        phi,
      ),
      recall: shareRate(
        at(index, index),
        total((predicted) => at(predicted, index)),
        phi,
      ),
    })),
  };
}
