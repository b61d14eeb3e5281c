import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>['prices'];
export type PriceBook = Answers['list'];
export type PriceRow = PriceBook['page']['rows'][number];
export type NodeCost = Answers['resolve'];
export type UnpricedKind = Answers['unpriced'][number];
export type ImportPreview = Answers['preview'];
