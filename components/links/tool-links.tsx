'use client';

import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { isPodLink, type LinkValues, linkFor } from '../../domain/link-template.ts';
import { useServiceNow } from '../rollouts/service-clock.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { TextLink } from '../ui/link.tsx';

const defaultRangeMs = 3_600_000;

type Props = {
  readonly projectId: string;
  readonly environmentId: string;
  readonly values: Partial<Omit<LinkValues, 'fromMs' | 'toMs'>>;
  /** From when on; an hour before the end when left out. */
  readonly fromMs?: number | undefined;
  /** Until now when left out. */
  readonly toMs?: number | undefined;
};

const unknown = { service: null, namespace: null, revision: null, model: null, version: null, pod: null };

/** The project's links into other tools, as far as this page has what they need; those about pods only beside pods. */
export function ToolLinks({ projectId, environmentId, values, fromMs, toMs }: Props) {
  const trpc = useTrpc();
  const { data = [] } = useQuery(trpc.linkTemplates.list.queryOptions({ projectId }));
  // A minute is fine enough for a range, and keeps the addresses from changing under the pointer.
  const nowMs = Math.ceil(useServiceNow(60_000) / 60_000) * 60_000;
  const until = toMs ?? nowMs;
  const all: LinkValues = { ...unknown, ...values, fromMs: fromMs ?? until - defaultRangeMs, toMs: until };
  const isOfPod = all.pod !== null;
  const links = data
    .filter((link) => link.environmentId === null || link.environmentId === environmentId)
    .filter(({ url }) => isPodLink(url) === isOfPod)
    .flatMap(({ id, name, url }) => {
      const href = linkFor(url, all);
      return href === null ? [] : [{ id, name, href }];
    });
  return links.map(({ id, name, href }) => (
    <span key={id} className="inline-flex items-center gap-1 whitespace-nowrap">
      <ExternalLink aria-hidden className="size-3.5 shrink-0" />
      <TextLink href={href}>{name}</TextLink>
    </span>
  ));
}
