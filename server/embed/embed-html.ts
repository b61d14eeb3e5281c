import type { ShareTheme } from '../../domain/share/share-content.ts';

type Page = {
  readonly id: string;
  readonly kind: 'embed' | 'share';
  readonly origins: readonly string[];
  readonly theme: ShareTheme;
};

/** The page of a share before it is opened: it holds no data, not even the title. `id` and `origins` were checked when they were stored. */
export function embedPage({ id, kind, origins, theme }: Page): string {
  const fixed = theme === 'system' ? '' : ` data-theme="${theme}"`;
  return html(
    ` data-id="${id}" data-kind="${kind}" data-origins="${origins.join(' ')}"${fixed}`,
    '<script src="/embed/page.js" defer></script>',
    '<p>Fetching the chart …</p><noscript><p>This page needs JavaScript. A picture of the chart can be shared instead.</p></noscript>',
  );
}

/** The same for unknown, expired, paused, revoked and removed, and while the database is away; it looks again by itself. */
export const statusPage = html(
  '',
  '<meta http-equiv="refresh" content="60">',
  '<h1>This chart is not available</h1><p>It was never there, has ended, was taken back, or cannot be read right now. Ask the person who shared it.</p>',
);

function html(attributes: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en"${attributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Shared chart</title>
<link rel="stylesheet" href="/embed/page.css">
${head}
</head>
<body><main>${body}</main></body>
</html>
`;
}
