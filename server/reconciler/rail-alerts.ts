import { followAlert } from '../../domain/alert.ts';
import type { RailResult } from '../../domain/running-rail.ts';
import type { AlertChange, OpenAlert } from '../alerts.ts';

/** A broken rail is over when it has held for as long as it looks back. */
const calmMs = 5 * 60_000;

type Seen = {
  readonly open: readonly OpenAlert[];
  readonly results: readonly RailResult[];
  readonly revision: number;
  /** Since when all traffic is this revision's. */
  readonly since: Date | null;
  readonly rollsBack: boolean;
  readonly now: Date;
};

/** What one look at the rails makes of their alerts; one that no rail stands behind any more is over. */
export function railAlerts(seen: Seen): AlertChange[] {
  const watched = new Set(seen.results.map((result) => result.checkId));
  const gone = seen.open
    .filter((alert) => !watched.has(alert.key))
    .map(
      (alert): AlertChange => ({
        kind: 'railBroken',
        key: alert.key,
        severity: 'high',
        open: alert,
        step: { state: null, told: 'ended' },
        sentence: 'What serves now has no such rail.',
        figures: { checkId: alert.key },
        notice: null,
      }),
    );
  return [...seen.results.map((result) => changeOf(result, seen)), ...gone];
}

function changeOf(result: RailResult, { open, revision, since, rollsBack, now }: Seen): AlertChange {
  const found = open.find((alert) => alert.key === result.checkId) ?? null;
  const sighting = result.verdict === 'fail' ? 'bad' : result.verdict === 'pass' ? 'calm' : 'unknown';
  const { checkId, sentence, value, limit, requests, bad, spanMs } = result;
  const sinceFinishedMs = since === null ? 0 : now.getTime() - since.getTime();
  return {
    kind: 'railBroken',
    key: checkId,
    severity: 'high',
    open: found,
    step: followAlert(found, sighting, { now, calmMs }),
    sentence,
    figures: { checkId, value, limit, requests, bad, spanMs },
    notice: (place) => ({
      kind: 'railBroken',
      ...place,
      revision,
      verdict: sentence.replace(/^Rail broken: /, ''),
      sinceFinishedMs,
      rollsBack,
    }),
  };
}
