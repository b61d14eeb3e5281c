import { roles } from '../../domain/permission.ts';
import type { Blocker } from '../../domain/refusal.ts';
import type { Tone } from '../ui/tone.ts';

const ordinary: readonly Blocker['code'][] = [
  'minimumTime',
  'minimumSamples',
  'noEvidence',
  'scaleDownDelay',
  'waitingForCluster',
  'weightNotEffective',
  'routeNotAccepted',
  'revisionNotReady',
];
const broken: readonly Blocker['code'][] = [
  'fight',
  'crashLoop',
  'imagePull',
  'clusterUnreachable',
  'clusterUnauthorized',
  'crdMissing',
  'dryRunRefused',
  'analysisFailed',
];

/** Waiting that belongs to every rollout is calm, waiting for a person warns, what is broken is bad. */
export function blockerTone(blocker: Pick<Blocker, 'code' | 'until'>): Tone {
  if (broken.includes(blocker.code)) return 'bad';
  if (blocker.code === 'healthyTimeMissing' && blocker.until !== null) return 'info';
  return ordinary.includes(blocker.code) ? 'info' : 'warn';
}

/** Who can change it, as part of a sentence: a role gets its article, a name stays as it is. */
export function ownerText({ owner, until }: Pick<Blocker, 'owner' | 'until'>): string {
  if (owner === null) return until === null ? 'traffic and time' : 'nobody has to: it ends by itself';
  if (!roles.some((role) => role === owner)) return owner;
  return `${/^[aeiou]/.test(owner) ? 'an' : 'a'} ${owner}`;
}
