'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useProject } from '../project/project-context.tsx';
import { useTrpc } from '../trpc-provider.tsx';
import { Link } from '../ui/link.tsx';
import { Page } from '../ui/page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Panel } from '../ui/panel.tsx';
import { Stat, StatRow } from '../ui/stat.tsx';
import { CostLine } from './cost-line.tsx';
import { FirstSteps } from './first-steps.tsx';
import { MovingList } from './moving-list.tsx';
import type { Overview } from './overview-answers.ts';
import { RecentList } from './recent-list.tsx';
import { WaitingList } from './waiting-list.tsx';
import { WrongList } from './wrong-list.tsx';

const refreshMs = 15_000;

/** What waits for me, what is moving, what is wrong and what it costs, on one screen. */
export function OverviewPage() {
  const trpc = useTrpc();
  const { projectId, projectName } = useProject();
  const { data: overview } = useSuspenseQuery({
    ...trpc.overview.get.queryOptions({ projectId }),
    refetchInterval: refreshMs,
  });
  const { counts } = overview;
  return (
    <Page>
      <PageHeader title="Overview" description={`What needs a person and what moves in ${projectName}.`} />
      <Counts overview={overview} />
      <CostLine costs={overview.costs} />
      {counts.services === 0 || counts.models === 0 ? <FirstSteps counts={counts} /> : null}
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-5">
          <Panel
            id="waits"
            title="Waits for you"
            actions={<More href="/promotions?filter=waitsForMe" />}
            flush
          >
            <WaitingList
              rows={overview.waitsForMe}
              budgets={overview.budgetsForMe}
              retrains={overview.retrainsForMe}
              rebases={overview.rebasesForMe}
            />
          </Panel>
          <Panel id="wrong" title="Wrong" flush>
            <WrongList rows={overview.wrong} />
          </Panel>
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <Panel title="Moving" actions={<More href="/rollouts" />} flush>
            <MovingList rows={overview.moving} />
          </Panel>
          <Panel title="Recently ended" actions={<More href="/rollouts?filter=ended" />} flush>
            <RecentList rows={overview.recent} />
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function More({ href }: { href: string }) {
  return (
    <Link href={href} className="text-accent text-xs hover:underline">
      Show all
    </Link>
  );
}

function Counts({
  overview: { counts, waitsForMe, budgetsForMe, rebasesForMe, wrong },
}: {
  overview: Overview;
}) {
  const waiting = waitsForMe.length + budgetsForMe.length + rebasesForMe.length;
  const all: readonly { label: string; value: number; href: string; tone?: 'warn' | 'bad' }[] = [
    { label: 'Wait for you', value: waiting, href: '#waits', tone: 'warn' },
    { label: 'Rolling out', value: counts.activeRollouts, href: '/rollouts' },
    { label: 'Need attention', value: wrong.length, href: '#wrong', tone: 'bad' },
    { label: 'Open promotions', value: counts.openPromotions, href: '/promotions?filter=open' },
    { label: 'Services', value: counts.services, href: '/services' },
    { label: 'Model versions', value: counts.versions, href: '/models' },
  ];
  return (
    <StatRow>
      {all.map(({ label, value, href, tone }) => (
        <Link
          key={label}
          href={href}
          className="min-w-0 bg-surface hover:bg-hover focus-visible:-outline-offset-2"
        >
          <Stat label={label} value={value} tone={value > 0 ? tone : undefined} />
        </Link>
      ))}
    </StatRow>
  );
}
