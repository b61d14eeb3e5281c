import { type Measure, thresholdText } from '../../domain/budget/budget-words.ts';
import { thresholdKey } from '../../domain/budget/threshold.ts';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { TextLink } from '../ui/link.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { BudgetAnswer } from './budget-answers.ts';

/** What people are told of, and what was told in this period. */
export function ThresholdsPanel({ answer, measure }: { answer: BudgetAnswer; measure: Measure }) {
  const { thresholds } = answer.budget.settings;
  const told = new Map(answer.told.map(({ key, at }) => [key, at]));
  if (thresholds.length === 0) return null;
  return (
    <Panel
      title="Told at"
      description="Looked at every minute, once in a period each."
      actions={<TextLink href="/notices?kind=budgetThreshold">Notices</TextLink>}
    >
      <KeyValueList
        columns={2}
        items={thresholds.map((threshold) => {
          const key = thresholdKey(threshold);
          const at = told.get(key);
          return {
            key,
            label: thresholdText(threshold, measure),
            value:
              at === undefined ? (
                <span className="text-ink-muted">not in this period</span>
              ) : (
                <RelativeTime at={at} />
              ),
          };
        })}
      />
    </Panel>
  );
}
