import { RelativeTime } from '../ui/relative-time.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import type { CostAnswer } from './cost-answers.ts';
import type { CostAsk } from './cost-ask.ts';
import { costText, gpuHoursText } from './cost-words.ts';
import { costOf } from './prepare-costs.ts';

export function CostStats({ answer, ask }: { answer: CostAnswer; ask: CostAsk }) {
  const { total, currency, sealing } = answer;
  return (
    <StatRow>
      <Stat
        label="Cost"
        value={costText(costOf(total, ask), currency)}
        hint={sealedHint(sealing.sealedUntil)}
      />
      <Stat label="GPU time" value={gpuHoursText(total.milliGpuSeconds)} unit="GPU-hours" />
      <Stat
        label="Without a price"
        value={gpuHoursText(total.unpriced)}
        unit="GPU-hours"
        tone={total.unpriced > 0n ? 'warn' : undefined}
        hint={total.unpriced > 0n ? 'No row of the price book matches; not counted in the cost.' : undefined}
      />
      <Stat
        label="Estimated"
        value={gpuHoursText(total.estimated)}
        unit="GPU-hours"
        hint={total.estimated > 0n ? 'Rests on an assumption or was filled in after a gap.' : undefined}
      />
    </StatRow>
  );
}

function sealedHint(sealedUntil: Date | null) {
  if (sealedUntil === null) return 'No hour is sealed yet.';
  return (
    <>
      sealed up to <RelativeTime at={sealedUntil} />
    </>
  );
}
