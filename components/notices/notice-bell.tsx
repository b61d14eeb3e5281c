'use client';

import { useQuery } from '@tanstack/react-query';
import { Bell } from 'lucide-react';
import { useTrpc } from '../trpc-provider.tsx';
import { Count } from '../ui/count.tsx';
import { Link } from '../ui/link.tsx';

/** Leads to the notices; its number is the high ones that nobody has acknowledged. */
export function NoticeBell({ projectId }: { projectId: string }) {
  const trpc = useTrpc();
  const { data } = useQuery(trpc.notices.count.queryOptions({ projectId }));
  const unacknowledged = data?.unacknowledged ?? 0;
  return (
    <Link
      href={unacknowledged > 0 ? '/notices?filter=unacknowledged' : '/notices'}
      title="Notices"
      aria-label={unacknowledged > 0 ? `Notices: ${unacknowledged} high and not acknowledged` : 'Notices'}
      className="inline-flex h-8 min-w-8 items-center justify-center gap-1.5 rounded-md px-1.5 text-ink-muted hover:bg-hover hover:text-ink"
    >
      <Bell aria-hidden className={unacknowledged > 0 ? 'size-4 text-bad' : 'size-4'} />
      {unacknowledged > 0 && <Count value={unacknowledged} />}
    </Link>
  );
}
