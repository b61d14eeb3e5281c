import { moneyText } from '../../domain/price/money.ts';
import { any } from '../../domain/price/node-price.ts';
import { capacityWords, sourceWords, unitWords } from '../../domain/price/price-words.ts';
import { formatDuration } from '../../domain/time-format.ts';
import { Status } from '../ui/status.tsx';
import type { PriceRow } from './price-answers.ts';

type Matched = Pick<PriceRow, 'instanceType' | 'region' | 'gpuProduct' | 'capacityType'>;

/** Which nodes a row is for; "any" stands for a star. */
export function MatchCell({ instanceType, region, gpuProduct, capacityType }: Matched) {
  const first = instanceType === any ? (gpuProduct === any ? 'any node' : gpuProduct) : instanceType;
  const rest = [
    instanceType !== any && gpuProduct !== any ? gpuProduct : null,
    region === any ? 'any region' : region,
    capacityWords[capacityType],
  ].filter((part) => part !== null);
  return (
    <span className="block py-1.5 leading-5">
      <span className="font-mono text-xs">{first}</span>
      <span className="block text-ink-muted text-xs">{rest.join(' · ')}</span>
    </span>
  );
}

/** "$55.04 per node-hour", with every digit that the row has. */
export function AmountCell({
  amountNano,
  unit,
  currency,
}: Pick<PriceRow, 'amountNano' | 'unit'> & { currency: string }) {
  return (
    <span className="tabular-nums">
      {moneyText(amountNano, currency, 9)}{' '}
      <span className="text-ink-muted max-sm:block max-sm:text-xs">per {unitWords[unit]}</span>
    </span>
  );
}

/** Where a figure comes from and how old it is there. */
export function SourceCell({
  source,
  sourceNote,
  ageMs,
  isStale,
}: Pick<PriceRow, 'source' | 'sourceNote' | 'ageMs' | 'isStale'>) {
  return (
    <span className="block py-1.5 leading-5">
      <span className="flex flex-wrap items-center gap-x-2">
        {sourceWords[source]}
        {isStale && (
          <Status tone="warn" label={ageMs === null ? 'undated' : `${formatDuration(ageMs)} old`} />
        )}
        {!isStale && ageMs !== null && (
          <span className="text-ink-muted text-xs">{formatDuration(ageMs)} old</span>
        )}
      </span>
      {sourceNote !== '' && <span className="block text-ink-muted text-xs">{sourceNote}</span>}
    </span>
  );
}
