import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LinkValues, linkFor, linkPresets, linkTemplateProblem } from './link-template.ts';

const values: LinkValues = {
  service: 'fraud',
  namespace: 'production',
  revision: '4',
  model: 'fraud detector & co',
  version: '7',
  pod: 'fraud-r4-abc-12345',
  fromMs: Date.UTC(2026, 10, 24, 12),
  toMs: Date.UTC(2026, 10, 24, 13),
};

describe('a link template', () => {
  it.each([
    ['javascript:alert(1)', /Begin with https/],
    ['data:text/html,x', /Begin with https/],
    ['//evil.example/{pod}', /Begin with https/],
    ['https://{service}.example.com/', /host without placeholders/],
    ['https://grafana.example.com{service}/', /host without placeholders/],
    ['https://user:secret@grafana.example.com/', /host without placeholders/],
    ['https://grafana.example.com\\@evil.example/', /host without placeholders/],
    ['https://grafana.example.com/d/{cluster}', /no placeholder \{cluster\}/],
    ['https://grafana.example.com/explore?left={"a":1}', /encoded/],
    ['https://grafana.example.com/d/{service', /no partner/],
    ['https://grafana.example.com/a b', /encoded/],
    [`https://grafana.example.com/${'a'.repeat(2_000)}`, /at most 2000/],
  ])('%s is refused with its sentence', (url, sentence) => {
    expect(linkTemplateProblem(url)).toMatch(sentence);
    expect(linkFor(url, values)).toBeNull();
  });

  it('gets its values, encoded, and times as milliseconds or ISO', () => {
    expect(linkFor('https://a.example/{service}/{model}?r={revision}&f={from}&t={toIso}#{pod}', values)).toBe(
      'https://a.example/fraud/fraud%20detector%20%26%20co?r=4&f=1795521600000&t=2026-11-24T13%3A00%3A00.000Z#fraud-r4-abc-12345',
    );
  });

  it('is not shown where a value is missing that it needs', () => {
    const without = { ...values, revision: null };
    expect(linkFor('https://a.example/{service}/{revision}', without)).toBeNull();
    expect(linkFor('https://a.example/{service}', without)).toBe('https://a.example/fraud');
  });

  it('leads to its own origin whatever the values are', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('/', '/d/a', '/d/'), (value, path) => {
        const url = linkFor(`https://a.example${path}{model}?q={model}#{model}`, { ...values, model: value });
        expect(new URL(url ?? '').origin).toBe('https://a.example');
        expect(url).not.toMatch(/[\s"'<>]/);
      }),
    );
  });

  it('of every preset can be used as it is', () => {
    for (const { url } of linkPresets) {
      expect(linkTemplateProblem(url)).toBeNull();
      expect(linkFor(url, values)).toContain('production');
    }
    const panes = new URL(linkFor(linkPresets[1]?.url ?? '', values) ?? '').searchParams.get('panes');
    expect(JSON.parse(panes ?? '')).toEqual({
      logs: {
        datasource: 'loki',
        queries: [{ refId: 'A', expr: '{namespace="production", pod="fraud-r4-abc-12345"}' }],
        range: { from: '1795521600000', to: '1795525200000' },
      },
    });
  });
});
