/** Model names may hold blanks and any letter, so they are always encoded. */
export function modelHref(name: string): string {
  return `/models/${encodeURIComponent(name)}`;
}

export function versionPath(name: string, number: number): string {
  return `${modelHref(name)}/versions/${number}`;
}

/** The name in an address as the registry knows it; a broken escape stays as it came. */
export function nameOfSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The version number in an address, or null when it is none. */
export function numberOfSegment(segment: string): number | null {
  return /^[1-9]\d{0,8}$/.test(segment) ? Number(segment) : null;
}
