import type * as z from 'zod';
import type { promotionResponse, rolloutResponse } from '../rest/schemas.ts';
import type { Console } from './console-api.ts';
import { type ExitCode, exitCode } from './exit-code.ts';

type Promotion = z.output<typeof promotionResponse>;
type Rollout = z.output<typeof rolloutResponse>;
type Reason = { readonly code: string; readonly message: string; readonly fix: string | null };

/** Where a promotion stands, from its request to the end of its rollout; the shape of `--json`. */
export type Standing = {
  readonly promotionId: string;
  readonly url: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** The state of the request until its rollout starts, then the phase of the rollout. */
  readonly state: Exclude<Promotion['state'], 'started'> | Rollout['phase'];
  readonly ended: boolean;
  readonly signaturesMissing: number;
  readonly rolloutId: string | null;
  readonly weightPercent: number | null;
  readonly step: string | null;
  /** Why it waits, or why it ended otherwise than asked. */
  readonly reasons: readonly Reason[];
};

/** Reads the promotion and, once it has started, its rollout. */
export async function readStanding(console: Console, promotionId: string): Promise<Standing> {
  const promotion = await console.get<Promotion>(`/promotions/${encodeURIComponent(promotionId)}`);
  const { rolloutId } = promotion;
  const rollout = rolloutId === null ? null : await console.get<Rollout>(`/rollouts/${rolloutId}`);
  return standingOf(console.url, promotion, rollout);
}

function standingOf(url: string, promotion: Promotion, rollout: Rollout | null): Standing {
  const { id, service, environment, to, signaturesMissing, rolloutId, state } = promotion;
  const about = {
    promotionId: id,
    url: `${url}/promotions/${id}`,
    service: service.name,
    environment: environment.name,
    version: `${to.modelName} ${to.versionNumber}`,
    signaturesMissing,
    rolloutId,
  };
  if (rollout === null) {
    // For a moment a started promotion may be read before its rollout.
    const shown = state === 'started' ? 'approved' : state;
    const ended = shown !== 'open' && shown !== 'approved';
    const reasons = ended ? endReasons(promotion) : promotion.blockers;
    return { ...about, state: shown, ended, weightPercent: null, step: null, reasons: reasons.map(reasonOf) };
  }
  const { phase, weightPercent, stepIndex, stepCount, blockers, failure, endedAt } = rollout;
  const reasons = failure === null ? blockers : [failure, ...blockers];
  return {
    ...about,
    state: phase,
    ended: endedAt !== null,
    weightPercent,
    step: phase === 'stepping' ? `${stepIndex + 1} of ${stepCount}` : null,
    reasons: reasons.map(reasonOf),
  };
}

function endReasons({ outcome, signatures }: Promotion): Reason[] {
  const rejection = signatures.find((signature) => signature.decision === 'reject');
  const said =
    rejection === undefined || rejection.comment === ''
      ? []
      : [{ code: 'rejected', message: `${rejection.principal.name}: ${rejection.comment}`, fix: null }];
  return outcome === null ? said : [...said, outcome];
}

function reasonOf({ code, message, fix }: Reason): Reason {
  return { code, message, fix };
}

/** One line for people. */
export function standingText(standing: Standing): string {
  const { version, service, environment, state, weightPercent, step, reasons } = standing;
  const share = weightPercent === null || standing.ended ? '' : ` at ${weightPercent} %`;
  const where = step === null ? '' : `, step ${step}`;
  const why = reasons.map(({ message }) => message).join(' ');
  return `${version} on ${service} in ${environment}: ${stateWords[state]}${share}${where}.${why === '' ? '' : ` ${why}`}`;
}

/** What makes two readings different to a person: not the figures inside of a sentence, which move all the time. */
export function standingKey({ state, weightPercent, step, signaturesMissing, reasons }: Standing): string {
  return JSON.stringify([state, weightPercent, step, signaturesMissing, reasons.map(({ code }) => code)]);
}

const stateWords: Record<Standing['state'], string> = {
  open: 'waits for signatures',
  approved: 'approved, waits for its start',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
  expired: 'expired',
  voided: 'void',
  starting: 'the new revision becomes ready',
  stepping: 'takes traffic',
  finishing: 'takes all traffic, the revision before is still kept',
  rollingBack: 'traffic goes back',
  succeeded: 'live with all traffic',
  rolledBack: 'rolled back',
  aborted: 'aborted',
};

/** The exit code of an end; null while it goes on. */
export function endExit({ state, ended }: Standing): ExitCode | null {
  if (!ended) return null;
  if (state === 'succeeded') return exitCode.ok;
  return state === 'rolledBack' || state === 'aborted' ? exitCode.rolledBack : exitCode.refused;
}
