import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

export interface Migration {
  /** File name without `.sql`. */
  readonly tag: string;
  /** The journal's time of generation in milliseconds, by which an applied migration is known again. */
  readonly when: number;
  readonly hash: string;
  readonly statements: readonly string[];
}

/** Its message is a whole sentence for the person who runs the migrations. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const journalSchema = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });

/** Reads what drizzle-kit generated, in the journal's order. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const journalFile = join(folder, 'meta', '_journal.json');
  const text = await readFile(journalFile, 'utf8').catch((cause: unknown) => {
    throw new MigrationError(`The list of migrations ${journalFile} cannot be read.`, { cause });
  });
  const { entries } = journalSchema.parse(JSON.parse(text));
  return Promise.all(entries.map(({ tag, when }) => readMigration(folder, { tag, when })));
}

async function readMigration(
  folder: string,
  { tag, when }: { tag: string; when: number },
): Promise<Migration> {
  const file = join(folder, `${tag}.sql`);
  const raw = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new MigrationError(`The migration ${file} is listed in the journal but cannot be read.`, { cause });
  });
  // A checkout with CRLF line ends is the same migration.
  const text = raw.replaceAll('\r\n', '\n');
  const statements = text.split('--> statement-breakpoint').filter((statement) => statement.trim() !== '');
  return { tag, when, hash: createHash('sha256').update(text).digest('hex'), statements };
}

export interface AppliedMigration {
  readonly when: number;
  readonly hash: string;
}

/** The migrations that still have to run; throws when what ran is not what the files say. */
export function pendingMigrations(
  files: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  const fileAt = new Map(files.map((file) => [file.when, file]));
  for (const { when, hash } of applied) {
    const file = fileAt.get(when);
    if (file === undefined) {
      throw new MigrationError(
        `The database has a migration of ${new Date(when).toISOString()} that this version of Fairlead does not know: run a version at least as new as the one that made it.`,
      );
    }
    if (file.hash !== hash) {
      throw new MigrationError(
        `The migration ${file.tag} was changed after it ran on this database: restore the file and put the change into a new migration.`,
      );
    }
  }
  const done = new Set(applied.map(({ when }) => when));
  const newest = Math.max(...done);
  const pending = files.filter(({ when }) => !done.has(when));
  const late = pending.find(({ when }) => when < newest);
  if (late !== undefined) {
    throw new MigrationError(
      `The migration ${late.tag} is older than one that already ran on this database: generate it again so that it comes last.`,
    );
  }
  return pending;
}
