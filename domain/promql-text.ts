/** Escapes a text for use inside a double-quoted PromQL string; nothing it contains can end the string. */
export function escapedLabelValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
