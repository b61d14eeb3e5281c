const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}

/** What clocks of the zone show at an instant, as if it were UTC. */
export function wallOf(at: Date, timeZone: string): number {
  if (timeZone === 'UTC') return Math.floor(at.getTime() / 1_000) * 1_000;
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

const dayMs = 86_400_000;

/** The first instant at which clocks of the zone show this or, where they jump over it, what comes after. */
export function instantOf(wall: number, timeZone: string): Date {
  const offsets = [-dayMs, dayMs].map((around) => {
    const near = wall + around;
    return wallOf(new Date(near), timeZone) - near;
  });
  const candidates = offsets.map((offset) => wall - offset).sort((left, right) => left - right);
  const found = candidates.find((at) => wallOf(new Date(at), timeZone) >= wall);
  return new Date(found ?? candidates[candidates.length - 1] ?? wall);
}
