import { amountText } from '../../domain/budget/budget-words.ts';
import { EnvironmentLabel } from '../services/environment-label.tsx';
import { Badge } from '../ui/badge.tsx';
import { List, ListRow } from '../ui/list.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import type { Overview } from './overview-answers.ts';
import { Quiet } from './quiet.tsx';

type Props = {
  readonly rows: Overview['waitsForMe'];
  readonly budgets: Overview['budgetsForMe'];
  readonly retrains: Overview['retrainsForMe'];
  readonly rebases: Overview['rebasesForMe'];
};

/** What this person may sign: promotions, more for a budget, retrainings, and what a service is compared with. */
export function WaitingList({ rows, budgets, retrains, rebases }: Props) {
  if (rows.length + budgets.length + retrains.length + rebases.length === 0)
    return <Quiet>Nothing waits for your signature.</Quiet>;
  return (
    <List label="Waits for you">
      {rows.map((row) => (
        <ListRow
          key={row.id}
          href={`/promotions/${row.id}`}
          title={`${row.to.modelName} ${row.from === null ? '' : `${row.from.versionNumber} `}→ ${row.to.versionNumber} on ${row.service.name}`}
          detail={
            <span className="flex flex-wrap items-center gap-x-2">
              <EnvironmentLabel environment={row.environment} />
              <span>
                asked by {row.requestedBy.name} <RelativeTime at={row.requestedAt} />
              </span>
            </span>
          }
          aside={<Missing signatures={row.signaturesMissing} />}
        />
      ))}
      {budgets.map((row) => (
        <ListRow
          key={row.requestId}
          href={`/budgets/${row.budgetId}`}
          title={
            row.kind === 'exceed'
              ? `${amountText(row.amount, row)} more for ${row.budgetName}`
              : `${amountText(row.amount, row)} from ${row.budgetName} to another budget`
          }
          detail={
            <>
              asked by {row.requestedBy.name} <RelativeTime at={row.requestedAt} />
            </>
          }
          aside={<Missing signatures={row.signaturesMissing} />}
        />
      ))}
      {retrains.map((row) => (
        <ListRow
          key={row.requestId}
          href={`/monitoring/retrains/${row.requestId}`}
          title={`Retraining of ${row.model} ${row.modelVersion} for ${row.service}`}
          detail={
            <>
              {row.environment}, asked by {row.openedBy.name} <RelativeTime at={row.openedAt} />
            </>
          }
          aside={<Missing signatures={row.signaturesMissing} />}
        />
      ))}
      {rebases.map((row) => (
        <ListRow
          key={row.rebaseId}
          href={`/monitoring/${row.service.id}/references`}
          title={`${row.name} as reference of ${row.service.name}`}
          detail={
            <>
              asked by {row.requestedBy.name} <RelativeTime at={row.requestedAt} />
            </>
          }
          aside={<Missing signatures={row.signaturesMissing} />}
        />
      ))}
    </List>
  );
}

function Missing({ signatures }: { signatures: number }) {
  return (
    <Badge tone="warn">
      {signatures} {signatures === 1 ? 'signature' : 'signatures'} missing
    </Badge>
  );
}
