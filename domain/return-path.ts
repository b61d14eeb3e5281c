const origin = 'http://console.invalid';
const longest = 2_000;

/**
 * Where to go after signing in: the text when it is a path of this console, else `/`. Judged as browsers read it, so that
 * `//evil`, `/\evil`, `/%09/evil` and the like never leave; sign-in, set-up and API paths are no pages to return to.
 */
export function returnPath(text: string | null | undefined): string {
  if (text == null || !text.startsWith('/') || text.length > longest || /[\p{Cc}\\]/u.test(text)) return '/';
  if (!URL.canParse(text, origin)) return '/';
  const url = new URL(text, origin);
  // A path whose dots collapse to "//" would be read as a host when it is used again.
  if (url.origin !== origin || url.pathname.startsWith('//')) return '/';
  if (/^\/(sign-in|set-up|api)(\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
