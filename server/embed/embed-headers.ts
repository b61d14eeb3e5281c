/** Of every answer: nothing is kept, nothing leaks by the referrer, and hosts that demand CORP may still show it. */
export const embedHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-resource-policy': 'cross-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), clipboard-read=()',
} as const;

/** Headers of a page: one script and one style sheet of ours, and only `ancestors` may frame it. */
export function pageHeaders(ancestors: string): Record<string, string> {
  return {
    ...embedHeaders,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${ancestors}`,
    ].join('; '),
  };
}

/** Headers of a picture or file that is opened by its address. */
export const fileHeaders = {
  ...embedHeaders,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;
