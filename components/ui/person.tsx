type PersonProps = { name: string; detail?: string | undefined };

/** At most two letters; an empty name gives a question mark. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._@-]+/)
    .filter(Boolean);
  const letters = words.slice(0, 2).map((word) => word.charAt(0).toUpperCase());
  return letters.join('') || '?';
}

export function Person({ name, detail }: PersonProps) {
  return (
    <span className="inline-flex min-w-0 items-center gap-2 align-middle">
      <span
        aria-hidden
        className="flex size-5 shrink-0 items-center justify-center rounded-full bg-neutral-surface font-semibold text-[0.5625rem] text-neutral"
      >
        {initialsOf(name)}
      </span>
      <span className="truncate">{name}</span>
      {detail !== undefined && <span className="truncate text-ink-muted text-xs">{detail}</span>}
    </span>
  );
}
