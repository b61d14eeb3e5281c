import { describe, expect, it } from 'vitest';
import { type Notice, noticeManners, noticeSchema, severityOf } from './notice.ts';
import { noticeObjectPath } from './notice-kind.ts';
import { noticeEndSentence, noticeSentence } from './notice-text.ts';

const place = { service: 'scoring', environment: 'production', production: true };
const staging = { service: 'scoring', environment: 'staging', production: false };
const stopped = { revision: 4, backTo: 3, weightPercent: 25, requests: 1_204 };

/** One of each kind, with its sentence and severity. */
const cases: readonly [Notice, string, 'high' | 'low'][] = [
  [
    {
      kind: 'approvalNeeded',
      ...place,
      version: 'fraud 7',
      revision: 4,
      signatures: 2,
      askedBy: 'Egon',
      signerIds: [],
    },
    'fraud 7 waits for 2 signatures before it may go to scoring in production, asked for by Egon.',
    'low',
  ],
  [
    { kind: 'held', ...place, revision: 4, weightPercent: 25, lacks: '300 more canary requests are needed' },
    'Revision 4 of scoring in production is held at 25 %: its deadline passed without a verdict (300 more canary requests are needed).',
    'high',
  ],
  [
    {
      kind: 'aborted',
      ...place,
      ...stopped,
      cause: { kind: 'person', name: 'Olga', reason: 'Wrong model.' },
    },
    'Olga stopped revision 4 of scoring in production at 25 % after 1,204 requests ("Wrong model"); traffic goes back to revision 3.',
    'low',
  ],
  [
    { kind: 'aborted', ...place, ...stopped, cause: { kind: 'analysis', message: '8 % failed.' } },
    'Revision 4 of scoring in production is taken back at 25 % after 1,204 requests: 8 % failed; traffic goes back to revision 3.',
    'high',
  ],
  [
    {
      kind: 'aborted',
      ...staging,
      revision: 1,
      backTo: null,
      weightPercent: 100,
      requests: null,
      cause: { kind: 'person', name: 'Olga', reason: '' },
    },
    'Olga stopped revision 1 of scoring in staging at 100 %; nothing served before it, so it is taken away.',
    'low',
  ],
  [
    { kind: 'rolledBack', ...place, revision: 4, backTo: 3, tookMs: 41_000 },
    'All traffic of scoring in production is back on revision 3, 41 s after revision 4 was stopped.',
    'low',
  ],
  [
    {
      kind: 'finished',
      ...place,
      version: 'fraud 7',
      revision: 4,
      tookMs: 4_800_000,
      requests: 12_400,
    },
    'fraud 7 (revision 4) serves all traffic of scoring in production, after 1 h 20 min and 12,400 requests.',
    'low',
  ],
  [
    { kind: 'fight', ...place, manager: 'argocd', object: 'HTTPRoute scoring', fields: 'spec.rules' },
    '"argocd" keeps rewriting spec.rules of HTTPRoute scoring for scoring in production, so Fairlead has stopped writing.',
    'high',
  ],
  [
    { kind: 'clusterUnreachable', cluster: 'eu-1', services: 12, message: 'It refuses connections.' },
    'Cluster eu-1 cannot be reached, so 12 services of this project cannot be watched: It refuses connections.',
    'high',
  ],
  [
    {
      kind: 'metricsUnreachable',
      environment: 'staging',
      production: false,
      services: 1,
      message: 'It did not answer in time.',
    },
    'The metrics source of staging cannot be read, so 1 service cannot be measured: It did not answer in time.',
    'low',
  ],
  [
    {
      kind: 'railBroken',
      ...place,
      revision: 4,
      verdict: '5 % of requests failed, at most 1 % may.',
      sinceFinishedMs: 1_200_000,
      rollsBack: true,
    },
    'Revision 4 of scoring in production broke a rail 20 min after it took all traffic: 5 % of requests failed, at most 1 % may; it is rolled back.',
    'high',
  ],
  [
    {
      kind: 'objectiveBurn',
      ...place,
      objective: '99.9 % of requests succeed',
      burnRate: 14.4,
      windowMs: 3_600_000,
      budgetLeftShare: 0.62,
      fast: true,
    },
    'scoring in production burns the budget of "99.9 % of requests succeed" 14.4 times as fast as it may, over 1 h; 62 % of 28 days is left.',
    'high',
  ],
  [
    {
      kind: 'budgetThreshold',
      budget: 'Serving',
      basis: 'actual',
      limit: '90 %',
      amount: '1,000 GPU-hours',
      actual: '905 GPU-hours',
      expected: '1,240 GPU-hours',
      exhaustedAt: '2026-11-28 06:00 UTC',
      urgent: false,
    },
    'The budget "Serving" has spent 90 %: 905 GPU-hours of 1,000 GPU-hours; at this pace nothing is left on 2026-11-28 06:00 UTC.',
    'low',
  ],
  [
    { kind: 'budgetFreeze', budget: 'Serving', environment: 'eu', production: true, reasons: '' },
    'Nothing grows in eu any more, because the budget "Serving" is spent; a roll back goes on.',
    'high',
  ],
  [
    {
      kind: 'budgetFreeze',
      budget: 'Serving',
      environment: 'eu',
      production: true,
      reasons: 'Others run there.',
    },
    'The budget "Serving" is spent, but eu is not frozen: Others run there.',
    'low',
  ],
  [
    {
      kind: 'budgetThreshold',
      budget: 'Serving',
      basis: 'burn',
      limit: '3 times the pace that the period allows',
      amount: '$1,000.00',
      actual: '$90.00',
      expected: '$900.00',
      exhaustedAt: null,
      urgent: true,
    },
    'The budget "Serving" is spent at over 3 times the pace that the period allows: $90.00 of $1,000.00 so far.',
    'high',
  ],
  [
    {
      kind: 'budgetRequest',
      budget: 'Serving',
      what: '25 GPU-hours more',
      signatures: 2,
      askedBy: 'Egon',
      signerIds: ['a', 'b'],
    },
    'The budget "Serving" waits for 2 signatures: Egon asked for 25 GPU-hours more.',
    'low',
  ],
  [
    {
      kind: 'rebaseRequest',
      ...place,
      name: 'After the campaign',
      reason: 'The campaign stays.',
      signatures: 1,
      askedBy: 'Egon',
      signerIds: ['a'],
    },
    'Comparing scoring in production with "After the campaign" waits for 1 signature, asked for by Egon: The campaign stays.',
    'low',
  ],
  [
    {
      kind: 'costAnomaly',
      subject: 'scoring in production',
      day: '2026-11-25',
      yesterday: '96 GPU-hours',
      usual: '48 GPU-hours',
      rule: '50 % and 24 GPU-hours',
    },
    'scoring in production took 96 GPU-hours on 2026-11-25, usually 48 GPU-hours on that weekday (told from 50 % and 24 GPU-hours more).',
    'low',
  ],
  [
    {
      kind: 'drift',
      ...place,
      features: 3,
      worst: 'amount',
      change: 'its distribution moved by PSI 0.31',
      severe: true,
    },
    '3 features of scoring in production have drifted, most of all amount: its distribution moved by PSI 0.31.',
    'high',
  ],
  [
    {
      kind: 'drift',
      ...place,
      features: 1,
      worst: 'country',
      change: 'its share of nulls changed by 4.2 percentage points',
      severe: false,
    },
    'country of scoring in production has drifted: its share of nulls changed by 4.2 percentage points.',
    'low',
  ],
  [
    { kind: 'rowsUnusual', ...place, rows: 0, usual: 1_240, window: 'hour' },
    'Monitoring of scoring in production got no rows in a window of one hour, usually 1,240.',
    'low',
  ],
  [
    { kind: 'rowsUnusual', ...place, rows: 310, usual: 1_240, window: 'hour' },
    'Monitoring of scoring in production got 310 rows in a window of one hour, usually 1,240.',
    'low',
  ],
  [
    {
      kind: 'badData',
      ...place,
      suites: 1,
      failed: 2,
      what: '2 of 14 expectations of the suite payments failed.',
    },
    'The data of scoring in production fails its expectations: 2 of 14 expectations of the suite payments failed.',
    'low',
  ],
  [
    {
      kind: 'queriesUnusual',
      ...place,
      what: 'The busiest client sent 9,000 rows in an hour, usually 120.',
    },
    'Clients of scoring in production ask unlike before: The busiest client sent 9,000 rows in an hour, usually 120.',
    'low',
  ],
  [
    {
      kind: 'retrainRequest',
      ...place,
      version: 'fraud 7',
      why: 'amount drifted: its distribution moved by PSI 0.31.',
      next: 'signatures',
      signatures: 2,
      signerIds: ['a'],
    },
    'fraud 7 meets another world in scoring in production: amount drifted: its distribution moved by PSI 0.31; a retraining waits for 2 signatures.',
    'low',
  ],
  [
    { kind: 'retrainFailed', ...place, version: 'fraud 7', message: 'BackoffLimitExceeded' },
    'The retraining of fraud 7 for scoring in production failed: BackoffLimitExceeded.',
    'low',
  ],
  [
    {
      kind: 'retrainStart',
      channelId: 'c',
      payload: {
        schema: 1,
        retrainId: 'r',
        model: 'fraud',
        modelVersionId: 'v',
        modelVersion: 7,
        service: 'scoring',
        environment: 'production',
        alertId: 'a',
        alert: 'amount drifted: its distribution moved by PSI 0.31.',
        referenceId: null,
        windowFrom: '2026-11-25T08:00:00.000Z',
        windowTo: '2026-11-25T10:00:00.000Z',
        features: [{ name: 'amount', test: 'distribution', effect: 0.31, limit: 0.1 }],
        inputDigest: null,
      },
    },
    'Train fraud again, which serves scoring in production in version 7: amount drifted: its distribution moved by PSI 0.31.',
    'low',
  ],
  [
    {
      kind: 'weeklyReport',
      project: 'Fraud',
      from: '2026-11-16T07:00:00.000Z',
      to: '2026-11-23T07:00:00.000Z',
      headline: '2 rollouts finished',
      changes: [{ heading: 'Drift', sentences: ['country drifted.'] }],
    },
    'The week of Fraud until 2026-11-23: 2 rollouts finished.',
    'low',
  ],
  [
    { kind: 'test', channel: 'on call', by: 'Ada', askedById: 'a' },
    'This is a test of the channel "on call", sent by Ada.',
    'low',
  ],
];

describe('a notice', () => {
  it.each(cases)('of kind $kind is one sentence with its figures', (notice, sentence, severity) => {
    expect(noticeSentence(notice)).toBe(sentence);
    expect(severityOf(notice)).toBe(severity);
    expect(noticeSchema.parse(JSON.parse(JSON.stringify({ schema: 1, ...notice })))).toEqual(notice);
  });

  it('of every kind is among these', () => {
    expect(new Set(cases.map(([{ kind }]) => kind))).toEqual(new Set(Object.keys(noticeManners)));
  });

  it('that lasts says in one sentence that it is over, and after how long', () => {
    for (const [notice] of cases.filter(([{ kind }]) => noticeManners[kind].lasts)) {
      const sentence = noticeEndSentence(notice, 720_000);
      expect(sentence).toMatch(/after 12 min\.$/);
      expect(sentence).not.toBe(noticeSentence(notice));
    }
  });

  it('wakes nobody for what happens outside production', () => {
    for (const [notice] of cases)
      if ('production' in notice) expect(severityOf({ ...notice, production: false })).toBe('low');
  });

  it('leads to the page of its object', () => {
    const kinds = ['promotion', 'rollout', 'service', 'environment', 'cluster', 'channel'] as const;
    for (const kind of kinds) expect(noticeObjectPath({ kind, id: 'x' })).toMatch(/^\/[a-z/]+\/x$/);
  });
});
