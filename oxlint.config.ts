import { defineConfig, type OxlintConfig } from 'oxlint';

type Rules = NonNullable<OxlintConfig['rules']>;
type Pattern = { regex: string; message: string; allowTypeImports?: boolean };

const arrow = (regex: string, message: string, allowTypeImports = false): Pattern => ({
  regex,
  message,
  allowTypeImports,
});

/** Any relative path that leads into one of the top folders. */
const into = (folders: string) => `^(\\.\\./)+(${folders})/`;

/** `audit` is not among them: the trail is part of every command. */
const nouns =
  'allowances|attribution|boards|channels|clusters|costs|environments|heartbeat|identity-provider|ingest|ledger|links|members|models|notices|overview|policies|projects|promotions|reports|rollouts|sandbox|services|sessions|shares|tokens|users|workloads';

const noKubernetes = arrow('^@kubernetes/', 'Only server/cluster touches Kubernetes.');
const noDrizzle = arrow('^drizzle-orm', 'SQL belongs into db, commands, queries and stores.');
const noScreen = arrow('^(react|react-dom|@tanstack/react-query)(/|$)', 'The server knows no screen.');
const noScreenFolders = arrow(into('app|components'), 'The server knows no screen.');
const noNext = arrow('^next(/|$)', 'Only app and server/http/next-handler.ts import next.');
const noZodNamed = arrow('^zod/', 'Write: import * as z from "zod".');

const withoutModules =
  'The command line tool runs where no node_modules are: it imports Node, domain and itself.';

const restrict = (...patterns: Pattern[]): Rules => ({ 'no-restricted-imports': ['error', { patterns }] });

const serverWide = [noKubernetes, noScreen, noScreenFolders, noNext, noZodNamed];

/** The later override wins as a whole, so each names all arrows of its folder. */
const arrows = [
  {
    files: ['domain/**'],
    rules: restrict(
      arrow('^([^.z]|z[^o]|zo[^d]|zod.)', 'domain imports nothing but zod.'),
      arrow(into('app|components|db|e2e|server'), 'domain imports nothing but zod.'),
    ),
  },
  {
    files: ['domain/**/*.test.ts'],
    rules: restrict(arrow(into('app|components|db|e2e|server'), 'domain knows nothing outside itself.')),
  },
  {
    files: ['db/**'],
    rules: restrict(
      arrow(into('app|components|e2e|server'), 'db imports only domain.'),
      noKubernetes,
      noScreen,
      noNext,
      noZodNamed,
    ),
  },
  {
    files: ['components/**'],
    rules: restrict(
      arrow(into('app|db|e2e|server'), 'components take types from the server, never values.', true),
      noKubernetes,
      noDrizzle,
      noNext,
      noZodNamed,
    ),
  },
  {
    files: ['components/ui/link.tsx', 'components/ui/navigation.ts', 'components/shell/app-providers.tsx'],
    rules: restrict(
      arrow(into('app|db|e2e|server'), 'components take types from the server, never values.', true),
      noKubernetes,
      noDrizzle,
      noZodNamed,
    ),
  },
  {
    files: ['app/**'],
    rules: restrict(
      arrow(into('db|e2e|server'), 'app takes types from the server, never values.', true),
      noKubernetes,
      noDrizzle,
      noZodNamed,
    ),
  },
  { files: ['server/**'], rules: restrict(...serverWide) },
  { files: ['server/cluster/**'], rules: restrict(noScreen, noScreenFolders, noNext, noZodNamed) },
  {
    files: ['server/http/**', 'server/trpc/**', 'server/egress/**'],
    rules: restrict(...serverWide, noDrizzle),
  },
  // Their tests prepare rows.
  { files: ['server/{http,trpc,egress}/**/*.test.ts'], rules: restrict(...serverWide) },
  {
    files: ['server/cli/**'],
    rules: restrict(
      arrow('^([^.n]|n[^o]|no[^d]|nod[^e]|node[^:])', withoutModules, true),
      arrow('^\\.\\./[^.]', withoutModules, true),
      arrow(into('app|components|db|e2e|server'), withoutModules, true),
    ),
  },
  { files: ['server/cli/**/*.test.ts'], rules: restrict(...serverWide) },
  {
    files: ['server/http/next-handler.ts'],
    rules: restrict(noKubernetes, noDrizzle, noScreen, noScreenFolders),
  },
  {
    files: nouns.split('|').map((noun) => `server/${noun}/**`),
    rules: restrict(
      ...serverWide,
      arrow(
        `^(\\.\\./)+(${nouns})/`,
        'Nouns do not import each other: what they share is a rule in domain or a row in server/rows.',
      ),
    ),
  },
];

const maxLines = (file: number, perFunction: number): Rules => ({
  'max-lines': ['error', { max: file, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: perFunction, skipBlankLines: true, skipComments: true }],
});

export default defineConfig({
  plugins: ['typescript', 'import', 'oxc', 'unicorn', 'react', 'jsx-a11y'],
  categories: { correctness: 'error' },
  ignorePatterns: ['node_modules', '.next', '.lab', '.fairlead', 'db/migrations', 'next-env.d.ts'],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'max-params': ['error', { max: 3 }],
    'react/react-in-jsx-scope': 'off',
    // Scrolling regions need the keyboard, and axe judges the rendered page better than the source.
    'jsx-a11y/no-noninteractive-tabindex': 'off',
    'jsx-a11y/prefer-tag-over-role': 'off',
    'jsx-a11y/role-supports-aria-props': 'off',
    ...maxLines(400, 70),
    ...restrict(noZodNamed),
  },
  overrides: [
    ...arrows,
    {
      files: ['app/**', '*.config.ts', '*.config.mjs', 'e2e/support/global-setup.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
    { files: ['db/schema/index.ts'], rules: { 'oxc/no-barrel-file': 'off' } },
    {
      files: ['**/*.test.ts', '**/*.test.tsx', '**/*.lab.ts', 'e2e/**'],
      rules: { 'max-lines-per-function': 'off', 'max-params': 'off', 'typescript/unbound-method': 'off' },
    },
    // node:test's test() answers with a promise that the runner awaits by itself.
    { files: ['**/*.lab.ts'], rules: { 'typescript/no-floating-promises': 'off' } },
  ],
});
