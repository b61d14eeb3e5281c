import type { Metadata } from 'next';
import { SignInSettings } from '../../../../components/identity-provider/sign-in-settings.tsx';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../../trpc.tsx';
import { permitted } from '../../permitted.ts';

export const metadata: Metadata = { title: 'Sign-in' };

export default async function SignInSettingsPage() {
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  if (await permitted('identityProvider.get', projectId))
    await prefetch(trpc().identityProvider.get.queryOptions());
  return (
    <Hydrate>
      <SignInSettings />
    </Hydrate>
  );
}
