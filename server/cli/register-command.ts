import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { projectsResponse, registeredResponse } from '../rest/schemas.ts';
import type { CliCommand, Words } from './command-line.ts';
import type { Console } from './console-api.ts';
import { describeDigested } from './digest-command.ts';
import { type Digested, digestPath } from './digest-path.ts';
import { exitCode, refusedError, usageError } from './exit-code.ts';
import { lineageOfCi, runOfCi } from './lineage-of-ci.ts';

/** A key for an act that is told apart by these parts alone. */
export function keyOf(parts: object): string {
  return `cli-${createHash('sha256').update(canonicalJson(parts)).digest('hex')}`;
}

/** The one project of the token. */
export async function projectOf(console: Console): Promise<string> {
  const { projects } = await console.get<z.output<typeof projectsResponse>>('/projects');
  const [project] = projects;
  if (project === undefined) throw refusedError('The token is in no project.', 'Make another one.');
  return project.id;
}

/** The console takes 2 MiB; the rest of a registration is small. */
const maxListBytes = 1_900_000;

export const registerCommand: CliCommand = {
  name: 'register',
  words: 'MODEL [PATH] --source URI',
  summary:
    'Register a version; the same bytes with the same image are answered with the version that is there',
  options: {
    source: { type: 'string', help: 'URI: where the artefact is stored, such as s3://models/churn/7' },
    digest: { type: 'string', help: 'DIGEST of the artefact, when PATH is not at hand' },
    image: { type: 'string', help: 'serving image by digest: registry/name@sha256:…' },
    framework: { type: 'string', help: 'such as xgboost' },
    metric: { type: 'string', multiple: true, help: 'NAME=NUMBER, repeatable' },
    tag: { type: 'string', multiple: true, help: 'NAME=TEXT, repeatable' },
    card: { type: 'string', help: 'FILE with the model card in Markdown' },
    commit: { type: 'string', help: 'git commit; taken from GitHub Actions and GitLab CI by itself' },
    run: { type: 'string', help: 'id of the training run; taken from the pipeline by itself' },
  },
  run: async (words, around) => {
    const model = words.position(0, 'the model');
    const path = words.positionals[1];
    const sourceUri = words.needed('source', 'where the artefact is stored');
    const found = path === undefined ? null : await digestPath(path);
    if (found !== null) around.say(`${path} is ${describeDigested(found)}: ${found.digest}`);
    const body = { ...(await describing(words, around.env)), sourceUri, ...bytesOf(words, found) };
    const console = around.console();
    const projectId = await projectOf(console);
    const registered = await console.post<z.output<typeof registeredResponse>>(
      `/projects/${projectId}/models/${encodeURIComponent(model)}/versions`,
      body,
      keyOf({ command: 'register', model, body, run: runOf(body, around.env) }),
    );
    const { modelVersionId, modelName, number, created, notTaken } = registered;
    const url = `${console.url}/models/${encodeURIComponent(modelName)}/versions/${number}`;
    around.say(
      `${modelName} ${number} ${created ? 'is registered' : 'was registered before with the same bytes'}: ${url}`,
    );
    if (notTaken.length > 0) around.say(`It stays as it was; not taken over: ${notTaken.join(', ')}.`);
    if (registered.artefactDigest === null)
      around.say('It has no artefact digest yet, so it cannot be promoted: name a PATH or a --digest.');
    return { exit: exitCode.ok, value: modelVersionId, json: { ...registered, url } };
  },
};

/** By a digest the console itself knows a repeat and says so; without one the run of the pipeline tells it. */
function runOf(body: object, env: Readonly<Record<string, string | undefined>>): string {
  const run = 'artefactDigest' in body ? '' : runOfCi(env);
  return run === '' ? randomUUID() : run;
}

function bytesOf(words: Words, found: Digested | null): object {
  const declared = words.text('digest');
  if (found === null) return declared === null ? {} : { artefactDigest: declared };
  if (declared !== null && declared !== found.digest)
    throw refusedError(`The bytes have the digest ${found.digest}, not ${declared}.`);
  const { digest, files } = found;
  if (files !== null && JSON.stringify(files).length > maxListBytes)
    throw refusedError(
      `The list of the ${files.length} files is longer than the console takes.`,
      'Pack the folder into an archive and register that.',
    );
  return { artefactDigest: digest, ...(files === null ? {} : { files }) };
}

async function describing(words: Words, env: Readonly<Record<string, string | undefined>>): Promise<object> {
  const [image, framework, card] = [words.text('image'), words.text('framework'), words.text('card')];
  const ci = lineageOfCi(env);
  const lineage = {
    ...ci,
    ...(words.text('commit') === null ? {} : { gitCommit: words.text('commit') }),
    ...(words.text('run') === null ? {} : { runId: words.text('run') }),
  };
  const metrics = pairs(words.list('metric')).map(([name, value]) => [name, numberOf(value)] as const);
  return {
    ...(image === null ? {} : { servingImage: image }),
    ...(framework === null ? {} : { framework }),
    ...(card === null ? {} : { modelCard: await textOf(card) }),
    metrics: Object.fromEntries(metrics),
    tags: Object.fromEntries(pairs(words.list('tag'))),
    lineage,
  };
}

function pairs(words: readonly string[]): [string, string][] {
  return words.map((word) => {
    const at = word.indexOf('=');
    if (at < 1) throw usageError(`"${word}" is no pair: write NAME=VALUE.`);
    return [word.slice(0, at), word.slice(at + 1)];
  });
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw usageError(`"${text}" is no number.`);
  return value;
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => {
    throw usageError(`The file ${file} cannot be read.`);
  });
}
