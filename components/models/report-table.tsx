import type { EvaluationReport } from '../../domain/evidence-report.ts';
import { Status } from '../ui/status.tsx';
import { type ReportLine, reportLines } from './report-lines.ts';

const cell = 'border-line border-b py-1.5';

/** Every metric with its bound and whether it keeps it. */
export function ReportTable({ report }: { report: EvaluationReport }) {
  return (
    <div
      role="group"
      aria-label={`Metrics of ${report.name}`}
      tabIndex={0}
      className="relative overflow-x-auto"
    >
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">Metrics of {report.name}</caption>
        <thead>
          <tr className="text-ink-muted text-xs">
            <th scope="col" className={`${cell} font-medium`}>
              Metric
            </th>
            <th scope="col" className={`${cell} px-3 text-right font-medium`}>
              Value
            </th>
            <th scope="col" className={`${cell} px-3 text-right font-medium`}>
              Has to be
            </th>
            <th scope="col" className={`${cell} w-24 font-medium`}>
              Bound
            </th>
          </tr>
        </thead>
        <tbody>
          {reportLines(report).map((line) => (
            <tr key={line.name}>
              <th scope="row" className={`${cell} font-normal [overflow-wrap:anywhere]`}>
                {line.name}
              </th>
              <td className={`${cell} px-3 text-right font-medium`}>{line.value}</td>
              <td className={`${cell} whitespace-nowrap px-3 text-right text-ink-muted`}>
                {line.bound || '–'}
              </td>
              <td className={cell}>
                <LineStanding standing={line.standing} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LineStanding({ standing }: { standing: ReportLine['standing'] }) {
  switch (standing) {
    case 'kept':
      return <Status tone="ok" label="kept" />;
    case 'broken':
      return <Status tone="bad" label="broken" />;
    case 'unbounded':
      return <span className="text-ink-faint">none</span>;
  }
}
