import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChartAnswer } from '../chart/chart-answer.ts';
import { frameOriginProblem } from './frame-origin.ts';
import { proposeLabels } from './propose-labels.ts';
import { redactAnswer } from './redact-answer.ts';
import { shareLabelsSchema } from './share-content.ts';
import { answersAt, judgeClaims } from './token-policy.ts';

const nowMs = Date.UTC(2026, 10, 27, 12, 0, 0);
const now = nowMs / 1_000;
const shareId = '0199f3c0-0000-7000-8000-000000000001';
const good = { aud: 'embed', sub: shareId, iat: now, exp: now + 300 };
const problemOf = (claims: unknown, revokedBeforeMs: number | null = null) =>
  judgeClaims(claims, { shareId, nowMs, revokedBeforeMs }).problem;

describe('the claims of a token', () => {
  it('are good up to their bounds, with and without a viewer', () => {
    expect(judgeClaims(good, { shareId, nowMs, revokedBeforeMs: null })).toEqual({
      problem: null,
      viewer: '',
    });
    const named = { ...good, viewer: 'ü'.repeat(64) };
    expect(judgeClaims(named, { shareId, nowMs, revokedBeforeMs: null })).toMatchObject({
      viewer: named.viewer,
    });
    expect(problemOf({ ...good, iat: now + 30, exp: now + 930 })).toBeNull();
    expect(problemOf({ ...good, iat: now - 899, exp: now + 1 })).toBeNull();
  });

  it.each([
    ['another audience', { ...good, aud: 'api' }, 'aud'],
    ['a list of audiences', { ...good, aud: ['embed'] }, 'aud'],
    ['another embed', { ...good, sub: '0199f3c0-0000-7000-8000-000000000002' }, 'sub'],
    ['no iat', { aud: 'embed', sub: shareId, exp: now + 1 }, 'times'],
    ['no exp', { aud: 'embed', sub: shareId, iat: now }, 'times'],
    ['a time as text', { ...good, exp: String(now + 300) }, 'times'],
    ['a clock 31 s ahead', { ...good, iat: now + 31, exp: now + 300 }, 'iatAhead'],
    ['16 minutes', { ...good, exp: now + 960 }, 'tooLong'],
    ['an end before its beginning', { ...good, exp: now - 1 }, 'tooLong'],
    ['an end this very second', { ...good, iat: now - 300, exp: now }, 'expired'],
    ['a claim that nobody knows', { ...good, params: {} }, 'unknownClaim'],
    ['a viewer of 65 characters', { ...good, viewer: 'x'.repeat(65) }, 'viewer'],
    ['a viewer that is no text', { ...good, viewer: 7 }, 'viewer'],
    ['no object', 'embed', 'claims'],
  ])('with %s are refused', (_name, claims, problem) => {
    expect(problemOf(claims)).toBe(problem);
  });

  it('issued before the moment of a revocation are refused, even by a host 30 s ahead', () => {
    const revokedBefore = nowMs + 30_000;
    fc.assert(
      fc.property(fc.integer({ min: -900, max: 29 }), (ahead) => {
        expect(problemOf({ ...good, iat: now + ahead, exp: now + 30 }, revokedBefore)).not.toBeNull();
      }),
    );
    expect(problemOf({ ...good, iat: now + 30, exp: now + 60 }, revokedBefore)).toBeNull();
  });
});

it('only what is active and not over answers', () => {
  const standing = { status: 'active' as const, expiresAt: new Date(nowMs + 1) };
  expect(answersAt(standing, new Date(nowMs))).toBe(true);
  expect(answersAt(standing, new Date(nowMs + 1))).toBe(false);
  expect(answersAt({ ...standing, status: 'paused' }, new Date(nowMs))).toBe(false);
  expect(answersAt({ ...standing, status: 'revoked' }, new Date(nowMs))).toBe(false);
});

describe('an origin that may frame', () => {
  it.each(['https://wiki.example.com', 'https://wiki.example.com:8443', 'http://127.0.0.1:4000'])(
    '%s is taken',
    (origin) => expect(frameOriginProblem(origin)).toBeNull(),
  );
  it.each([
    '*',
    'https://*',
    'https://*.example.com',
    'http://wiki.example.com',
    'http://127.0.0.1.example.com',
    'https://wiki.example.com/',
    'https://wiki.example.com/page',
    'https://user@wiki.example.com',
    'https://a.example https://b.example',
    "https://a.example; script-src 'unsafe-inline'",
    'null',
    'data:text/html,x',
    'https://WIKI.example.com',
    'https://wiki.example.com:443',
  ])('%s is refused', (origin) => expect(frameOriginProblem(origin)).not.toBeNull());
});

const secretName = 'fraud-detector-of-acme';
const answer: ChartAnswer = {
  title: `Errors of ${secretName}`,
  unit: 'share',
  range: { from: 0, to: 1_000 },
  series: [
    {
      key: secretName,
      label: `${secretName} v7`,
      role: 'stable',
      subject: 'modelVersion a',
      points: [[0, 1]],
    },
    { key: 'x', label: `${secretName} v8`, role: 'canary', subject: 'modelVersion b', points: [] },
    { key: 'y', label: `${secretName} v9`, role: 'other', subject: 'modelVersion c', points: [] },
    { key: 'z', label: `${secretName} v10`, role: 'other', subject: 'modelVersion d', points: [] },
  ],
  thresholds: [{ value: 0.05, label: `rail of ${secretName}`, tone: 'bad' }],
  marks: [{ at: 5, label: `Ada rolled ${secretName} back`, href: `/x/${secretName}`, kind: 'rollBack' }],
  words: [
    { subject: 'modelVersion b' },
    ' answers 25 % of requests; ',
    { subject: 'service s' },
    ' is well.',
  ],
  names: {
    'modelVersion a': `${secretName} v7`,
    'modelVersion b': `${secretName} v8`,
    'service s': secretName,
  },
  asOfMs: 1_000,
};

describe('a redacted answer', () => {
  const labels = { 'modelVersion a': 'Version 7', 'modelVersion b': 'Version 8' };
  const redacted = redactAnswer(answer, { title: 'Is it healthy?', labels });

  it('holds the numbers, the stored labels and closed words, and no name of its own', () => {
    expect(JSON.stringify(redacted)).not.toContain(secretName);
    expect(redacted.series.map(({ label }) => label)).toEqual([
      'Version 7',
      'Version 8',
      'A version',
      'A version (2)',
    ]);
    expect(redacted.words).toEqual(['Version 8 answers 25 % of requests; A service is well.']);
    expect(redacted.marks).toEqual([{ at: 5, kind: 'rollBack', tone: undefined, label: 'Went back' }]);
    expect(redacted.thresholds[0]?.label).toBe('limit 5 %');
    expect(redacted.series[0]?.points).toEqual([[0, 1]]);
  });

  it('takes no label from the prototype of the stored ones', () => {
    const odd: ChartAnswer = { ...answer, words: [{ subject: 'group constructor' }] };
    expect(redactAnswer(odd, { title: 't', labels: {} }).words).toEqual(['A group']);
  });
});

it('places and projects have labels as everything that people named', () => {
  const subjects = ['project p', 'environment e', 'node n', 'project q'] as const;
  const series = subjects.map((subject) => ({
    key: subject,
    label: secretName,
    role: 'other' as const,
    subject,
    points: [],
  }));
  const cost: ChartAnswer = { ...answer, series, words: ['Nothing.'], names: {} };
  const proposed = proposeLabels([cost]);
  expect(proposed.map(({ label }) => label)).toEqual(['Project A', 'Environment A', 'Node A', 'Project B']);
  const labels = Object.fromEntries(proposed.map(({ subject, label }) => [subject, label]));
  expect(shareLabelsSchema.parse(labels)).toEqual(labels);
  const labelled = (given: typeof labels) =>
    redactAnswer(cost, { title: 't', labels: given }).series.map(({ label }) => label);
  expect(labelled(labels)).toEqual(['Project A', 'Environment A', 'Node A', 'Project B']);
  expect(labelled({})).toEqual(['A project', 'An environment', 'A node', 'A project (2)']);
});

it('labels are proposed that tell a number at most', () => {
  expect(proposeLabels([answer])).toEqual([
    { subject: 'modelVersion a', name: `${secretName} v7`, label: 'Version 7' },
    { subject: 'modelVersion b', name: `${secretName} v8`, label: 'Version 8' },
    { subject: 'service s', name: secretName, label: 'Service A' },
    { subject: 'modelVersion c', name: `${secretName} v9`, label: 'Version 9' },
    { subject: 'modelVersion d', name: `${secretName} v10`, label: 'Version 10' },
  ]);
});
