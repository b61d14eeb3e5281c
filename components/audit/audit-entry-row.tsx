import { ChevronRight } from 'lucide-react';
import { Badge } from '../ui/badge.tsx';
import { Digest } from '../ui/digest.tsx';
import { Link, TextLink } from '../ui/link.tsx';
import { Person } from '../ui/person.tsx';
import { ExactTime, RelativeTime } from '../ui/relative-time.tsx';
import { TextDiff } from '../ui/text-diff.tsx';
import type { AuditItem } from './audit-answers.ts';
import { entryHref, kindWord, unspokenName } from './audit-links.ts';
import { jsonText } from './json-text.ts';

type Props = { readonly item: AuditItem; readonly isOpen: boolean };

/** One act in a line; open, its before and after, its words and its hash. */
export function AuditEntryRow({ item, isOpen }: Props) {
  const unspoken = unspokenName(item);
  return (
    <li id={`entry-${item.seq}`}>
      <details open={isOpen} className="group">
        <summary className="flex items-start gap-2 px-4 py-2 hover:bg-hover focus-visible:-outline-offset-2">
          <ChevronRight
            aria-hidden
            className="mt-0.5 size-4 shrink-0 text-ink-faint transition-transform group-open:rotate-90"
          />
          <span className="grid min-w-0 flex-1 grid-cols-1 gap-x-4 gap-y-0.5 sm:grid-cols-[11rem_minmax(0,1fr)_7rem]">
            <span className="min-w-0 truncate">
              <Person name={item.actorName ?? 'name erased'} />
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {unspoken !== null && <span className="text-ink-muted">{unspoken}: </span>}
              {item.sentence ?? item.action}
              {item.origin === 'demo' && (
                <span className="ml-2">
                  <Badge title="Made while the demo was set up.">demo</Badge>
                </span>
              )}
              {item.comment !== null && item.comment !== '' && (
                <q className="block text-ink-muted text-xs">{item.comment}</q>
              )}
            </span>
            <span className="text-ink-muted text-xs sm:text-right">
              <RelativeTime at={item.at} />
            </span>
          </span>
        </summary>
        <EntryDetail item={item} />
      </details>
    </li>
  );
}

function EntryDetail({ item }: { item: AuditItem }) {
  const href = entryHref(item);
  const name = item.objectName ?? item.objectId;
  const [before, after] = [jsonText(item.before), jsonText(item.after)];
  return (
    <div className="flex flex-col gap-3 px-4 pb-4 sm:pl-10">
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-muted text-xs">
        <span>
          {kindWord(item.objectKind)}:{' '}
          {href === null ? <span className="text-ink">{name}</span> : <TextLink href={href}>{name}</TextLink>}
        </span>
        <span>
          Act: <code className="font-mono">{item.action}</code>
        </span>
        <ExactTime at={item.at} seconds />
        <span>Entry {item.seq}</span>
        <span className="inline-flex items-center gap-1">
          Hash <Digest value={item.hash} />
        </span>
        <Link
          href={`/audit?kind=${item.objectKind}&id=${encodeURIComponent(item.objectId)}`}
          className="text-accent hover:underline"
        >
          All about this object
        </Link>
        <Link href={`/audit?actor=${item.actorId}`} className="text-accent hover:underline">
          All by this actor
        </Link>
      </p>
      {before === '' && after === '' ? (
        <p className="text-ink-muted">No values were recorded for this act.</p>
      ) : (
        <TextDiff label={`Before and after of entry ${item.seq}`} before={before} after={after} context={4} />
      )}
    </div>
  );
}
