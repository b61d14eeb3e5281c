import { type MetricsSecret, metricsSecretSchema, type PrometheusSource } from '../../domain/environment.ts';
import { openToken, SealError, sealToken } from '../cluster/seal.ts';
import type { PrometheusOptions } from './prometheus.ts';

/** What a sealed secret belongs to: it opens for this owner and this origin alone, so a new address never gets it. */
type Place = { readonly ownerId: string; readonly url: string };

function boundTo({ ownerId, url }: Place): string {
  return `metrics:${ownerId}:${new URL(url).origin}`;
}

export function sealMetricsSecret(workerPublicKey: string, secret: MetricsSecret, place: Place): string {
  return sealToken(workerPublicKey, JSON.stringify(secret), boundTo(place));
}

/** Opens a sealed secret; null when this worker cannot, or it was sealed for another owner or address. */
export function openMetricsSecret(
  workerPrivateKey: string | null,
  sealed: string,
  place: Place,
): MetricsSecret | null {
  if (workerPrivateKey === null) return null;
  try {
    return metricsSecretSchema.parse(JSON.parse(openToken(workerPrivateKey, sealed, boundTo(place))));
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

function authorization(secret: MetricsSecret): { header: string; parts: string[] } {
  if (secret.kind === 'bearer') return { header: `Bearer ${secret.token}`, parts: [secret.token] };
  const encoded = Buffer.from(`${secret.username}:${secret.password}`).toString('base64');
  return { header: `Basic ${encoded}`, parts: [encoded, secret.password] };
}

/** How a source is called: its headers with the opened secret, and what no sentence may repeat. */
export function prometheusOptions(
  source: PrometheusSource,
  access: { readonly secret: MetricsSecret | null; readonly allowances: readonly string[] },
): PrometheusOptions {
  const { url, profile, tenant } = source;
  const signIn = access.secret === null ? null : authorization(access.secret);
  return {
    url,
    profile,
    allowances: access.allowances,
    headers: {
      ...(tenant === undefined ? {} : { [tenant.header]: tenant.value }),
      ...(signIn === null ? {} : { authorization: signIn.header }),
    },
    secrets: signIn?.parts ?? [],
  };
}
