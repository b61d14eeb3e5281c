import type { ServerMetadata } from 'openid-client';
import { validate } from 'uuid';
import type { Database } from '../../db/client.ts';
import { DomainError, type Refusal, refusal } from '../../domain/refusal.ts';
import { log } from '../log.ts';
import { discovered } from '../oidc/configuration.ts';
import { type StoredProvider, storedProvider } from '../rows/identity-provider.ts';
import { flowMinutes, flowProblem } from './provider-flow.ts';

/** What the sign-in page shows to somebody who is not signed in. */
export type SignInPage = {
  readonly provider: {
    readonly name: string;
    /** Why it cannot be used right now; the local form is shown then. */
    readonly problem: Refusal | null;
    /** Where a person signs out of the provider as well; null when it offers no such address. */
    readonly signOutUrl: string | null;
  } | null;
  readonly hideLocalForm: boolean;
  /** How the sign-in ended that brought the browser here. */
  readonly problem: Refusal | null;
};

type Question = {
  readonly db: Database;
  readonly publicUrl: string;
  readonly flowId: string | null;
  /** Secret of the browser's sign-in cookie. */
  readonly browser: string | null;
};

/** Asks the provider for its discovery document (kept for a while), so that the page says at once when it is down. */
export async function signInPage(question: Question): Promise<SignInPage> {
  const stored = await storedProvider(question.db);
  const problem = await endedFlow(question);
  if (stored?.enabled !== true) return { provider: null, hideLocalForm: false, problem };
  const standing = await standingOf(question, stored);
  return {
    provider: { name: stored.name, ...standing },
    hideLocalForm: stored.hideLocalForm && standing.problem === null,
    problem,
  };
}

async function standingOf({ db, publicUrl }: Question, stored: StoredProvider) {
  try {
    const metadata = await discovered(db, stored);
    return { problem: null, signOutUrl: signOutUrl(metadata, { publicUrl, clientId: stored.clientId }) };
  } catch (error) {
    if (error instanceof DomainError) return { problem: error.refusal, signOutUrl: null };
    log.error({ error }, 'The identity provider could not be looked at.');
    return {
      problem: refusal({ code: 'providerUnreachable', message: `${stored.name} cannot be asked right now.` }),
      signOutUrl: null,
    };
  }
}

/** RP-initiated logout without an ID token hint: the provider asks the person, which is what an offer is. */
function signOutUrl(
  metadata: ServerMetadata,
  { publicUrl, clientId }: { publicUrl: string; clientId: string },
): string | null {
  const { end_session_endpoint: endpoint } = metadata;
  if (endpoint === undefined || !/^https?:/.test(endpoint)) return null;
  const url = new URL(endpoint);
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('post_logout_redirect_uri', `${publicUrl}/sign-in`);
  return url.href;
}

async function endedFlow({ db, publicUrl, flowId, browser }: Question): Promise<Refusal | null> {
  if (flowId === null) return null;
  const found = browser === null || !validate(flowId) ? null : await flowProblem(db, { id: flowId, browser });
  return (
    found ??
    refusal({
      code: 'unauthenticated',
      message: `This sign-in was not begun in this browser, was used already, or took longer than ${flowMinutes} minutes.`,
      fix: `Begin it at ${publicUrl}.`,
    })
  );
}
