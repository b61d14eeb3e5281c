import * as z from 'zod';
import type { Transaction } from '../../db/client.ts';
import { share } from '../../db/schema/shares.ts';
import { idSchema } from '../../domain/name.ts';
import { command } from '../command.ts';
import { rowProject } from '../rows/row-project.ts';
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

/** A share of the instance is "not found" here. */
const project = (tx: Transaction, { shareId }: { shareId: string }) => rowProject(tx, share, shareId);

export const updateShare = command({ permission: 'shares.update', schema: updateSchema, project }, (run) =>
  updatedShare(run, run.projectId),
);

export const pauseShare = command({ permission: 'shares.pause', schema: ofShareSchema, project }, (run) =>
  pausedShare(run, run.projectId, 'paused'),
);

export const resumeShare = command({ permission: 'shares.resume', schema: ofShareSchema, project }, (run) =>
  pausedShare(run, run.projectId, 'active'),
);

export const rotateShare = command(
  { permission: 'shares.rotate', schema: rotateSchema, project, returnsSecret: true },
  (run) => rotatedShare(run, run.projectId),
);

export const revokeShare = command({ permission: 'shares.revoke', schema: ofShareSchema, project }, (run) =>
  revokedShare(run, run.projectId),
);

export const revokeAllShares = command(
  {
    permission: 'shares.revokeAll',
    schema: z.object({ projectId: idSchema }),
    project: (_tx, input) => input.projectId,
  },
  (run) => revokedAll(run, run.projectId),
);
