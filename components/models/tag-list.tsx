import { Badge } from '../ui/badge.tsx';

type Props = { readonly tags: Readonly<Record<string, string>>; readonly most?: number | undefined };

/** Tags as key and value; `most` cuts the list and says how many are left. */
export function TagList({ tags, most = 100 }: Props) {
  const entries = Object.entries(tags).sort(([left], [right]) => left.localeCompare(right));
  if (entries.length === 0) return <span className="text-ink-faint">none</span>;
  const shown = entries.slice(0, most);
  return (
    <span className="inline-flex flex-wrap items-center gap-1 py-1">
      {shown.map(([key, value]) => (
        <Badge key={key} title={`${key}: ${value}`}>
          <span className="max-w-56 truncate">{value === '' ? key : `${key}: ${value}`}</span>
        </Badge>
      ))}
      {entries.length > shown.length && <Badge>+{entries.length - shown.length}</Badge>}
    </span>
  );
}
