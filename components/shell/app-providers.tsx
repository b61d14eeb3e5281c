'use client';

import { setNonce } from 'get-nonce';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { ToastProvider } from '../ui/toast.tsx';
import type { Preferences } from './preferences.ts';
import { PreferencesProvider } from './preferences-context.tsx';

type AppProvidersProps = {
  nonce: string | undefined;
  preferences: Preferences;
  renderedAtMs: number;
  children: ReactNode;
};

/** What every page needs once, the sign-in page as well as the console. */
export function AppProviders({ nonce, preferences, renderedAtMs, children }: AppProvidersProps) {
  // Radix locks scrolling through a style element, which the CSP refuses without this; on the server it would be shared by requests.
  if (nonce !== undefined && typeof document !== 'undefined') setNonce(nonce);
  return (
    <NuqsAdapter>
      <PreferencesProvider initial={preferences} renderedAtMs={renderedAtMs}>
        <Tooltip.Provider delayDuration={300} skipDelayDuration={200}>
          <ToastProvider>{children}</ToastProvider>
        </Tooltip.Provider>
      </PreferencesProvider>
    </NuqsAdapter>
  );
}
