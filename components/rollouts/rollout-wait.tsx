'use client';

import { type ComponentProps, lazy } from 'react';
import { Banner } from '../ui/banner.tsx';
import { Later } from '../ui/later.tsx';
import { BakeBanner } from './bake-banner.tsx';
import { ContinueDialog } from './continue-dialog.tsx';
import type { RolloutDetail } from './rollout-answers.ts';
import { endingOf, pendingSentence } from './rollout-ending.ts';
import { hasEnded } from './rollout-words.ts';
import type { RolloutCommands } from './use-rollout-commands.ts';
import { WaitList } from './wait-list.tsx';

/** Most rollouts have none; it brings retry, the kept canary and what is left to do. */
const IncidentPanel = lazy(async () => ({ default: (await import('./incident-panel.tsx')).IncidentPanel }));

type Props = { readonly rollout: RolloutDetail; readonly commands: RolloutCommands };

/** One place that says why nothing moves, how it ended, or that an order is on its way. */
export function RolloutWait({ rollout, commands }: Props) {
  const { incident } = rollout;
  if (hasEnded(rollout)) {
    if (incident !== null) return <Incident rollout={rollout} incident={incident} commands={commands} />;
    const ending = endingOf(rollout);
    return (
      <>
        {rollout.bake.state !== 'rolledBack' && (
          <Banner tone="ok" title={ending.title}>
            {ending.detail}
          </Banner>
        )}
        <BakeBanner rollout={rollout} />
      </>
    );
  }
  const pending = pendingSentence(rollout);
  return (
    <>
      {pending !== null && <Banner tone="progress" title={pending} />}
      {incident !== null && <Incident rollout={rollout} incident={incident} commands={commands} />}
      <WaitList
        blockers={rollout.blockers}
        action={
          rollout.held ? <ContinueDialog rollout={rollout} command={commands.continueWithout} /> : undefined
        }
      />
      <BakeBanner rollout={rollout} />
    </>
  );
}

function Incident(props: ComponentProps<typeof IncidentPanel>) {
  return (
    <Later className="h-40 w-full">
      <IncidentPanel {...props} />
    </Later>
  );
}
