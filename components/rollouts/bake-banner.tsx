'use client';

import { formatClock } from '../../domain/time-format.ts';
import { Banner } from '../ui/banner.tsx';
import { useZone } from '../ui/clock.tsx';
import { TextLink } from '../ui/link.tsx';
import { bakeWords } from './bake-words.ts';
import type { RolloutDetail } from './rollout-answers.ts';
import { ServiceTime } from './service-clock.tsx';

/** That the rails keep running after 100 %, until when they roll back, and what they say now. */
export function BakeBanner({ rollout }: { rollout: RolloutDetail }) {
  const zone = useZone();
  const words = bakeWords(rollout, (at) => formatClock(at.getTime(), zone));
  if (words === null) return null;
  const { tone, title, rails, detail, back } = words;
  return (
    <Banner tone={tone} title={title}>
      {rails.length > 0 && (
        <ul>
          {rails.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      {detail}{' '}
      {back !== null && (
        <>
          <TextLink href={`/rollouts/${back.rolloutId}`}>The rollout that leads back</TextLink>, started{' '}
          <ServiceTime at={back.at} />.
        </>
      )}
    </Banner>
  );
}
