import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { defaultMetricProfile, metricPresets } from '../../domain/metric-profile-presets.ts';
import { rateQuery, workloadOf, workloadRates } from './workload-rates.ts';

const profileOf = (id: string) =>
  metricPresets.find((preset) => preset.id === id)?.profile ?? defaultMetricProfile;
const asked = { namespace: 'prod', workloads: ['fraud', 'fraud-shadow'] };

describe('requests per second of workloads', () => {
  test.each([
    ['podCounters', 'fraud-6c9f-x2k4p', 'fraud'],
    ['podCounters', 'fraud-shadow-6c9f-x2k4p', 'fraud-shadow'],
    ['podCounters', 'fraudulent-6c9f-x2k4p', null],
    ['istio', 'fraud-shadow', 'fraud-shadow'],
    ['istio', 'fraud-v2', null],
    ['traefik', 'prod-fraud-80@kubernetesgateway', 'fraud'],
    ['traefik', 'other-fraud-80@kubernetesgateway', null],
    ['nginx', 'prod_fraud_80', 'fraud'],
    ['envoyGateway', 'httproute/prod/fraud/rule/0', 'fraud'],
    ['knative', 'fraud', 'fraud'],
  ])('by %s belong %s to %s', (id, value, workload) => {
    expect(workloadOf(profileOf(id), asked, value)).toBe(workload);
  });

  test('are asked for in one query of the namespace', () => {
    expect(rateQuery(defaultMetricProfile, 'prod')).toBe(
      'sum by (pod) (rate(model_requests_total{namespace="prod", pod=~".*-.*"}[5m]))',
    );
    expect(rateQuery(profileOf('istio'), 'prod')).toBe(
      'sum by (destination_workload) (rate(istio_requests_total{reporter="destination", destination_workload_namespace="prod", destination_workload!=""}[5m]))',
    );
  });

  test('are summed over the pods of a workload; one without series is missing', async () => {
    const pod = (name: string, rate: string) => ({ metric: { pod: name }, value: [1_700_000_000, rate] });
    const result = [pod('fraud-1-a', '1.5'), pod('fraud-1-b', '2'), pod('other-1-a', '9')];
    const server = createServer((_request, response) => {
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { url, profile: defaultMetricProfile, allowances: ['127.0.0.1'] };
    const rates = await workloadRates(options, asked);
    server.close();
    expect(rates).toEqual({ kind: 'rates', perSecond: new Map([['fraud', 3.5]]) });
  });
});
