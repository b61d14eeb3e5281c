import { BodyRefused } from './read-body.ts';

/** What KServe's logger tells of one request or answer. */
export type InferenceEvent = {
  readonly id: string;
  readonly side: 'request' | 'response';
  readonly pod: string;
  /** Of an annotation fairlead.dev/revision, when the logger was told to send it. */
  readonly revision: number | null;
  readonly ts: string | null;
  readonly body: Buffer;
};

const types = new Map([
  ['org.kubeflow.serving.inference.request', 'request'],
  ['org.kubeflow.serving.inference.response', 'response'],
] as const);

/** A CloudEvent in HTTP binary mode; throws BodyRefused with a sentence for anything else. */
export function inferenceEvent(header: (name: string) => string | undefined, body: Buffer): InferenceEvent {
  const [id, type, source] = [header('ce-id'), header('ce-type'), header('ce-source')];
  if (!id || type === undefined || source === undefined)
    throw new BodyRefused(400, 'This takes CloudEvents in binary mode, with ce-id, ce-type and ce-source.');
  const side = types.get(type as 'org.kubeflow.serving.inference.request');
  if (side === undefined)
    throw new BodyRefused(400, 'ce-type is neither that of an inference request nor of a response.');
  const pod =
    source
      .split('/')
      .filter((part) => part !== '')
      .at(-1) ?? '';
  return {
    id,
    side,
    pod,
    revision: revisionOf(header('ce-annotations')),
    ts: header('ce-time') ?? null,
    body,
  };
}

function revisionOf(annotations: string | undefined): number | null {
  try {
    const parsed = JSON.parse(annotations ?? '{}') as Record<string, unknown>;
    const number = Number(parsed['fairlead.dev/revision']);
    return Number.isSafeInteger(number) && number > 0 ? number : null;
  } catch {
    return null;
  }
}
