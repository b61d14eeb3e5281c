/** Where the console hands out its command line tool as a package that `npx` takes. */
export const cliPackagePath = '/api/cli.tgz';

/** What the lines of a pipeline are filled in with. */
export type CiStep = {
  /** Address of the console. */
  readonly url: string;
  readonly model: string;
  /** Folder or file of the artefact in the pipeline. */
  readonly artefact: string;
  readonly source: string;
  readonly service: string;
  readonly environment: string;
};

/** A word of a POSIX shell that stands for exactly this text. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The lines that register, ask and wait; they need FAIRLEAD_URL and FAIRLEAD_TOKEN in the environment and Node 20. */
export function promoteLines(step: CiStep): string {
  const word = (text: string) => shellWord(text);
  return [
    `fairlead() { npx --yes "$FAIRLEAD_URL${cliPackagePath}" "$@"; }`,
    `VERSION=$(fairlead register ${word(step.model)} ${word(step.artefact)} --source ${word(step.source)})`,
    `PROMOTION=$(fairlead promote "$VERSION" --service ${word(step.service)} --environment ${word(step.environment)})`,
    'fairlead wait "$PROMOTION" --timeout 1h',
  ].join('\n');
}

/** The same for a shell; the token comes from a secret store or a prompt, never from the command line. */
export function shellStep(step: CiStep): string {
  return [
    'set -eu',
    `export FAIRLEAD_URL=${shellWord(step.url)}`,
    ': "${FAIRLEAD_TOKEN:?Put the token into the environment variable FAIRLEAD_TOKEN.}"',
    'export FAIRLEAD_TOKEN',
    promoteLines(step),
  ].join('\n');
}

/** The same as steps of a GitHub Actions job; the token is the repository's secret FAIRLEAD_TOKEN. */
export function githubStep(step: CiStep): string {
  const lines = promoteLines(step).split('\n');
  return [
    '- uses: actions/setup-node@v4',
    '  with:',
    '    node-version: 24',
    '- name: Register and promote with Fairlead',
    '  env:',
    `    FAIRLEAD_URL: ${JSON.stringify(step.url)}`,
    '    FAIRLEAD_TOKEN: ${{ secrets.FAIRLEAD_TOKEN }}',
    '  run: |',
    ...lines.map((line) => `    ${line}`),
  ].join('\n');
}
