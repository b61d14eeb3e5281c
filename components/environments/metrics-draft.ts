import type { MetricsSecret, MetricsSource } from '../../domain/environment.ts';
import type { MetricProfile } from '../../domain/metric-profile.ts';
import { defaultMetricProfile, presetOf } from '../../domain/metric-profile-presets.ts';

/** A metrics source as a form holds it; the secret is empty until it is typed in anew. */
export type MetricsDraft = {
  readonly kind: MetricsSource['kind'];
  readonly url: string;
  readonly auth: 'none' | 'bearer' | 'basic';
  readonly token: string;
  readonly username: string;
  readonly password: string;
  readonly tenantHeader: string;
  readonly tenantValue: string;
  readonly profile: MetricProfile;
  /** Names are edited by hand, even where they still are those of a preset. */
  readonly isCustom: boolean;
};

export const emptyMetrics: MetricsDraft = {
  kind: 'none',
  url: '',
  auth: 'none',
  token: '',
  username: '',
  password: '',
  tenantHeader: '',
  tenantValue: '',
  profile: defaultMetricProfile,
  isCustom: false,
};

export function draftOfMetrics(source: MetricsSource): MetricsDraft {
  if (source.kind !== 'prometheus') return { ...emptyMetrics, kind: source.kind };
  const { kind, url, auth, profile, tenant } = source;
  const isCustom = presetOf(profile) === null;
  const tenantDraft = { tenantHeader: tenant?.header ?? '', tenantValue: tenant?.value ?? '' };
  return { ...emptyMetrics, kind, url, auth, profile, isCustom, ...tenantDraft };
}

export function sourceOf(draft: MetricsDraft): MetricsSource {
  const { kind, url, auth, profile, tenantHeader, tenantValue } = draft;
  if (kind !== 'prometheus') return { kind };
  const tenant = { header: tenantHeader.trim(), value: tenantValue.trim() };
  return { kind, url: url.trim(), auth, profile, ...(tenant.header === '' ? {} : { tenant }) };
}

/** What was typed in, or null to use the stored one. */
export function secretOf({ kind, auth, token, username, password }: MetricsDraft): MetricsSecret | null {
  if (kind !== 'prometheus') return null;
  if (auth === 'bearer' && token !== '') return { kind: auth, token };
  return auth === 'basic' && password !== '' ? { kind: auth, username, password } : null;
}
