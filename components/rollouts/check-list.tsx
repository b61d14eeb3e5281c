import { countText, figureText, shareText } from '../../domain/figure-text.ts';
import { Status } from '../ui/status.tsx';
import { MeterBar } from './meter-bar.tsx';
import { type PreparedCheck, type Result, verdictWord } from './prepare-checks.ts';
import { eText, logMeter, railMeter } from './prepare-meter.ts';

/** Each check's verdict with the figures that a person needs to believe it. */
export function CheckList({ checks }: { checks: readonly PreparedCheck[] }) {
  return (
    <ul className="divide-y divide-line">
      {checks.map((prepared) => (
        <CheckItem key={prepared.check.id} prepared={prepared} />
      ))}
    </ul>
  );
}

function CheckItem({ prepared }: { prepared: PreparedCheck }) {
  const { check, title, result, step } = prepared;
  const found = verdictWord(check.kind, result?.verdict ?? null);
  const word = step !== null && result?.verdict === 'noEvidence' ? { ...found, label: 'No evidence' } : found;
  return (
    <li className="grid grid-cols-1 gap-x-6 gap-y-2 px-4 py-3 md:grid-cols-[9rem_minmax(0,1fr)_15rem]">
      <div className="flex flex-col gap-0.5">
        <Status tone={word.tone} label={word.label} />
        {step !== null && <span className="text-ink-muted text-xs">at step {step + 1}</span>}
      </div>
      <div className="min-w-0">
        <h3 className="font-medium">{title}</h3>
        <p className="text-ink-muted">
          {result?.sentence ?? 'Judged once traffic reaches the new revision.'}
        </p>
        {result !== null && <Samples figures={result.figures} isRelative={check.kind === 'eProcess'} />}
      </div>
      {result !== null && <Gauge result={result} of={check.of} />}
    </li>
  );
}

type Figures = Result['figures'];

function armText(bad: number, all: number): string {
  return all === 0 ? 'no requests' : `${countText(bad)} of ${countText(all)} (${shareText(bad / all)})`;
}

function Samples({ figures, isRelative }: { figures: Figures; isRelative: boolean }) {
  return (
    <p className="mt-1 flex flex-wrap gap-x-4 text-xs tabular-nums">
      <span>
        <span className="text-ink-muted">canary </span>
        {armText(figures.xCanary, figures.nCanary)}
      </span>
      {isRelative && (
        <span>
          <span className="text-ink-muted">stable </span>
          {armText(figures.xStable, figures.nStable)}
        </span>
      )}
    </p>
  );
}

function Gauge({ result, of }: { result: Result; of: PreparedCheck['check']['of'] }) {
  const { logE, logLimit, value, limit, missingSamples, detectableFactor } = result.figures;
  return (
    <div className="flex flex-col gap-1 text-xs">
      {logE !== null && logLimit !== null && (
        <>
          <p className="flex justify-between gap-3 tabular-nums">
            <span>
              e = <span className="font-medium">{eText(logE)}</span>
            </span>
            <span className="text-ink-muted">decides at {eText(logLimit)}</span>
          </p>
          <MeterBar
            label={`e-value ${eText(logE)} on a log scale; harm counts as seen at ${eText(logLimit)}`}
            meter={logMeter(logE, logLimit)}
            originPercent={100 / 3}
          />
        </>
      )}
      {logE === null && limit !== null && <RailGauge value={value} limit={limit} isShare={of !== 'query'} />}
      <p className="text-ink-muted">{lackText({ missingSamples, detectableFactor })}</p>
    </div>
  );
}

function RailGauge({ value, limit, isShare }: { value: number | null; limit: number; isShare: boolean }) {
  const text = isShare ? shareText : figureText;
  return (
    <>
      <p className="flex justify-between gap-3 tabular-nums">
        <span className="font-medium">{value === null ? 'no value' : text(value)}</span>
        <span className="text-ink-muted">breaks above {text(limit)}</span>
      </p>
      <MeterBar
        label={`${value === null ? 'No value' : text(value)}; the rail breaks above ${text(limit)}`}
        meter={railMeter(value ?? 0, limit)}
        originPercent={0}
      />
    </>
  );
}

/** What it still takes, or what would have been seen. */
function lackText(figures: Pick<Figures, 'missingSamples' | 'detectableFactor'>): string {
  if (figures.missingSamples > 0) return `${countText(figures.missingSamples)} more canary requests needed`;
  return figures.detectableFactor === null
    ? ''
    : `An increase of ×${figureText(figures.detectableFactor)} would have been seen with 80 %.`;
}
