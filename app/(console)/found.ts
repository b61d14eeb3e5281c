import 'server-only';
import type { FetchQueryOptions, QueryKey } from '@tanstack/react-query';
import { notFound } from 'next/navigation';
import { queryClient } from '../trpc.tsx';

/** Reads what the page is about; ids that do not exist, are no ids, or are not yours end in the same "not found". */
export async function found<Data, Failure, Key extends QueryKey>(
  options: FetchQueryOptions<Data, Failure, Data, Key>,
): Promise<Data> {
  try {
    return await queryClient().fetchQuery({ ...options, retry: false });
  } catch (error) {
    if (isNoSuch(error)) notFound();
    throw error;
  }
}

/** By its code, because the server throws the class of its own copy of the module. */
function isNoSuch(error: unknown): boolean {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'NOT_FOUND' || code === 'BAD_REQUEST';
}
