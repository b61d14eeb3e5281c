import * as z from 'zod';
import { command } from '../command.ts';
import {
  ofShareSchema,
  pausedShare,
  revokedAll,
  revokedShare,
  rotatedShare,
  rotateSchema,
  updatedShare,
  updateSchema,
} from './change.ts';

export const updateInstanceShare = command(
  { permission: 'instanceShares.update', schema: updateSchema, project: 'instance' },
  (run) => updatedShare(run, null),
);

export const pauseInstanceShare = command(
  { permission: 'instanceShares.pause', schema: ofShareSchema, project: 'instance' },
  (run) => pausedShare(run, null, 'paused'),
);

export const resumeInstanceShare = command(
  { permission: 'instanceShares.resume', schema: ofShareSchema, project: 'instance' },
  (run) => pausedShare(run, null, 'active'),
);

export const rotateInstanceShare = command(
  { permission: 'instanceShares.rotate', schema: rotateSchema, project: 'instance', returnsSecret: true },
  (run) => rotatedShare(run, null),
);

export const revokeInstanceShare = command(
  { permission: 'instanceShares.revoke', schema: ofShareSchema, project: 'instance' },
  (run) => revokedShare(run, null),
);

export const revokeAllInstanceShares = command(
  { permission: 'instanceShares.revokeAll', schema: z.object({}), project: 'instance' },
  (run) => revokedAll(run, null),
);
