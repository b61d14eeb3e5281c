import { Columns } from '../ui/page.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton, SkeletonRows } from '../ui/skeleton.tsx';

/** The place of a preview that is on its way. */
export function PreviewSkeleton() {
  return (
    <Columns
      main={
        <>
          <Skeleton className="h-20 w-full rounded-lg" />
          <Panel flush title="What will change">
            <SkeletonRows rows={6} columns={4} />
          </Panel>
        </>
      }
      aside={<Skeleton className="h-48 w-full rounded-lg" />}
    />
  );
}
