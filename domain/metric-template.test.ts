import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filledQuery, seriesName, templateProblem, valuesProblem } from './metric-template.ts';

const route = { name: 'route', values: ['/pay', '/refund', 'a"} or up{x="\\'] };
const query = 'sum by (code) (rate(http_requests_total{namespace="$namespace",route="$route"}[5m]))';

describe('a metric template', () => {
  it('takes values only where one stands for itself', () => {
    expect(templateProblem({ query, labels: [route] })).toBeNull();
    expect(
      templateProblem({ query: 'up{job!= "$job"}', labels: [{ name: 'job', values: ['a'] }] }),
    ).toBeNull();
    expect(templateProblem({ query: 'label_replace(up, "a", "$1", "b", "(.*)")', labels: [] })).toBeNull();
  });

  it.each([
    ['rate(x{route=~"$route"}[5m])', [route], 'must stand alone'],
    ['rate(x{route="a-$route"}[5m])', [route], 'must stand alone'],
    ['topk($route, x)', [route], 'must stand alone'],
    ["rate(x{route='$route'}[5m])", [route], 'must stand alone'],
    ['rate(x{zone="$zone"}[5m])', [], 'List the values of zone'],
    ['rate(x[5m])', [route], 'does not use $route'],
    [query, [route, route], 'listed twice'],
  ])('refuses %s in a sentence', (text, labels, sentence) => {
    expect(templateProblem({ query: text, labels })).toContain(sentence);
  });

  it('is filled with listed values only, one of each label', () => {
    const template = { labels: [route] };
    expect(valuesProblem(template, { route: '/pay' })).toBeNull();
    expect(valuesProblem(template, { route: '/other' })).toContain('does not list');
    expect(valuesProblem(template, {})).toContain('Choose a value of route');
    expect(valuesProblem(template, { route: '/pay', zone: 'b' })).toContain('no label zone');
    expect(valuesProblem({ labels: [{ name: 'constructor', values: ['x'] }] }, {})).toContain('Choose');
  });

  it('keeps a value inside its quotes, whatever it is', () => {
    expect(
      filledQuery({ query: 'up{route="$route"}' }, { route: 'a"} or up{x="\\' }, { namespace: 'n' }),
    ).toBe(String.raw`up{route="a\"} or up{x=\"\\"}`);
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (value) => {
        const filled = filledQuery(
          { query: 'up{route="$route"}' },
          { route: value },
          { namespace: '$route' },
        );
        const inside = /^up\{route="((?:[^"\\\n]|\\.)*)"\}$/s.exec(filled)?.[1];
        expect(inside).toBeDefined();
        expect(inside?.replace(/\\(.)/gs, (_, each: string) => (each === 'n' ? '\n' : each))).toBe(value);
      }),
    );
  });

  it('fills in the namespace by itself, and no placeholder that a value brings', () => {
    expect(filledQuery({ query }, { route: '="$namespace"' }, { namespace: 'shop' })).toBe(
      String.raw`sum by (code) (rate(http_requests_total{namespace="shop",route="=\"$namespace\""}[5m]))`,
    );
  });

  it('names its lines by the labels that the query leaves', () => {
    expect(seriesName({ __name__: 'up', zone: 'b', app: 'pay', route: '/pay' }, { route: '/pay' })).toBe(
      'pay · b',
    );
    expect(seriesName({ __name__: 'up' }, {})).toBe('');
  });
});
