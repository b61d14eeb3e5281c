'use client';

import { lazy, Suspense } from 'react';

/** The parser is as heavy as the rest of a page, so only pages with prose fetch it. */
const MarkdownBody = lazy(async () => ({ default: (await import('./markdown-body.tsx')).MarkdownBody }));

export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<p className="max-w-prose whitespace-pre-wrap">{text}</p>}>
      <MarkdownBody text={text} />
    </Suspense>
  );
}
