import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { ledgerHourSum } from '../../db/schema/ledger.ts';
import type { BudgetSettings, BudgetUnit } from '../../domain/budget/budget-schema.ts';
import type { HourSpend } from '../../domain/budget/seasonal.ts';
import { ownedBuckets, type SpendHour } from '../../domain/ledger/spend.ts';
import type { BudgetRow } from './budget-rows.ts';
import type { OpenRow } from './open-hours.ts';
import { inScope, spendByHour } from './spend.ts';

/** What decides how a budget counts the ledger. */
export type Counting = Pick<BudgetRow, 'scope' | 'unit' | 'settings'>;

type Unit = { readonly unit: BudgetUnit; readonly settings: Pick<BudgetSettings, 'rateMode'> };

/** An hour of the ledger in the unit of a budget. */
function amountOf(hour: SpendHour, { unit, settings }: Unit): bigint {
  if (unit === 'gpuHours') return hour.milliGpuSeconds;
  return settings.rateMode === 'loaded' ? hour.loadedNano : hour.openCostNano;
}

export type BudgetHour = HourSpend & {
  readonly milliGpuSeconds: bigint;
  /** Milli-GPU-seconds that no price was known for. */
  readonly unpriced: bigint;
  readonly sealed: boolean;
};

/** What the budget counted in each hour of [from, to), oldest first; hours without anything are left out. */
export async function budgetSpend(
  queries: Queries,
  counting: Counting,
  range: { readonly from: Date; readonly to: Date; readonly open?: readonly OpenRow[] },
): Promise<BudgetHour[]> {
  const { scope, settings } = counting;
  const rows = await spendByHour(queries, scope, { ...range, idle: settings.idle });
  return rows.map((row) => ({
    hourAt: row.hourAt,
    amount: amountOf(row, counting),
    milliGpuSeconds: row.milliGpuSeconds,
    unpriced: row.unpriced,
    sealed: row.sealed,
  }));
}

/** What is spent in the period of a budget until now. */
export async function budgetActual(
  queries: Queries,
  counting: Counting,
  { fromAt, now }: { fromAt: Date; now: Date },
): Promise<bigint> {
  const hours = await budgetSpend(queries, counting, { from: fromAt, to: new Date(now.getTime() + 1) });
  return hours.reduce((total, { amount }) => total + amount, 0n);
}

const whole = z.string().transform(BigInt);
const burnSchema = z.object({ serviceId: z.string(), last: whole, week: whole, hours: z.coerce.number() });

/** What a service took of a budget in one hour, and by hour on average of the week before (or since it is younger). */
export type ServiceBurn = { readonly serviceId: string; readonly last: bigint; readonly mean: bigint };

/** By service of the budget's scope, of sealed hours; `lastHour` is the hour that `last` means. */
export async function serviceBurns(
  queries: Queries,
  { scope, unit, settings }: Counting,
  lastHour: Date,
): Promise<ServiceBurn[]> {
  const column =
    unit === 'gpuHours'
      ? sql`case when line = 'gpu' then quantity else 0 end`
      : rateColumn(settings.rateMode);
  const last = sql`${lastHour.toISOString()}::timestamptz`;
  const { rows } = await queries.execute(sql`
    select service_id as "serviceId", sum(${column})::text as week,
           coalesce(sum(${column}) filter (where hour_at = ${last}), 0)::text as last,
           extract(epoch from ${last} - min(hour_at)) / 3600 + 1 as hours
    from ${ledgerHourSum}
    where hour_at > ${last} - interval '7 days' and hour_at <= ${last} and service_id is not null
      and bucket = any(${sql.param([...ownedBuckets])}::text[]) and ${inScope(scope)}
    group by service_id`);
  return rows.map((row) => {
    const found = burnSchema.parse(row);
    return {
      serviceId: found.serviceId,
      last: found.last,
      mean: found.week / BigInt(Math.max(1, Math.round(found.hours))),
    };
  });
}

function rateColumn(mode: BudgetSettings['rateMode']) {
  return mode === 'loaded' ? sql`loaded_nano` : sql`open_cost_nano`;
}
