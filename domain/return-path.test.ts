import fc from 'fast-check';
import { expect, it } from 'vitest';
import { returnPath } from './return-path.ts';

it.each([
  '/',
  '/models',
  '/models/fraud-detector/versions/3?tab=evidence#metrics',
  '/rollouts?state=active&search=a%2Fb',
])('%s is a page to come back to', (path) => {
  expect(returnPath(path)).toBe(path);
});

it.each([
  null,
  undefined,
  '',
  'models',
  'https://evil.example',
  'https:evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '/\r\nset-cookie: x',
  '/.//evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  'javascript:alert(1)',
  '/sign-in',
  '/sign-in?return=/sign-in',
  '/set-up',
  '/api/audit/export',
  `/${'a'.repeat(3_000)}`,
])('%s is none, so the first page is taken', (path) => {
  expect(returnPath(path)).toBe('/');
});

it('always stays on the origin that it is used on', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2f',
    '%5c',
    'evil.example',
    '@',
    ':',
    '\t',
    '?',
    '#',
    'a',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = returnPath(`/${pieces.join('')}`);
      expect(new URL(path, 'https://console.example').origin).toBe('https://console.example');
    }),
  );
});
