import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One violation of every arrow of the house: a file and the one line that it must not contain. */
const planted: Record<string, string> = {
  'domain/to-server.ts': "import '../server/log.ts';",
  'domain/to-db.ts': "import '../db/client.ts';",
  'domain/to-package.ts': "import 'yaml';",
  'domain/to-node.ts': "import 'node:fs';",
  'db/to-server.ts': "import '../server/log.ts';",
  'db/to-components.ts': "import '../components/query-client.ts';",
  'components/to-server.ts': "import { log } from '../server/log.ts';\nexport const used = log;",
  'components/rollouts/to-db.ts':
    "import { createDatabase } from '../../db/client.ts';\nexport const used = createDatabase;",
  'components/to-next.ts': "import 'next/headers';",
  'app/to-server.ts': "import { log } from '../server/log.ts';\nexport const used = log;",
  'app/to-db.ts': "import { createDatabase } from '../db/client.ts';\nexport const used = createDatabase;",
  'server/to-react.ts': "import 'react';",
  'server/to-app.ts': "import '../app/trpc.tsx';",
  'server/to-components.ts': "import '../components/query-client.ts';",
  'server/to-next.ts': "import 'next/headers';",
  'server/to-kubernetes.ts': "import '@kubernetes/client-node';",
  'server/rollouts/to-kubernetes.ts': "import '@kubernetes/client-node';",
  'server/rollouts/to-other-noun.ts': "import '../models/commands.ts';",
  'server/trpc/to-drizzle.ts': "import 'drizzle-orm';",
  'server/http/to-drizzle.ts': "import 'drizzle-orm';",
  'server/cli/to-package.ts': "import 'undici';",
  'server/cli/to-server.ts': "import '../log.ts';",
  'server/zod.ts': "import 'zod/mini';",
  'domain/cycle-a.ts': "import { b } from './cycle-b.ts';\nexport const a = (): unknown => b;",
  'domain/barrel.ts': "export * from './cycle-a.ts';",
};

/** What stands beside each violation and is allowed. */
const allowed: Record<string, string> = {
  'domain/cycle-b.ts': "import { a } from './cycle-a.ts';\nexport const b = (): unknown => a;",
  'domain/analysis/good.ts':
    "import * as z from 'zod';\nimport type { a } from '../cycle-a.ts';\nexport const good = (value: typeof a) => z.string().parse(value);",
  'components/good.ts':
    "import type { AppRouter } from '../server/trpc/root.ts';\nexport type Router = AppRouter;",
  'server/cli/good.ts':
    "import 'node:fs';\nimport '../../domain/cycle-b.ts';\nimport type { log } from '../log.ts';\nexport type Log = typeof log;",
  'server/cluster/good.ts': "import '@kubernetes/client-node';",
  'server/http/next-handler.ts': "import 'next';",
};

type Diagnostic = { filename: string; code: string };

describe('the arrows of the house', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-arrows-'));
  let found: Diagnostic[] = [];

  beforeAll(() => {
    cpSync(join(root, 'oxlint.config.ts'), join(folder, 'oxlint.config.ts'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [file, text] of Object.entries({ ...planted, ...allowed })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${text}\n`);
    }
    found = lint(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(Object.keys(planted))('reports the violation planted in %s', (file) => {
    expect(found.filter((diagnostic) => diagnostic.filename === file)).not.toEqual([]);
  });

  it.each(Object.keys(allowed).filter((file) => file !== 'domain/cycle-b.ts'))('lets %s pass', (file) => {
    expect(found.filter((diagnostic) => diagnostic.filename === file)).toEqual([]);
  });
});

function lint(folder: string): Diagnostic[] {
  try {
    execFileSync(
      join(root, 'node_modules/.bin/oxlint'),
      ['-f', 'json', 'app', 'components', 'db', 'domain', 'server'],
      { cwd: folder, encoding: 'utf8' },
    );
    return [];
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
  }
}
