import * as z from 'zod';
import { EgressError } from '../egress/egress-error.ts';
import type { EgressClient } from '../egress/request.ts';
import type { NoEvidence } from './metrics.ts';

/** Series that one query may give; an answer that Prometheus cut to it is no evidence. */
const maxSeries = 5_000;
const maxAnswerBytes = 8 * 1024 * 1024;
const queryTimeoutMs = 8_000;
const clientTimeoutMs = 10_000;

/** Names of labels to values, and [Unix seconds, number as text] pairs, as the HTTP API gives them. */
export type Series = {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [seconds: number, value: string])[];
  /** Of a native histogram, by Unix seconds. */
  readonly histograms?: readonly (readonly [seconds: number, histogram: NativeHistogram])[] | undefined;
};
export type QueryAnswer = { readonly kind: 'series'; readonly series: readonly Series[] } | NoEvidence;

const point = z.tuple([z.number(), z.string()]);
/** Buckets are [which ends are closed, left, right, count]. Source: prometheus.io, querying/api, "Native histograms". */
const nativeSchema = z.object({
  buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).optional(),
});
export type NativeHistogram = z.output<typeof nativeSchema>;
const labels = z.record(z.string(), z.string());
const dataSchema = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: point }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: labels, value: point.optional() })),
  }),
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: labels,
        values: z.array(point).optional(),
        histograms: z.array(z.tuple([z.number(), nativeSchema])).optional(),
      }),
    ),
  }),
]);
const successSchema = z.object({
  status: z.literal('success'),
  data: dataSchema,
  warnings: z.array(z.string()).optional(),
});
const failureSchema = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

export function noEvidence(reason: NoEvidence['reason'], message: string): NoEvidence {
  return { kind: 'noEvidence', reason, message };
}

function fromEgress(error: EgressError): NoEvidence {
  switch (error.reason) {
    case 'timeout':
      return noEvidence('timeout', `The metrics source did not answer in time: ${error.message}`);
    case 'tooLarge':
      return noEvidence('tooLarge', `The metrics source sent too much: ${error.message}`);
    case 'badUrl':
    case 'schemeRefused':
    case 'portRefused':
    case 'originRefused':
    case 'addressRefused':
      return noEvidence('refused', `The metrics source may not be called: ${error.message}`);
    case 'redirect':
      return noEvidence(
        'refused',
        'The metrics source answers with a redirect, as the sign-in page of Grafana does; give the address of Prometheus itself.',
      );
    case 'nameUnknown':
    case 'tls':
    case 'unreachable':
      return noEvidence('unreachable', `The metrics source cannot be reached: ${error.message}`);
  }
}

/** JSON.parse throws RangeError on absurd depth as well as SyntaxError; both mean that this is not an answer. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const noApi =
  'give the base under which /api/v1/query lies, such as http://prometheus:9090 or http://mimir/prometheus.';

function httpFailure(
  status: number,
  body: unknown,
  { target, text }: { target: PrometheusTarget; text: string },
): NoEvidence {
  const failure = failureSchema.safeParse(body);
  const words = failure.success
    ? `: ${redacted(`${failure.data.errorType}: ${failure.data.error.slice(0, 500)}`, target)}`
    : '.';
  if (failure.success && failure.data.errorType === 'timeout')
    return noEvidence('timeout', `Prometheus gave up the query after ${queryTimeoutMs / 1000} s${words}`);
  if (/no org id/i.test(text.slice(0, 2_000)))
    return noEvidence('refused', `The metrics source asks for a tenant (${status}): set its tenant header.`);
  if (status === 401)
    return noEvidence(
      'refused',
      target.secrets.length === 0
        ? 'The metrics source asks for a sign-in (401), and no secret is set for it.'
        : 'The metrics source does not accept the secret (401): store the right one.',
    );
  if (status === 403)
    return noEvidence(
      'refused',
      'The metrics source does not allow these queries (403): its right to read, or the tenant, is missing.',
    );
  if (status === 404 && !failure.success)
    return noEvidence('refused', `There is no Prometheus API at this address (404): ${noApi}`);
  if (status === 429)
    return noEvidence('unreachable', 'The metrics source is asked too often (429); it is asked again later.');
  if (status >= 500) return noEvidence('unreachable', `Prometheus answered ${status}${words}`);
  return noEvidence('refused', `Prometheus refused the query (${status})${words}`);
}

/** An answer may repeat what it was sent. */
function redacted(text: string, { secrets }: PrometheusTarget): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, '…'), text);
}

function seriesOf(data: z.infer<typeof dataSchema>): QueryAnswer {
  switch (data.resultType) {
    case 'scalar':
      return { kind: 'series', series: [{ labels: {}, points: [data.result] }] };
    case 'vector':
      return {
        kind: 'series',
        series: data.result.map(({ metric, value }) => ({
          labels: metric,
          points: value === undefined ? [] : [value],
        })),
      };
    case 'matrix':
      return {
        kind: 'series',
        series: data.result.map(({ metric, values, histograms }) => ({
          labels: metric,
          points: values ?? [],
          ...(histograms === undefined ? {} : { histograms }),
        })),
      };
  }
}

export type PrometheusTarget = {
  readonly egress: EgressClient;
  /** Base URL without the trailing slash; the API lies below it. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What may never be repeated, whatever the other side says. */
  readonly secrets: readonly string[];
};

/** One query of the Prometheus HTTP API, capped in time, bytes and series; every failure is a typed NoEvidence. */
export async function prometheusQuery(
  target: PrometheusTarget,
  path: 'query' | 'query_range',
  params: Readonly<Record<string, string>>,
): Promise<QueryAnswer> {
  const form = new URLSearchParams({ ...params, timeout: `${queryTimeoutMs}ms`, limit: String(maxSeries) });
  const sent = target.egress.send({
    url: `${target.baseUrl}/api/v1/${path}`,
    method: 'POST',
    headers: { ...target.headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    timeoutMs: clientTimeoutMs,
    maxBytes: maxAnswerBytes,
  });
  const answer = await sent.catch((error: unknown) => {
    if (error instanceof EgressError) return fromEgress(error);
    throw error;
  });
  if ('kind' in answer) return answer;
  const body = parsedJson(answer.text);
  if (answer.status !== 200) return httpFailure(answer.status, body, { target, text: answer.text });
  const success = successSchema.safeParse(body);
  if (!success.success)
    return noEvidence(
      'malformed',
      /^\s*</.test(answer.text)
        ? `The metrics source answers with a web page, not with the Prometheus API: ${noApi}`
        : 'The metrics source did not answer in the form of the Prometheus HTTP API.',
    );
  const truncated = success.data.warnings?.find((warning) => /truncated|limit/i.test(warning));
  if (truncated !== undefined)
    return noEvidence('tooLarge', `Prometheus cut the answer: ${redacted(truncated.slice(0, 500), target)}`);
  return seriesOf(success.data.data);
}
