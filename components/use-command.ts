'use client';
import { type MutationFunction, useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { errorSentence } from './refusal-of.ts';

type Extra = { trpc: { context: { readonly idempotencyKey: string } } };

/** The part of tRPC's mutation options that a command needs. */
type Options<Input, Result> = { readonly mutationFn?: MutationFunction<Result, Input> | undefined };

/**
 * A write from the screen: `useCommand((extra) => trpc.rollouts.pause.mutationOptions(extra), { onDone })`. One
 * idempotency key until the server has answered, so that a double click acts once; `error` is a sentence.
 */
export function useCommand<Input, Result>(
  options: (extra: Extra) => Options<Input, Result>,
  hooks: { onDone?: (result: Result, input: Input) => void } = {},
) {
  const key = useRef<string | null>(null);
  const context = {
    get idempotencyKey() {
      key.current ??= crypto.randomUUID();
      return key.current;
    },
  };
  const { mutationFn } = options({ trpc: { context } });
  const mutation = useMutation<Result, unknown, Input>({
    ...(mutationFn === undefined ? {} : { mutationFn }),
    onSuccess: (result, input) => hooks.onDone?.(result, input),
    onSettled: () => {
      key.current = null;
    },
  });
  return {
    run: (input: Input) => mutation.mutate(input),
    busy: mutation.isPending,
    error: mutation.error === null ? null : errorSentence(mutation.error),
    reset: mutation.reset,
  };
}
