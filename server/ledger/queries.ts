import { and, asc, count, desc, eq, min } from 'drizzle-orm';
import * as z from 'zod';
import { ledgerHourSum, ledgerMonth, ledgerStatement } from '../../db/schema/ledger.ts';
import { monthOf, nextMonth, statementSchema } from '../../domain/ledger/statement.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { statementHead } from './statements.ts';

const mostMonths = 60;

/** Closed months, newest first, and the first one that could be closed next; null when the present month is. */
export const listMonths = query(
  { permission: 'ledger.months', schema: z.void(), project: 'instance' },
  async ({ db, ctx }) => {
    const now = await ctx.clock(db);
    const rows = await db
      .select({
        month: ledgerMonth.month,
        closedAt: ledgerMonth.closedAt,
        closedBy: ledgerMonth.closedBy,
        statements: count(ledgerStatement.id),
      })
      .from(ledgerMonth)
      .leftJoin(ledgerStatement, eq(ledgerStatement.month, ledgerMonth.month))
      .groupBy(ledgerMonth.month)
      .orderBy(desc(ledgerMonth.month))
      .limit(mostMonths);
    const personOf = await principalRefs(
      db,
      rows.map(({ closedBy }) => closedBy),
    );
    const [first] = await db.select({ at: min(ledgerHourSum.hourAt) }).from(ledgerHourSum);
    const closed = new Set(rows.map(({ month }) => month.getTime()));
    let next = first?.at == null ? null : monthOf(first.at);
    while (next !== null && closed.has(next.getTime())) next = nextMonth(next);
    return {
      months: rows.map((row) => ({ ...row, closedBy: personOf(row.closedBy) })),
      next: next !== null && nextMonth(next) <= now ? next : null,
    };
  },
);

/** Statements of a project, newest month first. */
export const listStatements = query(
  {
    permission: 'statements.list',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId }) => {
    const rows = await db
      .select({
        id: ledgerStatement.id,
        month: ledgerStatement.month,
        digest: ledgerStatement.digest,
        statement: ledgerStatement.statement,
        closedAt: ledgerMonth.closedAt,
      })
      .from(ledgerStatement)
      .innerJoin(ledgerMonth, eq(ledgerMonth.month, ledgerStatement.month))
      .where(eq(ledgerStatement.projectId, projectId))
      .orderBy(desc(ledgerStatement.month))
      .limit(mostMonths);
    return {
      costCentre: (await statementHead(db, projectId))?.costCentre ?? null,
      statements: rows.map(({ statement, ...row }) => {
        const { total, currency } = statementSchema.parse(statement);
        return { ...row, total, currency };
      }),
    };
  },
);

export const getStatement = query(
  {
    permission: 'statements.get',
    schema: z.object({ statementId: idSchema }),
    project: (db, { statementId }) => rowProject(db, ledgerStatement, statementId),
  },
  async ({ db, input, projectId }) => {
    const own = and(eq(ledgerStatement.id, input.statementId), eq(ledgerStatement.projectId, projectId));
    const rows = await db
      .select({
        statement: ledgerStatement.statement,
        digest: ledgerStatement.digest,
        closedAt: ledgerMonth.closedAt,
      })
      .from(ledgerStatement)
      .innerJoin(ledgerMonth, eq(ledgerMonth.month, ledgerStatement.month))
      .where(own)
      .orderBy(asc(ledgerStatement.month));
    const { statement, ...row } = onlyRow(rows);
    return { ...row, statement: statementSchema.parse(statement) };
  },
);
