import type { Context } from './context.ts';
import type { HeaderReader } from './http/request-context.ts';
import type { SignInPage } from './sessions/sign-in-page.ts';
import type { appRouter } from './trpc/root.ts';

/** What the running server gives to pages through `globalThis[Symbol.for('fairlead')]`. */
export type Fairlead = {
  readonly appRouter: typeof appRouter;
  readonly contextFor: (header: HeaderReader) => Promise<Context>;
  /** True over plain http, for the banner that says so. */
  readonly insecure: boolean;
  readonly needsSetUp: () => Promise<boolean>;
  /** Before anybody is signed in; `flowId` is the ended sign-in that the address names, shown to its own browser only. */
  readonly signInPage: (header: HeaderReader, flowId: string | null) => Promise<SignInPage>;
};
