import type * as z from 'zod';
import type { servicesResponse } from '../rest/schemas.ts';
import type { Console } from './console-api.ts';
import { refusedError } from './exit-code.ts';

export type FoundService = z.output<typeof servicesResponse>['services'][number];

/** The search finds names that contain the text, and lists 50 at a time. */
const mostPages = 20;

/** The service of exactly this name; when several environments have one, the environment must be named. */
export async function findService(
  console: Console,
  wanted: { readonly projectId: string; readonly name: string; readonly environment: string | null },
): Promise<FoundService> {
  const { projectId, name, environment } = wanted;
  const named = await servicesNamed(console, { projectId, name });
  const found = named.filter((service) => environment === null || service.environment.name === environment);
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const places = named.map((service) => service.environment.name).join(', ');
  if (first !== undefined)
    throw refusedError(
      `There is a service "${name}" in several environments: ${places}.`,
      'Name one with --environment.',
    );
  throw refusedError(
    named.length === 0
      ? `There is no service "${name}" in the project of the token.`
      : `There is no service "${name}" in the environment "${environment}", only in ${places}.`,
  );
}

async function servicesNamed(
  console: Console,
  { projectId, name }: { projectId: string; name: string },
): Promise<FoundService[]> {
  const named: FoundService[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const { services, total } = await console.get<z.output<typeof servicesResponse>>(
      `/projects/${projectId}/services?search=${encodeURIComponent(name)}&page=${page}`,
    );
    named.push(...services.filter((service) => service.name === name));
    if (services.length === 0 || page * services.length >= total) break;
  }
  return named;
}
