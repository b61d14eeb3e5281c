import { jsonOf } from '../json-of.ts';
import { BodyRefused } from '../read-body.ts';
import type { LogRecord } from './kafka-log.ts';

type Event = { readonly header: (name: string) => string | undefined; readonly body: Buffer };

/**
 * A record that is a CloudEvent, as an HTTP one: in binary mode its attributes are headers `ce_…`, in structured mode all
 * of it is JSON (Kafka protocol binding of CloudEvents 1.0, §3). Throws a sentence for anything else.
 */
export function cloudEventHeader({ headers, value }: LogRecord): Event {
  const body = value ?? Buffer.alloc(0);
  if (!(headers.get('content-type') ?? '').startsWith('application/cloudevents+json'))
    return { header: (name) => headers.get(name.replace(/^ce-/, 'ce_')), body };
  const event = jsonOf(body);
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw new BodyRefused(400, 'The record is no CloudEvent.');
  const attributes: Readonly<Record<string, unknown>> = { ...event };
  return {
    header: (name) => textOf(attributes[name.replace(/^ce-/, '')]),
    body: Buffer.from(
      typeof attributes.data_base64 === 'string'
        ? Buffer.from(attributes.data_base64, 'base64')
        : JSON.stringify(attributes.data ?? null),
    ),
  };
}

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null
    ? undefined
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
