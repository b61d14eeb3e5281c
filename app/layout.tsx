import type { Metadata, Viewport } from 'next';
import { cookies, headers } from 'next/headers';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { AppProviders } from '../components/shell/app-providers.tsx';
import { parsePreferences } from '../components/shell/preferences.ts';
import { TrpcProvider } from '../components/trpc-provider.tsx';
import './globals.css';

export const metadata: Metadata = { title: { default: 'Fairlead', template: '%s · Fairlead' } };
export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

/** Awaits the request: a prerendered page would have no nonce. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  const jar = await cookies();
  const nonce = (await headers()).get('x-nonce') ?? '';
  const preferences = parsePreferences((name) => jar.get(name)?.value);
  return (
    <html lang="en" data-theme={preferences.theme} data-density={preferences.density}>
      <body>
        <AppProviders nonce={nonce} preferences={preferences} renderedAtMs={Date.now()}>
          <TrpcProvider>{children}</TrpcProvider>
        </AppProviders>
      </body>
    </html>
  );
}
