import { and, asc, desc, eq, gte, isNull, lte, sql } from 'drizzle-orm';
import * as z from 'zod';
import { annotation, board, boardVersion } from '../../db/schema/boards.ts';
import { boardSpecSchema } from '../../domain/board.ts';
import { idSchema } from '../../domain/name.ts';
import { query } from '../query.ts';
import { principalRefs } from '../rows/principal-refs.ts';
import { onlyRow, rowProject } from '../rows/row-project.ts';
import { mayUseTemplate } from '../rows/template-charts.ts';
import { viewerRefusal } from '../rows/viewer-refusal.ts';
import { chartSubjects } from './subjects.ts';

const shownVersions = 100;
const shownAnnotations = 100;

/** Boards of the project by name. */
export const listBoards = query(
  {
    permission: 'boards.list',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId, principal }) => ({
    boards: await db
      .select({
        id: board.id,
        name: board.name,
        description: board.description,
        version: board.version,
        savedAt: boardVersion.createdAt,
        charts: sql<number>`jsonb_array_length(${boardVersion.spec} -> 'charts')`,
      })
      .from(board)
      .innerJoin(
        boardVersion,
        and(eq(boardVersion.boardId, board.id), eq(boardVersion.number, board.version)),
      )
      .where(and(eq(board.projectId, projectId), isNull(board.archivedAt)))
      .orderBy(asc(board.name)),
    refusal: viewerRefusal({ principal, projectId }, 'boards.create'),
  }),
);

/** One board as its newest version shows it, or an earlier one, and all versions, newest first. */
export const getBoard = query(
  {
    permission: 'boards.get',
    schema: z.object({ boardId: idSchema, version: z.int().min(1).optional() }),
    project: (db, input) => rowProject(db, board, input.boardId),
  },
  async ({ db, input, principal, projectId }) => {
    const row = onlyRow(await db.select().from(board).where(eq(board.id, input.boardId)));
    const number = input.version ?? row.version;
    const shown = onlyRow(
      await db
        .select()
        .from(boardVersion)
        .where(and(eq(boardVersion.boardId, row.id), eq(boardVersion.number, number))),
    );
    const versions = await db
      .select({
        number: boardVersion.number,
        createdAt: boardVersion.createdAt,
        createdBy: boardVersion.createdBy,
        charts: sql<number>`jsonb_array_length(${boardVersion.spec} -> 'charts')`,
      })
      .from(boardVersion)
      .where(eq(boardVersion.boardId, row.id))
      .orderBy(desc(boardVersion.number))
      .limit(shownVersions);
    const people = await principalRefs(
      db,
      versions.map(({ createdBy }) => createdBy),
    );
    return {
      id: row.id,
      name: row.name,
      description: row.description,
      version: row.version,
      archivedAt: row.archivedAt,
      shown: { number, spec: boardSpecSchema.parse(shown.spec) },
      versions: versions.map(({ createdBy, ...version }) => ({ ...version, by: people(createdBy) })),
      refusals: {
        update: viewerRefusal({ principal, projectId }, 'boards.update'),
        archive: viewerRefusal({ principal, projectId }, 'boards.archive'),
        annotate: viewerRefusal({ principal, projectId }, 'boards.annotate'),
      },
    };
  },
);

/** What charts of the project can be about, for the form that adds one. */
export const listChartSubjects = query(
  {
    permission: 'boards.subjects',
    schema: z.object({ projectId: idSchema }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, projectId, principal }) => {
    const { templates, ...others } = await chartSubjects(db, projectId);
    return {
      ...others,
      templates: templates.map(({ usedBy, ...template }) => ({
        ...template,
        mayUse: mayUseTemplate(principal, { projectId, usedBy }),
      })),
    };
  },
);

/** Notes of a range, newest first. */
export const listAnnotations = query(
  {
    permission: 'boards.annotations',
    schema: z.object({ projectId: idSchema, from: z.date(), to: z.date() }),
    project: (_db, input) => input.projectId,
  },
  async ({ db, input, projectId }) => {
    const rows = await db
      .select()
      .from(annotation)
      .where(
        and(
          eq(annotation.projectId, projectId),
          gte(annotation.at, input.from),
          lte(annotation.at, input.to),
        ),
      )
      .orderBy(desc(annotation.at))
      .limit(shownAnnotations);
    const people = await principalRefs(
      db,
      rows.map(({ createdBy }) => createdBy),
    );
    return rows.map(({ createdBy, ...row }) => ({ ...row, by: people(createdBy) }));
  },
);
