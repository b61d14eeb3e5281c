import { formatNumber } from '../../domain/number-format.ts';
import { Panel } from '../ui/panel.tsx';
import { Delta } from '../ui/stat.tsx';
import { compareMetrics } from './compare-metrics.ts';

type Props = {
  readonly live: Readonly<Record<string, number>> | null;
  readonly candidate: Readonly<Record<string, number>>;
};

const cell = 'border-line border-b px-3 py-1.5 text-right';

/** The registered metrics of the version that is live beside those of the candidate. */
export function MetricComparison({ live, candidate }: Props) {
  const rows = compareMetrics(live, candidate);
  if (rows.length === 0) return null;
  return (
    <Panel
      title="Registered metrics"
      description={
        live === null ? 'Nothing is live to compare with' : 'The version that is live beside the candidate'
      }
    >
      <div role="group" aria-label="Registered metrics" tabIndex={0} className="relative overflow-x-auto">
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">Registered metrics</caption>
          <thead className="text-ink-muted text-xs">
            <tr>
              <th scope="col" className="border-line border-b py-1.5 font-medium">
                Metric
              </th>
              {live !== null && (
                <th scope="col" className={`${cell} font-medium`}>
                  Live
                </th>
              )}
              <th scope="col" className={`${cell} font-medium`}>
                Candidate
              </th>
              {live !== null && (
                <th scope="col" className={`${cell} font-medium`}>
                  Change
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row" className="border-line border-b py-1.5 font-normal">
                  {row.name}
                </th>
                {live !== null && <td className={`${cell} text-ink-muted`}>{figure(row.live)}</td>}
                <td className={`${cell} font-medium`}>{figure(row.candidate)}</td>
                {live !== null && (
                  <td className={cell}>
                    {row.change === null ? (
                      '–'
                    ) : (
                      <Delta value={row.change} format={(size) => formatNumber(size, 5)} />
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function figure(value: number | null): string {
  return value === null ? '–' : formatNumber(value, 5);
}
