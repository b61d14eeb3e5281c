import { DomainError } from '../../domain/refusal.ts';
import type { OtlpAnswer } from './take-otlp.ts';

export const protobufType = 'application/x-protobuf';

/** A message as name → [number, type], a list when it is `repeated`. */
type Fields = Readonly<Record<string, readonly [number, string, 'repeated'?]>>;

/**
 * What is read of an export, by the numbers of its fields; all else is passed over. Source: open-telemetry/opentelemetry-proto
 * v1, collector/metrics, metrics, resource and common.
 */
const messages: Readonly<Record<string, Fields>> = {
  Request: { resourceMetrics: [1, 'ResourceMetrics', 'repeated'] },
  ResourceMetrics: { resource: [1, 'Resource'], scopeMetrics: [2, 'ScopeMetrics', 'repeated'] },
  Resource: { attributes: [1, 'KeyValue', 'repeated'] },
  KeyValue: { key: [1, 'string'], value: [2, 'AnyValue'] },
  AnyValue: { stringValue: [1, 'string'], intValue: [3, 'int64'] },
  ScopeMetrics: { metrics: [2, 'Metric', 'repeated'] },
  Metric: {
    name: [1, 'string'],
    histogram: [9, 'Histogram'],
    exponentialHistogram: [10, 'ExponentialHistogram'],
  },
  Histogram: { dataPoints: [1, 'Point', 'repeated'], aggregationTemporality: [2, 'int32'] },
  Point: {
    timeUnixNano: [3, 'fixed64'],
    bucketCounts: [6, 'fixed64', 'repeated'],
    explicitBounds: [7, 'double', 'repeated'],
    attributes: [9, 'KeyValue', 'repeated'],
  },
  ExponentialHistogram: {
    dataPoints: [1, 'ExponentialPoint', 'repeated'],
    aggregationTemporality: [2, 'int32'],
  },
  ExponentialPoint: {
    attributes: [1, 'KeyValue', 'repeated'],
    timeUnixNano: [3, 'fixed64'],
    scale: [6, 'sint32'],
    zeroCount: [7, 'fixed64'],
    positive: [8, 'Buckets'],
    negative: [9, 'Buckets'],
    zeroThreshold: [14, 'double'],
  },
  Buckets: { offset: [1, 'sint32'], bucketCounts: [2, 'uint64', 'repeated'] },
  Response: { partialSuccess: [1, 'PartialSuccess'] },
  PartialSuccess: { rejectedDataPoints: [1, 'int64'], errorMessage: [2, 'string'] },
  // google.rpc.Status: how OTLP over HTTP tells errors.
  Status: { code: [1, 'int32'], message: [2, 'string'] },
};

/** Reads exports and writes answers in OTLP's binary form. */
export type OtlpProtobuf = {
  /** The export as OTLP's JSON has it; throws invalidInput for other bytes. */
  readonly read: (body: Buffer) => unknown;
  readonly answer: (answer: OtlpAnswer) => Uint8Array<ArrayBuffer>;
  readonly error: (message: string) => Uint8Array<ArrayBuffer>;
};

let opened: Promise<OtlpProtobuf> | null = null;

/** The library is loaded by the first export that needs it. */
export function otlpProtobuf(): Promise<OtlpProtobuf> {
  opened ??= open();
  return opened;
}

async function open(): Promise<OtlpProtobuf> {
  const { default: protobuf } = await import('protobufjs/light.js');
  const nested = Object.entries(messages).map(([name, fields]) => [
    name,
    {
      fields: Object.fromEntries(
        Object.entries(fields).map(([field, [id, type, rule]]) => [
          field,
          rule === undefined ? { id, type } : { id, type, rule },
        ]),
      ),
    },
  ]);
  const root = protobuf.Root.fromJSON({ options: { syntax: 'proto3' }, nested: Object.fromEntries(nested) });
  const request = root.lookupType('Request');
  const written = (name: string, value: object) =>
    Uint8Array.from(root.lookupType(name).encode(root.lookupType(name).fromObject(value)).finish());
  return {
    read: (body) => {
      try {
        return request.toObject(request.decode(body), { longs: String, arrays: true });
      } catch {
        throw new DomainError({
          code: 'invalidInput',
          message: 'The body is no ExportMetricsServiceRequest in protobuf.',
        });
      }
    },
    answer: (answer) => written('Response', answer),
    error: (message) => written('Status', { message }),
  };
}
