import type { ReactNode } from 'react';
import { formatNumber, formatSigned } from '../../domain/number-format.ts';
import { classNames } from './class-names.ts';
import { type Tone, toneClasses } from './tone.ts';

type StatProps = {
  label: string;
  value: ReactNode;
  unit?: string | undefined;
  delta?: ReactNode | undefined;
  hint?: ReactNode | undefined;
  tone?: Tone | undefined;
};

export function Stat({ label, value, unit, delta, hint, tone }: StatProps) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 bg-surface px-4 py-3">
      <span className="text-ink-muted text-xs">{label}</span>
      <span className="flex flex-wrap items-baseline gap-x-1.5 tabular-nums">
        <span className={classNames('font-semibold text-xl tracking-tight', tone && toneClasses[tone].text)}>
          {value}
        </span>
        {unit !== undefined && <span className="text-ink-muted">{unit}</span>}
        {delta}
      </span>
      {hint !== undefined && <span className="text-ink-muted text-xs">{hint}</span>}
    </div>
  );
}

export function StatRow({ children }: { children: ReactNode }) {
  return (
    <div className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line shadow-panel sm:auto-cols-fr sm:grid-flow-col sm:grid-cols-none">
      {children}
    </div>
  );
}

type DeltaProps = {
  value: number;
  format?: ((size: number) => string) | undefined;
  goodWhen?: 'up' | 'down' | 'neutral' | undefined;
};

export function Delta({ value, format = formatNumber, goodWhen = 'neutral' }: DeltaProps) {
  const isGood = goodWhen === 'up' ? value > 0 : value < 0;
  const tone: Tone = goodWhen === 'neutral' || value === 0 ? 'neutral' : isGood ? 'ok' : 'bad';
  return (
    <span className={classNames('font-medium text-xs', toneClasses[tone].text)}>
      {formatSigned(value, format)}
    </span>
  );
}
