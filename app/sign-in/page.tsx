import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignInCard } from '../../components/sessions/sign-in-card.tsx';
import { returnPath } from '../../domain/return-path.ts';
import { context, signInPage } from '../trpc.tsx';

export const metadata: Metadata = { title: 'Sign in' };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SignInPage({ searchParams }: Props) {
  const asked = await searchParams;
  const text = (name: string) => {
    const value = asked[name];
    return typeof value === 'string' ? value : null;
  };
  const returnTo = returnPath(text('return'));
  if ((await context()).principal !== null) redirect(returnTo);
  return (
    <SignInCard
      {...(await signInPage(text('flow')))}
      returnTo={returnTo}
      showLocalForm={text('local') !== null}
      signedOut={text('signed-out') !== null}
    />
  );
}
