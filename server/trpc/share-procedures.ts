import {
  pauseShare,
  resumeShare,
  revokeAllShares,
  revokeShare,
  rotateShare,
  updateShare,
} from '../shares/commands.ts';
import { createInstanceShare, createShare } from '../shares/create.ts';
import { instanceShareFile, shareFile } from '../shares/file.ts';
import {
  pauseInstanceShare,
  resumeInstanceShare,
  revokeAllInstanceShares,
  revokeInstanceShare,
  rotateInstanceShare,
  updateInstanceShare,
} from '../shares/instance-commands.ts';
import { proposeInstanceShare, proposeShare } from '../shares/propose.ts';
import { getInstanceShare, getShare, listInstanceShares, listShares } from '../shares/queries.ts';
import { mutation, reading, router } from './init.ts';

export const shares = router({
  list: reading(listShares),
  get: reading(getShare),
  propose: reading(proposeShare),
  file: reading(shareFile),
  create: mutation(createShare),
  update: mutation(updateShare),
  pause: mutation(pauseShare),
  resume: mutation(resumeShare),
  rotate: mutation(rotateShare),
  revoke: mutation(revokeShare),
  revokeAll: mutation(revokeAllShares),
});

/** Of charts over all projects. */
export const instanceShares = router({
  list: reading(listInstanceShares),
  get: reading(getInstanceShare),
  propose: reading(proposeInstanceShare),
  file: reading(instanceShareFile),
  create: mutation(createInstanceShare),
  update: mutation(updateInstanceShare),
  pause: mutation(pauseInstanceShare),
  resume: mutation(resumeInstanceShare),
  rotate: mutation(rotateInstanceShare),
  revoke: mutation(revokeInstanceShare),
  revokeAll: mutation(revokeAllInstanceShares),
});
