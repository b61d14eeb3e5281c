import { spawnSync } from 'node:child_process';

const minimumGo = [1, 26, 7];
const minimumJava = 17;

function output(command: string, args: string[]): string | null {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : null;
}

function goProblem(): string | null {
  const wanted = minimumGo.join('.');
  const found = output('go', ['env', 'GOVERSION']);
  if (found === null) return `The lab needs Go ≥ ${wanted}: install it from https://go.dev/dl/.`;
  const numbers = (found.match(/\d+/g) ?? []).map(Number);
  for (const [index, minimum] of minimumGo.entries()) {
    const number = numbers[index] ?? 0;
    if (number > minimum) return null;
    if (number < minimum)
      return `The lab needs Go ≥ ${wanted}, this is ${found}: install it from https://go.dev/dl/.`;
  }
  return null;
}

function commandProblem(command: string, args: string[], fix: string): string | null {
  return output(command, args) === null ? `The lab needs ${command}: ${fix}` : null;
}

/** Kafka's broker runs on it. */
function javaProblem(): string | null {
  const fix = 'apt-get install -y openjdk-17-jre-headless';
  const { status, stdout, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const found = /version "(\d+)/.exec(`${stdout}${stderr}`)?.[1];
  if (status !== 0 || found === undefined) return `The lab needs Java ≥ ${minimumJava}: ${fix}`;
  return Number(found) >= minimumJava
    ? null
    : `The lab needs Java ≥ ${minimumJava}, this is ${found}: ${fix}`;
}

/** What this machine lacks to build and run the lab, one sentence each with the command that brings it. */
function missingRequirements(): string[] {
  if (process.platform !== 'linux') return ['The lab needs Linux: run it in a Linux virtual machine.'];
  const script = process.argv[1] ?? 'e2e/lab/main.ts';
  const root = process.getuid?.() === 0;
  const problems = [
    root ? null : `The lab needs root for its network namespace: sudo ${process.execPath} ${script}`,
    commandProblem('ip', ['-V'], 'apt-get install -y iproute2'),
    commandProblem('unshare', ['--version'], 'apt-get install -y util-linux'),
    commandProblem('openssl', ['version'], 'apt-get install -y openssl'),
    goProblem(),
    commandProblem('python3', ['-m', 'pip', '--version'], 'apt-get install -y python3-pip'),
    javaProblem(),
    commandProblem('mvn', ['-version'], 'apt-get install -y maven'),
  ];
  return problems.filter((problem) => problem !== null);
}

/** Ends the process with those sentences when something is missing. */
export function demandRequirements(): void {
  const problems = missingRequirements();
  if (problems.length === 0) return;
  for (const problem of problems) console.error(problem);
  process.exit(1);
}
