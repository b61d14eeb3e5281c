/**
 * Reads CSV (RFC 4180) in pieces: `push` gives the rows that are complete, `end` what is left. Quoted cells may hold
 * commas, quotes and line breaks; blank lines are no rows. Throws CsvError when a quoted cell never ends or a row is longer
 * than a mebibyte.
 */
export class CsvReader {
  #cell = '';
  #cells: string[] = [];
  #state: 'start' | 'plain' | 'quoted' | 'quoteSeen' = 'start';
  #rowLength = 0;
  #afterReturn = false;

  push(text: string): string[][] {
    const rows: string[][] = [];
    let at = 0;
    while (at < text.length) {
      // Whole stretches without a sign that means something are taken at once: bills are large.
      const next = this.#state === 'quoted' ? nextOf(text, '"', at) : nextSign(text, at);
      if (next > at) this.#takeStretch(text.slice(at, next));
      const sign = text[next];
      if (sign !== undefined) this.#takeSign(sign, rows);
      at = next + 1;
    }
    return rows;
  }

  end(): string[][] {
    if (this.#state === 'quoted') throw new CsvError('A quoted cell has no closing quote.');
    const rows: string[][] = [];
    if (this.#rowLength > 0) this.#endRow(rows);
    return rows;
  }

  #takeStretch(stretch: string): void {
    this.#afterReturn = false;
    this.#grow(stretch.length);
    this.#cell += stretch;
    if (this.#state !== 'quoted') this.#state = 'plain';
  }

  #takeSign(sign: string, rows: string[][]): void {
    const isFeedOfReturn = this.#afterReturn && sign === '\n';
    this.#afterReturn = false;
    if (isFeedOfReturn) return;
    if (sign === '\n' || sign === '\r') {
      this.#afterReturn = sign === '\r';
      return this.#endRow(rows);
    }
    this.#grow(1);
    if (sign === ',') this.#endCell();
    else this.#takeQuote();
  }

  #takeQuote(): void {
    switch (this.#state) {
      case 'start':
        this.#state = 'quoted';
        return;
      case 'quoted':
        this.#state = 'quoteSeen';
        return;
      case 'quoteSeen':
        this.#state = 'quoted';
        this.#cell += '"';
        return;
      case 'plain':
        this.#cell += '"';
    }
  }

  #grow(length: number): void {
    this.#rowLength += length;
    if (this.#rowLength > 1_048_576) throw new CsvError('A row is longer than a mebibyte.');
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = '';
    this.#state = 'start';
  }

  #endRow(rows: string[][]): void {
    if (this.#rowLength > 0) {
      this.#endCell();
      rows.push(this.#cells);
    }
    this.#cells = [];
    this.#rowLength = 0;
  }
}

function nextOf(text: string, sign: string, from: number): number {
  const found = text.indexOf(sign, from);
  return found < 0 ? text.length : found;
}

function nextSign(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // Comma, quote, line feed, carriage return.
    if (code === 44 || code === 34 || code === 10 || code === 13) return at;
  }
  return text.length;
}

/** What is wrong with a file as a whole, as a sentence. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

/** All rows of a text; throws CsvError. */
export function csvRows(text: string): string[][] {
  const reader = new CsvReader();
  return [...reader.push(withoutMark(text)), ...reader.end()];
}

/** Spreadsheets begin a file with a byte order mark, which is no part of the first name. */
export function withoutMark(text: string): string {
  return text.startsWith('\u{feff}') ? text.slice(1) : text;
}

/** A row; a spreadsheet runs a cell that starts like a formula, so such a text gets a quote in front (not a number). */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

const number = /^-?\d+(\.\d+)?$/;

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !number.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A cell as it was before `csvLine` put a quote in front of it. */
export function unguarded(text: string): string {
  return /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}
