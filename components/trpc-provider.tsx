'use client';
import './zod-without-eval.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink, httpLink, splitLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { type ReactNode, useState } from 'react';
import superjson from 'superjson';
import type { AppRouter } from '../server/trpc/root.ts';
import { createQueryClient } from './query-client.ts';

const { TRPCProvider, useTRPC: useTrpc, useTRPCClient: useTrpcClient } = createTRPCContext<AppRouter>();

export { useTrpc, useTrpcClient };

/** Reads go in one batch; writes, each with its own idempotency key, and reads that may take long go one by one. */
function createClient() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type, context }) => type === 'mutation' || context['alone'] === true,
        true: httpLink({
          url: '/api/trpc',
          transformer: superjson,
          methodOverride: 'POST',
          headers: ({ op }) => {
            const key = op.context['idempotencyKey'];
            return typeof key === 'string' ? { 'idempotency-key': key } : {};
          },
        }),
        // Reads are sent as POST: a preview carries a whole pod template, which no URL holds.
        false: httpBatchLink({
          url: '/api/trpc',
          transformer: superjson,
          maxItems: 20,
          methodOverride: 'POST',
        }),
      }),
    ],
  });
}

export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [client] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
