import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/trpc/root.ts';

type Answers = inferRouterOutputs<AppRouter>;

export type PromotionRow = Answers['promotions']['list']['rows'][number];
export type PromotionDetail = Answers['promotions']['get'];
export type PromotionPreview = Answers['promotions']['preview'];
export type ChangePreview = PromotionPreview['change'];
export type Forecast = ChangePreview['forecast'];
export type PreflightView = NonNullable<PromotionPreview['preflight']>;
