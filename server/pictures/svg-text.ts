const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// What XML 1.0 refuses even as a reference: a single one would make the whole picture unreadable.
const forbidden = /[\p{Cc}\ufffe\uffff]/gu;
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Text as content or attribute of an SVG: white space is one blank, marks of direction and what XML refuses are gone. */
export function svgText(text: string): string {
  const clean = text
    .toWellFormed()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(forbidden, '')
    .replaceAll(directions, '');
  return clean.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** A name inside a line of other words: one that runs from right to left does not turn what stands beside it. */
export function svgName(name: string): string {
  const text = svgText(name);
  return rightToLeft.test(text) ? `\u2068${text}\u2069` : text;
}

const narrow = new Set("iljtfrI.,:;|!'()[] ");
const wide = /[mwMW@%\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/;

/** About how wide a text is in Inter, in pixels; there is no font to measure with until the picture is drawn. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) {
    ems += narrow.has(character)
      ? 0.32
      : wide.test(character)
        ? 0.95
        : /[A-Z0-9]/.test(character)
          ? 0.67
          : 0.58;
  }
  return ems * fontSize;
}

/** The text, or its beginning with an ellipsis, in at most so many pixels. */
export function cutText(text: string, fontSize: number, maxWidth: number): string {
  if (textWidth(text, fontSize) <= maxWidth) return text;
  const characters = Array.from(text);
  let width = textWidth('…', fontSize);
  let count = 0;
  for (const character of characters) {
    width += textWidth(character, fontSize);
    if (width > maxWidth) break;
    count += 1;
  }
  return `${characters.slice(0, count).join('').trimEnd()}…`;
}

/** Words on at most `maxLines` lines; what does not fit ends in an ellipsis. */
export function wrapText(
  text: string,
  fontSize: number,
  size: { width: number; maxLines: number },
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || textWidth(longer, fontSize) <= size.width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  const kept = lines.slice(0, size.maxLines);
  const rest = lines.slice(size.maxLines - 1).join(' ');
  if (lines.length > size.maxLines) kept[size.maxLines - 1] = rest;
  return kept.map((each) => cutText(each, fontSize, size.width));
}
