import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricsSourceSchema } from './environment.ts';
import {
  canCompare,
  metricProfileSchema,
  patternRegex,
  patternText,
  revisionReader,
} from './metric-profile.ts';
import { defaultMetricProfile, metricPresets, presetOf } from './metric-profile-presets.ts';

const values = { service: 'fraud', namespace: 'prod' };
const stored = {
  requestsMetric: 'model_requests_total',
  errorLabel: 'code',
  errorPattern: '5..',
  durationMetric: 'model_request_duration_seconds',
  podLabel: 'pod',
  namespaceLabel: 'namespace',
  serviceLabel: 'fairlead_service',
  revisionLabel: 'fairlead_revision',
};

describe('a metric profile', () => {
  test('stored before patterns and units existed reads as the counters by pod', () => {
    expect(metricProfileSchema.parse(stored)).toEqual(defaultMetricProfile);
    const source = metricsSourceSchema.parse({ kind: 'prometheus', url: 'http://a:9090', profile: stored });
    expect(source).toMatchObject({ auth: 'none' });
  });

  test('of every preset is valid, differs from the others and is found by its fields', () => {
    for (const preset of metricPresets) {
      expect(metricProfileSchema.parse(preset.profile)).toEqual(preset.profile);
      expect(presetOf(preset.profile)?.id).toBe(preset.id);
    }
    expect(presetOf({ ...defaultMetricProfile, podLabel: 'instance' })).toBeNull();
    expect(metricPresets.filter(({ profile }) => !canCompare(profile)).map(({ id }) => id)).toEqual([
      'envoyGateway',
    ]);
  });

  test.each([
    ['podCounters', '12', 12],
    ['podCounters', '012', null],
    ['istio', 'fraud-r3', 3],
    ['istio', 'fraud-v2-r3', null],
    ['traefik', 'prod-fraud-r3-80@kubernetesgateway', 3],
    ['traefik', 'prod-fraud-r3-http-80@kubernetesgateway', 3],
    ['traefik', 'team-prod-fraud-r3-80@kubernetesgateway', null],
    ['traefik', 'httproute-prod-fraud-gw-web-0-1f-svc-prod-fraud-r3-0@kubernetesgateway', 3],
    ['nginx', 'prod_fraud-r3_80', 3],
    ['nginx', 'prod_fraud_80', null],
    ['vllm', '7', 7],
    ['sglang', '7', 7],
    ['tgi', '7', 7],
  ])('%s reads %s as revision %s', (id, value, expected) => {
    const preset = metricPresets.find((each) => each.id === id);
    expect(revisionReader(preset?.profile.revisionPattern ?? '', values)(value)).toBe(expected);
  });

  test.each([
    ['revisionPattern', '$service-$rev'],
    ['revisionPattern', '$service'],
    ['servicePattern', '$hostname'],
    ['workloadPattern', '*****'],
    ['requestsMetric', 'a} or up{'],
    ['podLabel', ''],
  ])('is refused when %s is %s', (key, value) => {
    expect(metricProfileSchema.safeParse({ ...stored, [key]: value }).success).toBe(false);
  });
});

describe('a pattern', () => {
  test('without anything open is one text', () => {
    expect(patternText('$service', values)).toBe('fraud');
    expect(patternText('$service-*', values)).toBeNull();
    expect(patternText('a|b', values)).toBeNull();
    expect(patternText('$namespace/$workload', values)).toBeNull();
  });

  test('takes names literally in PromQL and here, whatever they hold', () => {
    const any = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 30 })
      .filter((text) => !/[\n\r]/.test(text));
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 999_999_999 }), (service, number) => {
        expect(new RegExp(`^(?:${patternRegex('$service-r1', { service })})$`).test(`${service}-r1`)).toBe(
          true,
        );
        const read = revisionReader('$service-r$revision', { service });
        expect(read(`${service}-r${number}`)).toBe(number);
        expect(read(`x${service}-r${number}`)).toBeNull();
      }),
    );
  });
});

describe('a tenant header', () => {
  const source = (header: string, value = 'team-a') => ({
    kind: 'prometheus',
    url: 'http://a:9090',
    profile: stored,
    tenant: { header, value },
  });
  test.each(['X-Scope-OrgID', 'THANOS-TENANT'])('may be %s', (header) => {
    expect(metricsSourceSchema.safeParse(source(header)).success).toBe(true);
  });
  test.each(['Authorization', 'Cookie', 'Host', 'Content-Length', 'a: b', ''])(
    'may not be "%s"',
    (header) => {
      expect(metricsSourceSchema.safeParse(source(header)).success).toBe(false);
    },
  );
  test('holds no second header', () => {
    expect(metricsSourceSchema.safeParse(source('X-Scope-OrgID', 'a\r\nb: c')).success).toBe(false);
  });
});
