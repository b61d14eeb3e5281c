import {
  pauseShare,
  resumeShare,
  revokeAllShares,
  revokeShare,
  rotateShare,
  updateShare,
} from '../shares/commands.ts';
import { createShare } from '../shares/create.ts';
import { shareFile } from '../shares/file.ts';
import { proposeShare } from '../shares/propose.ts';
import { getShare, listShares } from '../shares/queries.ts';
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
