import type { DeliveryEstimate } from '../../domain/drift/delivery-estimate.ts';
import { countOf, countText, shareText } from '../../domain/figure-text.ts';
import { Panel } from '../ui/panel.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';

/** From this share on a reader should look for what keeps events from coming. */
const noticeableShare = 0.01;

/** How much of what pods answered KServe's logger never told of: it sends an event once and says nothing of those it lost. */
export function DeliveryPanel({ delivery }: { delivery: DeliveryEstimate }) {
  const { hours, side, expected, came, lost } = delivery;
  const answered = side === 'request' ? 'requests that pods answered' : 'requests answered without error';
  return (
    <Panel
      title="Never delivered by KServe’s logger"
      description={`Estimated from the last ${countOf(hours, 'whole hour')} that were measured: ${answered}, less the events that came. The logger sends each event once and tells nobody of those it could not deliver.`}
    >
      <StatRow>
        <Stat
          label="Never came"
          value={`about ${countText(lost)}`}
          hint={`${shareText(lost / expected)} of all`}
          tone={lost / expected >= noticeableShare ? 'warn' : undefined}
        />
        <Stat
          label={side === 'request' ? 'Requests answered' : 'Answered without error'}
          value={countText(expected)}
          hint="by the counters of the pods"
        />
        <Stat label="Events that came" value={countText(came)} hint={`of ${side}s, each counted once`} />
      </StatRow>
    </Panel>
  );
}
