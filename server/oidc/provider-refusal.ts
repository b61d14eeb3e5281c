import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import { clockSkewSentence, clockToleranceSeconds, skewSeconds } from '../../domain/clock-skew.ts';
import { DomainError } from '../../domain/refusal.ts';
import { EgressError } from '../egress/egress-error.ts';
import { log } from '../log.ts';

type At = {
  /** The provider's name on the button. */
  readonly name: string;
  readonly now: Date;
};

const again = 'Start the sign-in again.';
const askAdmin = 'Ask an admin of the instance to look at Settings → Sign-in.';

/** Turns whatever openid-client threw into one sentence; what nobody foresaw is logged and told by its code. */
export function providerRefusal(error: unknown, at: At): DomainError {
  if (error instanceof DomainError) return error;
  const chain = causesOf(error);
  const found =
    networkRefusal(chain, at) ??
    answerRefusal(chain, at) ??
    timeRefusal(chain, at) ??
    tokenRefusal(chain, at) ??
    documentRefusal(chain, at);
  if (found !== null) return found;
  log.warn({ error }, 'An answer of the identity provider could not be used.');
  return refused(
    `The answer of ${at.name} cannot be used${codeOf(chain)}.`,
    'Fairlead wrote the reason to its log.',
  );
}

function refused(message: string, fix: string): DomainError {
  return new DomainError({ code: 'providerRefused', message, fix });
}

/** The error and its causes, outermost first; causes may also be plain objects. */
function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let next = error; next !== undefined && next !== null && chain.length < 8; ) {
    chain.push(next);
    next = next instanceof Error ? next.cause : undefined;
  }
  return chain;
}

function codeOf(chain: readonly unknown[]): string {
  const codes = chain.map((each) => member(each, 'code')).filter((code) => typeof code === 'string');
  return codes[0] === undefined ? '' : ` (${codes[0]})`;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function networkRefusal(chain: readonly unknown[], { name }: At): DomainError | null {
  const egress = chain.find((each) => each instanceof EgressError);
  const isSlow = chain.some((each) => member(each, 'code') === 'OAUTH_TIMEOUT');
  if (egress === undefined && !isSlow) return null;
  const isBlocked = egress?.reason === 'addressRefused' || egress?.reason === 'portRefused';
  return new DomainError({
    code: 'providerUnreachable',
    message: `${name} cannot be asked: ${egress?.message ?? 'it did not answer in time.'}`,
    fix: isBlocked
      ? 'An admin of the instance allows its host under Settings → Private hosts.'
      : 'Try again in a moment, or sign in with a local account.',
  });
}

/** Text of a provider as it may stand in a sentence: short, one line. */
function quoted(text: string | undefined): string {
  const tidy = (text ?? '').replace(/[\p{Cc}"]+/gu, ' ').trim();
  return tidy === '' ? '' : `: "${tidy.slice(0, 200)}"`;
}

/** What the provider itself answered with `error=…`, to the browser or to the exchange of the code. */
function answerRefusal(chain: readonly unknown[], { name }: At): DomainError | null {
  for (const each of chain) {
    if (each instanceof AuthorizationResponseError)
      return refused(
        `${name} did not let you in (${each.error.slice(0, 60)})${quoted(each.error_description)}.`,
        each.error === 'access_denied' ? 'Allow it there, or ask who runs the provider.' : again,
      );
    if (!(each instanceof ResponseBodyError)) continue;
    if (each.error === 'invalid_grant')
      return refused(`The answer of ${name} was used already, or it took too long.`, again);
    if (each.error === 'invalid_client' || each.error === 'unauthorized_client')
      return refused(`${name} does not accept the client id or secret that Fairlead sends.`, askAdmin);
    return refused(
      `${name} refused the exchange (${each.error.slice(0, 60)})${quoted(each.error_description)}.`,
      askAdmin,
    );
  }
  return null;
}

/** Expired or not yet valid: with clocks that differ, the sentence names both. */
function timeRefusal(chain: readonly unknown[], { name, now }: At): DomainError | null {
  const isTime = chain.some((each) => member(each, 'code') === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED');
  if (!isTime) return null;
  const claims = chain.map((each) => member(each, 'claims')).find((each) => each !== undefined);
  return tokenTimeRefusal(claims, { name, now }) ?? tokenExpired(name);
}

function tokenExpired(name: string): DomainError {
  return new DomainError({
    code: 'clockSkew',
    message: `The ID token of ${name} has expired or is not valid yet, although the clocks agree.`,
    fix: 'Ask whoever runs the provider how long its ID tokens live.',
  });
}

/** Why a token that was issued just now is refused for its time, or null: the provider's clock is the time of issue. */
export function tokenTimeRefusal(claims: unknown, { name, now }: At): DomainError | null {
  const times = [member(claims, 'iat'), member(claims, 'nbf')].filter((at) => typeof at === 'number');
  const skewed = times
    .map((at) => new Date(at * 1000))
    .find((theirs) => Math.abs(skewSeconds({ theirs, ours: now })) > clockToleranceSeconds);
  if (skewed === undefined) return null;
  return new DomainError({
    code: 'clockSkew',
    message: clockSkewSentence({ whose: name, theirs: skewed, ours: now }),
    fix: 'Let both follow the same time source (NTP).',
  });
}

const claimWords: Readonly<Record<string, string>> = {
  nonce: 'its nonce is not that of this sign-in',
  aud: 'it is for another client',
  azp: 'it is for another client',
  iss: 'it comes from another issuer',
};

function tokenRefusal(chain: readonly unknown[], { name }: At): DomainError | null {
  const messages = chain.map((each) => (each instanceof Error ? each.message : '')).join(' ');
  const claim = chain.map((each) => member(each, 'claim')).find((each) => typeof each === 'string');
  const words = claim === undefined ? undefined : claimWords[String(claim)];
  if (words !== undefined) return refused(`The ID token of ${name} is refused: ${words}.`, again);
  if (/response parameter "iss"|"iss" \(issuer\) response parameter/.test(messages))
    return refused(`The answer does not come from ${name}: it names another issuer, or none.`, again);
  if (/signature verification failed|verification key/.test(messages))
    return refused(`The ID token of ${name} is refused: its signature is not one of ${name}'s keys.`, again);
  if (/"alg" header|JWS algorithm/.test(messages))
    return refused(`The ID token of ${name} is refused: it is not signed as the provider says.`, askAdmin);
  return null;
}

/** What is wrong with a document that the provider serves. */
function documentRefusal(chain: readonly unknown[], { name }: At): DomainError | null {
  const issuer = chain.find((each) => member(each, 'attribute') === 'issuer');
  if (issuer !== undefined)
    return refused(
      `${name} calls itself "${String(member(member(issuer, 'body'), 'issuer')).slice(0, 200)}", which is not the issuer given here.`,
      'Copy the issuer exactly as the provider writes it.',
    );
  if (chain.some((each) => member(each, 'attribute') === 'sub'))
    return refused(`The details that ${name} gave are about another person than its ID token.`, again);
  const response = chain.find((each) => each instanceof Response);
  const code = chain.map((each) => member(each, 'code')).find((each) => typeof each === 'string');
  if (response !== undefined && code === 'OAUTH_RESPONSE_IS_NOT_CONFORM')
    return refused(`${name} answered with status ${response.status}.`, 'Check the issuer.');
  if (code === 'OAUTH_RESPONSE_IS_NOT_JSON' || code === 'OAUTH_PARSE_ERROR')
    return refused(`${name} answered with something that is not JSON.`, 'Check the issuer.');
  return null;
}
