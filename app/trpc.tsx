import 'server-only';
import { dehydrate, HydrationBoundary } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache, type ReactNode } from 'react';
import { createQueryClient } from '../components/query-client.ts';
import { returnPath } from '../domain/return-path.ts';
import type { Fairlead } from '../server/fairlead.ts';
import type { SignInPage } from '../server/sessions/sign-in-page.ts';

/** Next evaluates its own copy of every module, so the running server hands over its router and contexts by a global symbol. */
function running(): Fairlead {
  const found = (globalThis as Record<symbol, unknown>)[Symbol.for('fairlead')] as Fairlead | undefined;
  if (found === undefined) throw new Error('These pages are served by server/main.ts: run npm start.');
  return found;
}

export const queryClient = cache(createQueryClient);

/** The request's caller with its roles; read once per request. */
export const context = cache(async () => {
  const list = await headers();
  return await running().contextFor((name) => list.get(name));
});

/** The same option makers that components use, answered in this process. */
export const trpc = cache(() =>
  createTRPCOptionsProxy({ ctx: context, router: running().appRouter, queryClient }),
);

type Prefetchable = { readonly queryKey: readonly unknown[]; readonly queryFn?: unknown };

/** Reads before the page is rendered, so that the browser finds the answers in the HTML; a refusal is left to the component. */
export async function prefetch(...options: readonly Prefetchable[]): Promise<void> {
  // A page is rendered beside the layout that sends a stranger away, and must not fail first.
  if ((await context()).principal === null) return;
  const client = queryClient();
  await Promise.all(
    options.map((option) => client.prefetchQuery(option as Parameters<typeof client.prefetchQuery>[0])),
  );
}

export function Hydrate({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(queryClient())}>{children}</HydrationBoundary>;
}

/** True over plain http, for the banner that says so. */
export function insecure(): boolean {
  return running().insecure;
}

/** True while nobody is registered. */
export async function needsSetUp(): Promise<boolean> {
  return await running().needsSetUp();
}

/** Leads whoever is not signed in to the sign-in page and from there back to the page that was asked for. */
export async function leadToSignIn(): Promise<never> {
  const path = returnPath((await headers()).get('x-fairlead-path'));
  redirect(path === '/' ? '/sign-in' : `/sign-in?return=${encodeURIComponent(path)}`);
}

/** What the sign-in page shows. */
export async function signInPage(flowId: string | null): Promise<SignInPage> {
  const list = await headers();
  return await running().signInPage((name) => list.get(name), flowId);
}

/** Id of the project that the switcher shows; null without any. Pages use it to read ahead. */
export const currentProjectId = cache(async (): Promise<string | null> => {
  if ((await context()).principal === null) return await leadToSignIn();
  const projects = await queryClient().fetchQuery(trpc().projects.list.queryOptions());
  const wanted = (await cookies()).get('project')?.value;
  return (projects.find((project) => project.id === wanted) ?? projects[0])?.id ?? null;
});
