import { and, desc, eq, inArray } from 'drizzle-orm';
import * as z from 'zod';
import type { Queries } from '../../db/client.ts';
import { budget, budgetAlert, budgetMovement } from '../../db/schema/budgets.ts';
import { isInForce } from '../../domain/budget/amount.ts';
import { periodAt } from '../../domain/budget/period.ts';
import { idSchema } from '../../domain/name.ts';
import type { Principal } from '../../domain/principal.ts';
import { refusal } from '../../domain/refusal.ts';
import { query } from '../query.ts';
import { budgetQueue } from '../rows/budget-queue.ts';
import {
  type BudgetRequestFacts,
  budgetDecisionRefusal,
  budgetRequestFacts,
  missingSignatures,
} from '../rows/budget-request-facts.ts';
import { withAncestors } from '../rows/budget-rows.ts';
import { budgetFreezes } from '../rows/environment-freezes.ts';
import { currencyOf } from '../rows/price-entries.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { notFound, onlyRow } from '../rows/row-project.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import { askingProject, budgetProject } from './lock.ts';
import { type BudgetFigures, budgetViews, figuresOf } from './view.ts';

const schema = z.object({ budgetId: idSchema });

/** One budget of a project with its movements, newest first; of those above it, the figures that members may see. */
export const getBudget = query(
  { permission: 'budgets.get', schema, project: budgetProject },
  async ({ db, input, projectId, principal, ctx }) => ({
    ...(await pageOfBudget(db, input.budgetId, { now: await ctx.clock(db), principal })),
    refusals: {
      exceed: viewerRefusal({ principal, projectId }, 'budgets.exceed'),
      update: viewerRefusal({ principal, projectId }, 'budgets.update'),
      setBase: viewerRefusal({ principal, projectId }, 'budgets.setBase'),
      close: viewerRefusal({ principal, projectId }, 'budgets.close'),
    },
  }),
);

/** One budget of the instance, for those who keep them. */
export const getInstanceBudget = query(
  { permission: 'instanceBudgets.get', schema, project: 'instance' },
  async ({ db, input, principal, ctx }) => {
    const page = await pageOfBudget(db, input.budgetId, { now: await ctx.clock(db), principal });
    if (page.budget.projectId !== null) throw notFound();
    const viewer = { principal, projectId: '' };
    return {
      ...page,
      refusals: {
        update: viewerRefusal(viewer, 'instanceBudgets.update'),
        setBase: viewerRefusal(viewer, 'instanceBudgets.setBase'),
        close: viewerRefusal(viewer, 'instanceBudgets.close'),
        exceed: refusal({
          code: 'wrongState',
          message: 'More of a budget of the instance is asked for by the projects that it counts.',
          fix: 'Set its amount, or sign what they ask for.',
        }),
      },
    };
  },
);

/** What a project asked of a budget of the instance that counts it, newest first. */
export const askedOfInstance = query(
  {
    permission: 'budgets.asked',
    schema: schema.extend({ projectId: idSchema }),
    project: askingProject,
  },
  async ({ db, input, projectId, principal, ctx }) => ({
    requests: await requestsOf(db, input.budgetId, { now: await ctx.clock(db), principal, projectId }),
    refusal: viewerRefusal({ principal, projectId }, 'budgets.exceed'),
  }),
);

type Reader = { readonly now: Date; readonly principal: Principal };

async function pageOfBudget(db: Queries, budgetId: string, { now, principal }: Reader) {
  const row = onlyRow(await db.select().from(budget).where(eq(budget.id, budgetId)));
  const [view] = await budgetViews(db, [row], now);
  if (view === undefined) throw notFound();
  const personOf = await principalRefs(db, [row.createdBy]);
  const span = periodAt(view.period, now);
  return {
    budget: { ...view, createdBy: personOf(row.createdBy) },
    movements: await movementsOf(db, budgetId, now),
    told: await toldOf(db, budgetId, view.period.kind === 'rolling' ? new Date(0) : span.fromAt),
    freezes: await budgetFreezes(db, budgetId),
    queue: await budgetQueue(db, row, now),
    requests: await requestsOf(db, budgetId, { now, principal }),
    above: await aboveOf(db, budgetId, now),
    currency: await currencyOf(db),
    beginsLateMs: span.beginsLateMs,
  };
}

async function movementsOf(db: Queries, budgetId: string, now: Date) {
  const rows = await db
    .select()
    .from(budgetMovement)
    .where(eq(budgetMovement.budgetId, budgetId))
    .orderBy(desc(budgetMovement.fromAt), desc(budgetMovement.id))
    .limit(200);
  const personOf = await principalRefs(
    db,
    rows.map(({ createdBy }) => createdBy),
  );
  return rows.map((row) => ({
    ...row,
    amount: BigInt(row.amount),
    inForce: isInForce(row, now),
    createdBy: personOf(row.createdBy),
  }));
}

async function aboveOf(db: Queries, budgetId: string, now: Date) {
  const ids = (await withAncestors(db, [budgetId])).filter((id) => id !== budgetId);
  const found = [];
  for (const id of ids) found.push(onlyRow(await db.select().from(budget).where(eq(budget.id, id))));
  return await figuresOf(db, found, now);
}

/** Requests for more, and of what was given from it or to it; each side sees the other's figures for its life. */
async function requestsOf(
  db: Queries,
  budgetId: string,
  { now, principal, projectId }: Reader & { readonly projectId?: string },
) {
  const asked = projectId === undefined ? { budgetId } : { budgetId, projectId };
  const found = await budgetRequestFacts(db, asked, now);
  const names = await otherSides(db, found, { budgetId, now });
  return found.map((facts) => {
    const { request, action, progress, requestedBy, state } = facts;
    const isIn = request.toBudgetId === budgetId;
    return {
      id: request.id,
      kind: request.kind,
      /** Whether it makes this budget larger or smaller. */
      direction: request.kind === 'exceed' || isIn ? ('in' as const) : ('out' as const),
      amount: BigInt(request.amount),
      untilAt: request.untilAt,
      reason: request.reason,
      state,
      /** Whose admins sign: the instance's, or the project's approvers. */
      ofInstance: facts.ofInstance,
      subjectDigest: action.subjectDigest,
      requestedAt: request.requestedAt,
      requestedBy,
      missing: missingSignatures(progress),
      canStillSign: progress.canStillSign.map(({ name }) => name),
      otherSide: names.get((isIn ? request.budgetId : request.toBudgetId) ?? '') ?? null,
      refusals: {
        approve: budgetDecisionRefusal(facts, 'approve', principal),
        reject: budgetDecisionRefusal(facts, 'reject', principal),
      },
    };
  });
}

async function otherSides(
  db: Queries,
  facts: readonly BudgetRequestFacts[],
  { budgetId, now }: { budgetId: string; now: Date },
) {
  const ids = facts
    .filter(({ request }) => request.untilAt > now)
    .flatMap(({ request }) => [request.budgetId, request.toBudgetId])
    .filter((id) => id !== null && id !== budgetId);
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  if (wanted.length === 0) return new Map<string, BudgetFigures>();
  const rows = await db.select().from(budget).where(inArray(budget.id, wanted));
  return new Map((await figuresOf(db, rows, now)).map((found) => [found.id, found]));
}

/** Thresholds that were told in the running period. */
async function toldOf(db: Queries, budgetId: string, fromAt: Date) {
  return await db
    .select({ key: budgetAlert.thresholdKey, at: budgetAlert.firedAt })
    .from(budgetAlert)
    .where(and(eq(budgetAlert.budgetId, budgetId), eq(budgetAlert.periodAt, fromAt)));
}
