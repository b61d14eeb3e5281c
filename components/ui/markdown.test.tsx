import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { MarkdownBody } from './markdown-body.tsx';
import { safeMarkdownHref } from './markdown-href.ts';

const html = (text: string) => renderToStaticMarkup(<MarkdownBody text={text} />);

describe('prose that somebody else wrote', () => {
  test.each([
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '/local',
    '//host/x',
    ' javascript:x',
  ])('cannot link to %s', (url) => {
    expect(safeMarkdownHref(url)).toBe('');
    expect(html(`[text](<${url}>)`)).not.toContain('href');
  });

  test.each(['https://example.com/a', 'http://example.com', 'mailto:a@example.com'])(
    'can link to %s, apart',
    (url) => {
      expect(html(`[text](${url})`)).toContain(`href="${url}"`);
      expect(html(`[text](${url})`)).toContain('rel="noreferrer noopener"');
    },
  );

  test('brings no HTML of its own', () => {
    expect(html('<script>alert(1)</script><b onclick="x">bold</b>')).not.toMatch(/<script|<b |onclick/);
  });

  test('loads no image from anywhere, but keeps its description', () => {
    const result = html('![a curve](https://elsewhere.example/track.png)');
    expect(result).not.toMatch(/<img|elsewhere/);
    expect(result).toContain('a curve');
  });
});
