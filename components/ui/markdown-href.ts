/** Only these may be followed from text that somebody else wrote; everything else becomes plain text. */
export function safeMarkdownHref(url: string): string {
  return /^(https?:\/\/|mailto:)/i.test(url) ? url : '';
}
