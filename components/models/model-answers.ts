import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;

export type ModelRow = Answers['models']['list']['rows'][number];
type ModelDetail = Answers['models']['get'];
export type VersionRow = ModelDetail['versions']['rows'][number];
export type LiveAt = ModelDetail['live'][number];
export type VersionDetail = Answers['modelVersions']['get'];
export type ArtefactFileRow = Answers['modelVersions']['files']['rows'][number];
export type EvidenceItem = VersionDetail['evidence'][number];
