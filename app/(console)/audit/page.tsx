import type { Metadata } from 'next';
import { auditAsk, auditFilter } from '../../../components/audit/audit-filter.ts';
import { AuditPage } from '../../../components/audit/audit-page.tsx';
import type { SearchParams } from '../../../components/rollouts/list-params.ts';
import { currentProjectId, Hydrate, prefetch, trpc } from '../../trpc.tsx';
import { permitted } from '../permitted.ts';

export const metadata: Metadata = { title: 'Audit' };

export default async function AuditTrailPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const filter = auditFilter(await searchParams);
  const projectId = await currentProjectId();
  if (projectId === null) return null;
  await prefetch(
    filter.chain === 'instance' && (await permitted('instanceAudit.list', projectId))
      ? trpc().instanceAudit.list.queryOptions(auditAsk(filter))
      : trpc().audit.list.queryOptions({ projectId, ...auditAsk(filter) }),
  );
  return (
    <Hydrate>
      <AuditPage filter={filter} />
    </Hydrate>
  );
}
