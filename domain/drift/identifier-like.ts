/** Columns are judged by their first rows. */
const judgedRows = 1_000;
/** Of fewer texts nothing can be told. */
const fewest = 20;
/** This share of texts that look alike is no accident. */
const telling = 0.05;

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** Luhn's sum, which every payment card fulfils. */
function isCard(text: string): boolean {
  if (!/^\d[\d -]{11,22}\d$/.test(text)) return false;
  const digits = digitsOf(text);
  if (digits.length < 13 || digits.length > 19) return false;
  let sum = 0;
  for (const [place, digit] of Array.from(digits).toReversed().entries()) {
    const times = Number(digit) * (place % 2 === 1 ? 2 : 1);
    sum += times > 9 ? times - 9 : times;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the country and the check digits behind the rest leave 1 in division by 97. */
function isIban(text: string): boolean {
  const compact = text.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact)) return false;
  const moved = `${compact.slice(4)}${compact.slice(0, 4)}`;
  const digits = moved.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return Array.from(digits).reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

function isIp(text: string): boolean {
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(text)) return text.split('.').every((part) => Number(part) <= 255);
  return /^[0-9a-f:]{2,39}$/i.test(text) && text.split(':').length >= 4;
}

/** With a plus, a leading zero or brackets, since a bare number may be anything; a date is none. */
function isPhone(text: string): boolean {
  if (/^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$/.test(text) || !/^(\+|0|\()[\d\s().\-/]{7,20}$/.test(text))
    return false;
  const { length } = digitsOf(text);
  return length >= 8 && length <= 15;
}

const looks: readonly { readonly what: string; readonly fits: (text: string) => boolean }[] = [
  { what: 'e-mail addresses', fits: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) },
  { what: 'UUIDs', fits: (text) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text) },
  { what: 'account numbers (IBAN)', fits: isIban },
  { what: 'card numbers', fits: isCard },
  { what: 'IP addresses', fits: isIp },
  { what: 'phone numbers', fits: isPhone },
];

/** What most of these texts look like, or at least one in twenty of them; null for nothing in particular. */
export function identifierLook(texts: readonly string[]): string | null {
  if (texts.length === 0) return null;
  const found = looks.find(({ fits }) => texts.filter(fits).length >= Math.max(1, telling * texts.length));
  return found === undefined ? null : `Its values look like ${found.what}.`;
}

/**
 * Why a column of text is refused until an admin maps it, as a sentence; null when nothing speaks against it. Judged by
 * its first 1,000 rows: values that look like identifiers of people or devices, or more than half of them distinct
 * (drift.md §9.10). Values that are no text are left out; fewer than 20 texts are only judged by their looks.
 */
export function identifierReason(values: readonly unknown[]): string | null {
  const texts = values.slice(0, judgedRows).filter((value): value is string => typeof value === 'string');
  const look = identifierLook(texts);
  if (look !== null) return look;
  if (texts.length < fewest) return null;
  const distinct = new Set(texts).size;
  if (distinct * 2 <= texts.length) return null;
  return `${distinct} of its first ${texts.length} values are distinct, as those of identifiers are.`;
}
