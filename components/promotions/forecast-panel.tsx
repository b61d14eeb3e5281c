'use client';

import { durationText } from '../../domain/figure-text.ts';
import { formatPercent } from '../../domain/number-format.ts';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { Status } from '../ui/status.tsx';
import type { Tone } from '../ui/tone.ts';
import { forecastTone, suggestionText } from './forecast-words.ts';
import type { Forecast } from './promotion-answers.ts';

type Suggestion = Forecast['suggestions'][number];

type Props = {
  readonly forecast: Forecast;
  /** Left out where the plan can no longer be changed. */
  readonly onTake?: ((suggestion: Suggestion) => void) | undefined;
};

const words: Partial<Record<Tone, string>> = {
  ok: 'The plan is long enough',
  warn: 'The plan is too short',
  neutral: 'Guard rails only',
};

/** How soon harm would be seen at this traffic and plan, and what would make the plan long enough. */
export function ForecastPanel({ forecast, onTake }: Props) {
  const tone = forecastTone(forecast);
  return (
    <Panel title="Would harm be seen?" actions={<Status tone={tone} label={words[tone] ?? ''} />}>
      <div className="flex flex-col gap-3">
        <p>{forecast.sentence}</p>
        {forecast.impossible === null && (
          <ProgressBar
            label="Chance to see a doubling of the error share within the plan"
            value={forecast.probabilityByPlanEnd}
            max={1}
            detail={`${formatPercent(forecast.probabilityByPlanEnd, 0)}, 80 % is wanted`}
            tone={forecast.withinPlan ? 'ok' : 'warn'}
          />
        )}
        {forecast.suggestions.length > 0 && (
          <div className="flex flex-col gap-2">
            <p className="text-ink-muted">Each of these alone would be enough:</p>
            <div className="flex flex-wrap gap-2">
              {forecast.suggestions.map((suggestion) =>
                onTake === undefined ? (
                  <span key={suggestion.kind}>{suggestionText(suggestion)}</span>
                ) : (
                  <Button key={suggestion.kind} size="small" onClick={() => onTake(suggestion)}>
                    {suggestionText(suggestion)}
                  </Button>
                ),
              )}
            </div>
          </div>
        )}
        {forecast.drift.map(({ checkId, sentence }) => (
          <p key={checkId}>{sentence}</p>
        ))}
        {forecast.basedOnMs > 0 && (
          <p className="text-ink-muted text-xs">
            From {durationText(forecast.basedOnMs)} of measured traffic. The analysis fails a version only on
            its own evidence; this forecast decides nothing.
          </p>
        )}
      </div>
    </Panel>
  );
}
