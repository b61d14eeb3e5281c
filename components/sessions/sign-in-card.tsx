'use client';
import { useState } from 'react';
import type { SignInPage } from '../../server/sessions/sign-in-page.ts';
import { AuthCard } from '../shell/auth-card.tsx';
import { Banner } from '../ui/banner.tsx';
import { TextLink } from '../ui/link.tsx';
import { ProviderButton } from './provider-button.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { useLinkSignIn } from './use-link-sign-in.ts';

type Props = SignInPage & {
  readonly returnTo: string;
  readonly showLocalForm: boolean;
  /** A session that began at the provider has just ended here. */
  readonly signedOut: boolean;
};

/** Everything before the console: the identity provider's button, the local form, and how the last try ended. */
export function SignInCard({ provider, problem, returnTo, signedOut, ...local }: Props) {
  const linkProblem = useLinkSignIn(returnTo);
  const [isNeeded, setNeeded] = useState(false);
  const showsForm = provider === null || !local.hideLocalForm || local.showLocalForm || isNeeded;
  return (
    <AuthCard title="Sign in to Fairlead">
      {linkProblem !== null && <Banner tone="bad" title={linkProblem} />}
      {problem !== null && (
        <Banner tone="bad" title={problem.message}>
          {problem.fix}
          <OtherAccount provider={provider} />
        </Banner>
      )}
      {signedOut && problem === null && (
        <Banner tone="info" title="You are signed out of Fairlead.">
          <SignOutThere provider={provider} words={`Sign out of ${provider?.name} too`} />
        </Banner>
      )}
      {provider !== null && (
        <div className="flex flex-col gap-4">
          {provider.problem !== null && (
            <Banner tone="warn" title={provider.problem.message}>
              Local accounts work meanwhile.
            </Banner>
          )}
          <ProviderButton name={provider.name} returnTo={returnTo} onProblem={() => setNeeded(true)} />
        </div>
      )}
      {showsForm ? (
        <>
          {provider !== null && <p className="text-ink-muted text-xs">Or with a local account</p>}
          <SignInForm returnTo={returnTo} isSecond={provider !== null} />
        </>
      ) : (
        <p className="text-xs">
          <TextLink href={`/sign-in?local=1&return=${encodeURIComponent(returnTo)}`}>
            Sign in with a local account
          </TextLink>
        </p>
      )}
    </AuthCard>
  );
}

type ThereProps = { readonly provider: SignInPage['provider'] };

/** The provider remembers who is signed in there, and would send the same person again. */
function OtherAccount({ provider }: ThereProps) {
  if (provider?.signOutUrl == null) return null;
  return (
    <p>
      <SignOutThere provider={provider} words={`Sign out of ${provider.name} to come as somebody else`} />
    </p>
  );
}

function SignOutThere({ provider, words }: ThereProps & { words: string }) {
  if (provider?.signOutUrl == null) return null;
  // In this tab: the provider sends the browser back here.
  return (
    <a className="text-accent underline underline-offset-3" href={provider.signOutUrl}>
      {words}
    </a>
  );
}
