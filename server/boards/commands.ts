import { and, count, eq, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { postgresError, type Transaction } from '../../db/client.ts';
import { annotation, board, boardVersion } from '../../db/schema/boards.ts';
import { service } from '../../db/schema/services.ts';
import { type BoardSpec, boardSpecSchema } from '../../domain/board.ts';
import { boardTemplates } from '../../domain/board-layout.ts';
import { templateSpec } from '../../domain/board-template.ts';
import { idSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import { command } from '../command.ts';
import { newId } from '../id.ts';
import { notFound, onlyRow, rowProject } from '../rows/row-project.ts';
import { refuseTemplateCharts } from '../rows/template-charts.ts';
import { refuseForeignSubjects, templateSubjects } from './subjects.ts';

const mostBoards = 200;
const nameSchema = z.string().trim().min(1, 'Give the board a name.').max(80, 'Use at most 80 characters.');
const descriptionSchema = z.string().trim().max(300, 'Use at most 300 characters.');

/** Makes a board of a ready template, of given charts, or empty. */
export const createBoard = command(
  {
    permission: 'boards.create',
    schema: z.object({
      projectId: idSchema,
      name: nameSchema,
      description: descriptionSchema.default(''),
      from: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('template'), template: z.enum(boardTemplates) }),
        z.object({ kind: z.literal('charts'), spec: boardSpecSchema }),
      ]),
    }),
    project: (_tx, input) => input.projectId,
  },
  async ({ tx, input, principal, projectId, now }) => {
    const { name, description, from } = input;
    await refuseTooMany(tx, projectId);
    const spec =
      from.kind === 'charts' ? from.spec : templateSpec(from.template, await templateSubjects(tx, projectId));
    await refuseForeignSubjects(tx, projectId, spec);
    await refuseTemplateCharts(tx, { projectId, principal, specs: spec.charts.map((chart) => chart.spec) });
    const id = newId();
    await tx
      .insert(board)
      .values({ id, projectId, name, description, version: 1, createdAt: now, createdBy: principal.id })
      .catch(nameTaken(name));
    await addVersion(tx, {
      projectId,
      boardId: id,
      number: 1,
      spec,
      createdAt: now,
      createdBy: principal.id,
    });
    return {
      result: { boardId: id },
      audit: [
        {
          object: { kind: 'board', id, name },
          sentence: `made the board "${name}"`,
          after: { name, description, spec },
        },
      ],
    };
  },
);

/** Changes name, description or charts; other charts are a new version. Refused when somebody else changed it meanwhile. */
export const updateBoard = command(
  {
    permission: 'boards.update',
    schema: z.object({
      boardId: idSchema,
      name: nameSchema,
      description: descriptionSchema,
      spec: boardSpecSchema,
      /** Version that the change was made on. */
      basedOn: z.int().min(1),
    }),
    project: (tx, input) => rowProject(tx, board, input.boardId),
  },
  async ({ tx, input, principal, projectId, now }) => {
    const { boardId, name, description, spec, basedOn } = input;
    const before = await lockedBoard(tx, boardId);
    if (before.version !== basedOn)
      throw new DomainError({
        code: 'conflict',
        message: `Somebody else saved version ${before.version} of this board meanwhile.`,
        fix: 'Load the page again and make your change on that version.',
      });
    await refuseForeignSubjects(tx, projectId, spec);
    const old = await specOf(tx, boardId, before.version);
    await refuseTemplateCharts(tx, { projectId, principal, specs: addedSpecs(old, spec) });
    const isNew = JSON.stringify(old) !== JSON.stringify(spec);
    const version = isNew ? before.version + 1 : before.version;
    if (isNew)
      await addVersion(tx, {
        projectId,
        boardId,
        number: version,
        spec,
        createdAt: now,
        createdBy: principal.id,
      });
    await tx
      .update(board)
      .set({ name, description, version })
      .where(eq(board.id, boardId))
      .catch(nameTaken(name));
    return {
      result: { boardId, version },
      audit: [
        {
          object: { kind: 'board', id: boardId, name },
          sentence: isNew ? `saved version ${version} of the board "${name}"` : `changed the board "${name}"`,
          before: { name: before.name, description: before.description, spec: old },
          after: { name, description, spec },
        },
      ],
    };
  },
);

/** Takes a board out of the list; its versions stay. */
export const archiveBoard = command(
  {
    permission: 'boards.archive',
    schema: z.object({ boardId: idSchema }),
    project: (tx, input) => rowProject(tx, board, input.boardId),
  },
  async ({ tx, input, now }) => {
    const { id, name } = await lockedBoard(tx, input.boardId);
    await tx.update(board).set({ archivedAt: now }).where(eq(board.id, id));
    return {
      result: null,
      audit: [{ object: { kind: 'board', id, name }, sentence: `archived the board "${name}"` }],
    };
  },
);

/** Notes something at a moment, on every chart of a service or of the project. */
export const annotate = command(
  {
    permission: 'boards.annotate',
    schema: z.object({
      projectId: idSchema,
      serviceId: idSchema.nullable(),
      at: z.date(),
      text: z.string().trim().min(1, 'Say what happened.').max(140, 'Use at most 140 characters.'),
    }),
    project: (tx, input) =>
      input.serviceId === null ? input.projectId : rowProject(tx, service, input.serviceId),
  },
  async ({ tx, input, principal, projectId, now }) => {
    const { serviceId, at, text } = input;
    if (projectId !== input.projectId) throw notFound();
    const id = newId();
    await tx
      .insert(annotation)
      .values({ id, projectId, serviceId, at, text, createdAt: now, createdBy: principal.id });
    return {
      result: { annotationId: id },
      audit: [
        {
          object: { kind: 'annotation', id, name: text },
          sentence: `noted "${text}" at ${at.toISOString()}`,
          after: { serviceId, at: at.toISOString(), text },
        },
      ],
    };
  },
);

/** Takes a note off the charts. */
export const removeAnnotation = command(
  {
    permission: 'boards.removeAnnotation',
    schema: z.object({ annotationId: idSchema }),
    project: (tx, input) => rowProject(tx, annotation, input.annotationId),
  },
  async ({ tx, input }) => {
    const { id, serviceId, at, text } = onlyRow(
      await tx.delete(annotation).where(eq(annotation.id, input.annotationId)).returning(),
    );
    return {
      result: null,
      audit: [
        {
          object: { kind: 'annotation', id, name: text },
          sentence: `removed the note "${text}"`,
          before: { serviceId, at: at.toISOString(), text },
        },
      ],
    };
  },
);

/** What was on the board already stays, whoever put it there. */
function addedSpecs(old: BoardSpec, next: BoardSpec) {
  const present = new Set(old.charts.map(({ spec }) => JSON.stringify(spec)));
  return next.charts.map(({ spec }) => spec).filter((spec) => !present.has(JSON.stringify(spec)));
}

async function addVersion(tx: Transaction, version: typeof boardVersion.$inferInsert): Promise<void> {
  await tx.insert(boardVersion).values(version);
}

async function specOf(tx: Transaction, boardId: string, number: number): Promise<BoardSpec> {
  const rows = await tx
    .select({ spec: boardVersion.spec })
    .from(boardVersion)
    .where(and(eq(boardVersion.boardId, boardId), eq(boardVersion.number, number)));
  return boardSpecSchema.parse(onlyRow(rows).spec);
}

async function lockedBoard(tx: Transaction, boardId: string) {
  const row = onlyRow(await tx.select().from(board).where(eq(board.id, boardId)).for('update'));
  if (row.archivedAt === null) return row;
  throw new DomainError({
    code: 'wrongState',
    message: `The board "${row.name}" is archived.`,
    fix: 'Make a new one.',
  });
}

async function refuseTooMany(tx: Transaction, projectId: string): Promise<void> {
  const [row] = await tx
    .select({ total: count() })
    .from(board)
    .where(and(eq(board.projectId, projectId), isNull(board.archivedAt)));
  if ((row?.total ?? 0) < mostBoards) return;
  throw new DomainError({
    code: 'rateLimited',
    message: `A project has at most ${mostBoards} boards.`,
    fix: 'Archive one that nobody looks at.',
  });
}

function nameTaken(name: string) {
  return (error: unknown): never => {
    if (postgresError(error)?.constraint !== 'board_name') throw error;
    throw new DomainError({
      code: 'nameTaken',
      message: `There is a board "${name}" in the project already.`,
      params: { field: 'name' },
    });
  };
}
