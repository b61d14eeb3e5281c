import * as z from 'zod';
import { type KubernetesObject, kubernetesObjectSchema, type WatchedKind } from './kubernetes-objects.ts';

/** A line is one event with one object of at most 1.5 MB, or somewhat more after defaulting. */
const maxLineLength = 8 * 1024 * 1024;

export type WatchEvent =
  | { readonly type: 'put' | 'remove'; readonly object: KubernetesObject }
  | { readonly type: 'bookmark'; readonly resourceVersion: string }
  | { readonly type: 'error'; readonly code: number; readonly message: string }
  | { readonly type: 'malformed' };

const bookmarkSchema = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string().min(1) }) });
const errorSchema = z.looseObject({ code: z.number(), message: z.string().optional() });
const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: kubernetesObjectSchema }),
  z.object({ type: z.literal('BOOKMARK'), object: bookmarkSchema }),
  z.object({ type: z.literal('ERROR'), object: errorSchema }),
]);

/** What the cache keeps of an object. */
export type Trim = (object: KubernetesObject, kind: WatchedKind) => KubernetesObject;

/** What one line of a watch says; a line that cannot be read is malformed, and then nothing after it may be trusted. */
export function watchEvent(line: string, kind: WatchedKind, trim: Trim = slim): WatchEvent {
  const event = eventSchema.safeParse(parsed(line)).data;
  switch (event?.type) {
    case 'ADDED':
    case 'MODIFIED':
      return { type: 'put', object: trim(event.object, kind) };
    case 'DELETED':
      return { type: 'remove', object: trim(event.object, kind) };
    case 'BOOKMARK':
      return { type: 'bookmark', resourceVersion: event.object.metadata.resourceVersion };
    case 'ERROR':
      return { type: 'error', code: event.object.code, message: event.object.message ?? '' };
    case undefined:
      return { type: 'malformed' };
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Pods and endpoint slices are many and only their state is read, so their specs and field owners are not kept. */
export function slim(object: KubernetesObject, kind: WatchedKind): KubernetesObject {
  if (kind !== 'Pod' && kind !== 'EndpointSlice') return object;
  const { managedFields: _owners, ...metadata } = object.metadata;
  const { spec: _spec, ...rest } = object;
  return { ...rest, metadata };
}

/** The lines of a stream as they become complete; calls `onBytes` for every chunk. Throws RangeError for an endless line. */
export async function* streamLines(
  stream: AsyncIterable<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    onBytes();
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = pieces.pop() ?? '';
    if (rest.length > maxLineLength)
      throw new RangeError('A line of the watch is longer than any object may be.');
    for (const piece of pieces) if (piece.trim() !== '') yield piece;
  }
  if (rest.trim() !== '') yield rest;
}
