import { promotionStanding } from '../promotions/promotion-words.ts';
import { Badge } from '../ui/badge.tsx';
import { List, ListRow } from '../ui/list.tsx';
import { Panel } from '../ui/panel.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { Status } from '../ui/status.tsx';
import type { VersionDetail } from './model-answers.ts';

/** Revisions that run the version, live ones first. */
export function VersionRuns({ runs }: { runs: VersionDetail['runs'] }) {
  const ordered = runs.toSorted((left, right) => Number(right.role !== null) - Number(left.role !== null));
  return (
    <Panel flush title="Where it runs">
      {ordered.length === 0 ? (
        <p className="px-4 py-3 text-ink-muted">Nowhere yet: it comes to a service by a promotion.</p>
      ) : (
        <List label="Where it runs">
          {ordered.slice(0, 12).map((run) => (
            <ListRow
              key={`${run.revisionId} ${run.role ?? ''}`}
              href={`/services/${run.serviceId}`}
              title={run.serviceName}
              detail={`${run.environmentName} · revision ${run.revisionNumber}`}
              aside={
                run.role === null ? (
                  <span className="text-ink-muted text-xs">was live or asked for</span>
                ) : (
                  <Badge tone={run.role === 'stable' ? 'ok' : run.role === 'canary' ? 'warn' : 'info'}>
                    {run.role}
                  </Badge>
                )
              }
            />
          ))}
        </List>
      )}
    </Panel>
  );
}

/** Requests to promote the version, newest first. */
export function VersionRequests({ requests }: { requests: VersionDetail['promotions'] }) {
  if (requests.length === 0) return null;
  return (
    <Panel flush title="Promotions">
      <List label="Promotions of this version">
        {requests.map((request) => {
          const standing = promotionStanding(request.state);
          return (
            <ListRow
              key={request.id}
              href={`/promotions/${request.id}`}
              title={`${request.serviceName} in ${request.environmentName}`}
              detail={<RelativeTime at={request.requestedAt} />}
              aside={<Status tone={standing.tone} label={standing.label} />}
            />
          );
        })}
      </List>
    </Panel>
  );
}
