import { logsFix } from '../../domain/cluster-check.ts';
import type { LogQuestion, LogReading } from '../../domain/pod.ts';
import { DomainError } from '../../domain/refusal.ts';
import { EgressError, egressErrorOf } from '../egress/egress-error.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { objectPath } from './kubernetes-objects.ts';
import { podOf, podSelectors } from './kubernetes-pods.ts';
import { readFailure } from './kubernetes-words.ts';

const readTimeoutMs = 10_000;
/** Of one reading, before all but its end is dropped: the API counts a limit from the oldest line, the newest are wanted. */
const mostReadBytes = 16 * 1024 * 1024;
/** What is kept of one line, in characters; nodes split what containers write at 16 KiB. */
const mostLineLength = 16 * 1024;
/** Written between two connections of one follow. */
const mostMissedLines = 5_000;

const titleOf = ({ pod, container, previous }: LogQuestion): string =>
  `logs of ${previous ? 'the previous run of ' : ''}container ${container} of pod ${pod}`;

/** Nobody reads another team's pods by guessing their names: the pod must be one of the service's. */
async function checkPod(api: KubernetesApi, question: LogQuestion): Promise<void> {
  const found = await api.read({ kind: 'Pod', namespace: question.namespace, name: question.pod });
  const pod = found === null ? null : podOf(found);
  const own = podSelectors(question).some((selector) =>
    Object.entries(selector).every(([key, value]) => pod?.labels[key] === value),
  );
  if (pod === null || !own)
    throw new DomainError({
      code: 'notFound',
      message: `Pod ${question.pod} is gone, or is none of ${question.serviceName}.`,
      fix: 'Choose one of the pods that run now; what a pod wrote goes with it.',
    });
  if (!pod.containers.some(({ name }) => name === question.container))
    throw new DomainError({
      code: 'notFound',
      message: `Pod ${question.pod} has no container ${question.container}.`,
      fix: `It has ${pod.containers.map(({ name }) => name).join(', ')}.`,
    });
}

/** A name that cannot be a path is the name of no pod. */
function failureOf(error: unknown, question: LogQuestion, serverUrl: string): DomainError {
  if (error instanceof RangeError) return new DomainError({ code: 'notFound', message: error.message });
  return readFailure(error, { what: titleOf(question), serverUrl, fix: logsFix });
}

async function open(
  api: KubernetesApi,
  question: LogQuestion,
  { follow, signal }: { follow: boolean; signal: AbortSignal },
): Promise<ReadableStream<Uint8Array>> {
  const { namespace, pod, container, previous, tailLines, sinceTime } = question;
  const query = {
    container,
    timestamps: 'true',
    tailLines: String(tailLines),
    ...(previous ? { previous: 'true' } : {}),
    ...(sinceTime === undefined ? {} : { sinceTime }),
    ...(follow ? { follow: 'true' } : { limitBytes: String(mostReadBytes) }),
  };
  return await api.open(`${objectPath('Pod', namespace, pod)}/log`, query, signal);
}

/** The newest bytes of a stream, cut at the start of a line. */
async function newest(stream: ReadableStream<Uint8Array>, mostBytes: number): Promise<LogReading> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let read = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    read += chunk.length;
    while (size - (chunks[0]?.length ?? 0) > mostBytes) size -= chunks.shift()?.length ?? 0;
  }
  const bytes = Buffer.concat(chunks);
  const truncated = bytes.length > mostBytes || read > size || read >= mostReadBytes;
  const kept = bytes.subarray(Math.max(0, bytes.length - mostBytes)).toString('utf8');
  return { text: truncated ? kept.slice(kept.indexOf('\n') + 1) : kept, truncated };
}

/** The last lines of a container of one of the service's pods. */
export async function readLog(
  api: KubernetesApi,
  question: LogQuestion,
  { mostBytes }: { readonly mostBytes: number },
): Promise<LogReading> {
  const abort = new AbortController();
  const late = new EgressError('timeout', `The log did not come within ${readTimeoutMs / 1000} s.`);
  const timer = setTimeout(() => abort.abort(late), readTimeoutMs);
  try {
    await checkPod(api, question);
    const stream = await open(api, question, { follow: false, signal: abort.signal });
    return await newest(stream, mostBytes);
  } catch (error) {
    throw failureOf(abort.signal.aborted ? late : error, question, api.serverUrl);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

/** Complete lines of a stream, a batch per chunk; what a line is longer than is dropped. Throws EgressError when it breaks. */
async function* lineBatches(stream: ReadableStream<Uint8Array>, serverUrl: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of stream) {
      const pieces = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = (pieces.pop() ?? '').slice(0, mostLineLength);
      if (pieces.length > 0) yield pieces.map((piece) => piece.slice(0, mostLineLength));
    }
  } catch (error) {
    throw egressErrorOf(error, new URL(serverUrl).host);
  }
  if (rest !== '') yield [rest];
}

const timeOf = (line: string): string => line.slice(0, line.indexOf(' '));

/** A quiet container sends nothing for minutes; then only the connection has ended, not the log. */
const isQuiet = (error: unknown): boolean => error instanceof EgressError && error.reason === 'timeout';

/** Follows a container until it ends or the signal aborts; a connection that was cut for its silence is opened again. */
export async function* followLog(
  api: KubernetesApi,
  question: LogQuestion,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  let last = '';
  for (;;) {
    // Opened again, it begins with lines of the second in which the last one came.
    const known = last;
    const asked = known === '' ? question : { ...question, tailLines: mostMissedLines, sinceTime: known };
    let opened = false;
    try {
      await checkPod(api, question);
      const stream = await open(api, asked, { follow: true, signal });
      opened = true;
      for await (const lines of lineBatches(stream, api.serverUrl)) {
        last = timeOf(lines.at(-1) ?? '') || last;
        yield known === '' ? lines : lines.filter((line) => timeOf(line) > known);
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!opened || !isQuiet(error)) throw failureOf(error, question, api.serverUrl);
    }
  }
}
