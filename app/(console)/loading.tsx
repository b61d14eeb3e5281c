import { Page } from '../../components/ui/page.tsx';
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx';

/** Keeps the room of a header and a table. */
export default function Loading() {
  return (
    <Page>
      <div className="flex flex-col gap-2">
        <Skeleton className="h-7 w-56" />
        <Skeleton className="h-4 w-96 max-w-full" />
      </div>
      <div className="overflow-hidden rounded-lg border border-line bg-surface">
        <SkeletonRows rows={8} columns={5} />
      </div>
    </Page>
  );
}
