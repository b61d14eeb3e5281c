import type { CliCommand, Ending } from './command-line.ts';
import { exitCode, usageError } from './exit-code.ts';
import { type FoundService, findService } from './find-service.ts';
import { readStanding, standingText } from './promotion-wait.ts';
import { projectOf } from './register-command.ts';

export const statusCommand: CliCommand = {
  name: 'status',
  words: 'PROMOTION | --service NAME [--environment NAME]',
  summary: 'Say where a promotion stands, or what is live on a service, once and without waiting',
  options: {
    service: { type: 'string', help: 'name of a service' },
    environment: { type: 'string', help: 'name of its environment, when the service is in several' },
  },
  run: async (words, around) => {
    const [promotionId] = words.positionals;
    const name = words.text('service');
    if ((promotionId === undefined) === (name === null))
      throw usageError('Name either a promotion by its id or a service with --service.');
    const console = around.console();
    if (promotionId !== undefined) {
      const standing = await readStanding(console, promotionId);
      around.say(standingText(standing));
      return { exit: exitCode.ok, value: standing.state, json: standing };
    }
    const projectId = await projectOf(console);
    const environment = words.text('environment');
    const service = await findService(console, { projectId, name: name ?? '', environment });
    around.say(serviceText(service));
    return serviceEnding(console.url, service);
  },
};

function serviceEnding(url: string, service: FoundService): Ending {
  const { id, name, environment, stable, activeRollout, blockers } = service;
  const live = stable === null ? null : `${stable.modelName}:${stable.versionNumber}`;
  return {
    exit: exitCode.ok,
    value: live ?? 'nothing',
    json: {
      service: name,
      environment: environment.name,
      url: `${url}/services/${id}`,
      live,
      rollout: activeRollout,
      reasons: blockers.map(({ code, message, fix }) => ({ code, message, fix })),
    },
  };
}

function serviceText({ name, environment, stable, activeRollout, blockers }: FoundService): string {
  const live =
    stable === null
      ? 'nothing is live'
      : `${stable.modelName} ${stable.versionNumber} is live (revision ${stable.number})`;
  const moving =
    activeRollout === null
      ? ''
      : `; a rollout is under way at ${activeRollout.weightPercent} % (${activeRollout.phase})`;
  const why = blockers.map(({ message }) => ` ${message}`).join('');
  return `${name} in ${environment.name}: ${live}${moving}.${why}`;
}
