import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { requestedResponse, versionResponse } from '../rest/schemas.ts';
import type { CliCommand, Surroundings, Words } from './command-line.ts';
import { type Console, RefusedByConsole } from './console-api.ts';
import { exitCode, usageError } from './exit-code.ts';
import { findService } from './find-service.ts';
import { runOfCi } from './lineage-of-ci.ts';
import { keyOf, projectOf } from './register-command.ts';
import { timeoutOf, timeoutOption, waitForEnd } from './wait-command.ts';

const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const promoteCommand: CliCommand = {
  name: 'promote',
  words: 'VERSION --service NAME [--environment NAME]',
  summary: 'Ask for promotion of a version (its id, or MODEL:NUMBER) onto a service',
  options: {
    service: { type: 'string', help: 'name of the service' },
    environment: { type: 'string', help: 'name of its environment, when the service is in several' },
    note: { type: 'string', help: 'a word to those who sign' },
    wait: { type: 'boolean', help: 'then follow it to its end, as "fairlead wait" does' },
    ...timeoutOption,
    again: { type: 'boolean', help: 'ask anew, also when this run of the pipeline asked before' },
  },
  run: async (words, around) => {
    const version = words.position(0, 'the version, by its id or as MODEL:NUMBER');
    const name = words.needed('service', 'the service');
    const console = around.console();
    const projectId = await projectOf(console);
    const modelVersionId = await versionId(console, { projectId, version });
    const service = await findService(console, { projectId, name, environment: words.text('environment') });
    const note = words.text('note');
    const body = { modelVersionId, ...(note === null ? {} : { note }) };
    const asked = await ask(console, { serviceId: service.id, body, key: keyFor(words, around, body) });
    const url = `${console.url}/promotions/${asked.promotionId}`;
    around.say(`${asked.says} ${url}`);
    const { promotionId, state, created } = asked;
    if (words.flag('wait'))
      return await waitForEnd(around, { console, promotionId, timeoutMs: timeoutOf(words) });
    return {
      exit: exitCode.ok,
      value: promotionId,
      json: {
        promotionId,
        state,
        created,
        service: service.name,
        environment: service.environment.name,
        url,
      },
    };
  },
};

/** Retries of one run of a pipeline ask once; by hand each call asks, and the console refuses what is pending. */
function keyFor(words: Words, { env }: Surroundings, body: object): string {
  const run = words.flag('again') ? '' : runOfCi(env);
  return keyOf({ command: 'promote', body, run: run === '' ? randomUUID() : run });
}

async function versionId(
  console: Console,
  { projectId, version }: { projectId: string; version: string },
): Promise<string> {
  if (idPattern.test(version)) return version;
  const at = version.lastIndexOf(':');
  const number = version.slice(at + 1);
  if (at < 1 || !/^[1-9]\d{0,9}$/.test(number))
    throw usageError(`"${version}" is no version: name its id, or the model and its number as churn:7.`);
  const model = encodeURIComponent(version.slice(0, at));
  const found = await console.get<z.output<typeof versionResponse>>(
    `/projects/${projectId}/models/${model}/versions/${number}`,
  );
  return found.id;
}

type Asked = {
  readonly promotionId: string;
  readonly state: string;
  readonly created: boolean;
  readonly says: string;
};

/** What is pending, under way or live already counts as asked: that is what a repeat finds. */
async function ask(
  console: Console,
  { serviceId, body, key }: { serviceId: string; body: object; key: string },
): Promise<Asked> {
  try {
    const { promotionId, state } = await console.post<z.output<typeof requestedResponse>>(
      `/services/${serviceId}/promotions`,
      body,
      key,
    );
    const says =
      state === 'open' ? 'Asked; people have to sign:' : 'Asked and approved; the policy asks nobody:';
    return { promotionId, state, created: true, says };
  } catch (error) {
    if (!(error instanceof RefusedByConsole)) throw error;
    const promotionId = error.params['promotionId'];
    if (typeof promotionId !== 'string') throw error;
    return { promotionId, state: 'known', created: false, says: error.message };
  }
}
