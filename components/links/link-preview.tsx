'use client';

import { useQuery } from '@tanstack/react-query';
import { isPodLink, linkFor, linkTemplateProblem } from '../../domain/link-template.ts';
import { useProject } from '../project/project-context.tsx';
import type { ServiceRow } from '../services/service-answers.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { useNow } from '../ui/clock.tsx';
import { TextLink } from '../ui/link.tsx';

const rangeMs = 3_600_000;
/** No pod is read for a preview; this is how their names look. */
const podSuffix = '5d8f7c9b6-x2k4q';

/** What the address becomes for a live service of the project. */
export function LinkPreview({ url, environmentId }: { url: string; environmentId: string | null }) {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const place = environmentId === null ? {} : { environmentId };
  const { data } = useQuery(
    trpc.services.list.queryOptions({ projectId, page: 1, pageSize: 10, search: '', ...place }),
  );
  const nowMs = useNow(60_000);
  const service = data?.rows.find(({ stable }) => stable !== null) ?? data?.rows[0];
  if (url === '' || linkTemplateProblem(url) !== null) return null;
  if (service === undefined)
    return <p className="text-ink-muted text-xs">There is no service yet to try it on.</p>;
  const href = linkFor(url, valuesOf(service, nowMs));
  return (
    <div className="rounded-md border border-line bg-sunken px-3 py-2">
      <p className="text-ink-muted text-xs">
        For {service.name} in {service.environment.name}
        {isPodLink(url) && ', with an example of a pod'}:
      </p>
      {href === null ? (
        <p className="text-ink-muted">It runs no version yet, which this address needs.</p>
      ) : (
        <TextLink href={href} className="font-mono text-xs [overflow-wrap:anywhere]">
          {href}
        </TextLink>
      )}
    </div>
  );
}

function valuesOf({ name, environment, stable }: ServiceRow, nowMs: number) {
  const toMs = Math.ceil(nowMs / 60_000) * 60_000;
  return {
    service: name,
    namespace: environment.namespace,
    revision: stable === null ? null : String(stable.number),
    model: stable?.modelName ?? null,
    version: stable === null ? null : String(stable.versionNumber),
    pod: `${name}-r${stable?.number ?? 1}-${podSuffix}`,
    fromMs: toMs - rangeMs,
    toMs,
  };
}
