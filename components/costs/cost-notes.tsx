import { formatNumber } from '../../domain/number-format.ts';
import { Banner } from '../ui/banner.tsx';
import type { CostAnswer } from './cost-answers.ts';
import type { CostAsk } from './cost-ask.ts';
import { costText, gpuHoursText } from './cost-words.ts';

/** What one must know to read the sums: corrections of closed months in them, and time that was cut. */
export function CostNotes({ answer: { corrections, cuts, currency }, ask }: Props) {
  return (
    <>
      {corrections !== null && (
        <Banner tone="info" title="Corrections of closed months are in these figures">
          {costText(ask.rate === 'openCost' ? corrections.openCostNano : corrections.loadedNano, currency)}{' '}
          and {gpuHoursText(corrections.milliGpuSeconds)} GPU-hours came to be known after their month was
          closed. Its statement does not have them; that of the month in which they were posted does.
        </Banner>
      )}
      {cuts !== null && (
        <Banner tone="warn" title="Pods held more GPUs than their nodes have">
          In {formatNumber(cuts.nodeHours)} {cuts.nodeHours === 1 ? 'hour of a node' : 'hours of nodes'} times
          contradict each other: {gpuHoursText(cuts.milliGpuSeconds)} GPU-hours were cut from the pods that
          were bound last, so that every node still adds up.
        </Banner>
      )}
    </>
  );
}

type Props = { readonly answer: CostAnswer; readonly ask: CostAsk };
