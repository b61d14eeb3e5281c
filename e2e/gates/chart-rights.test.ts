import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import {
  clusterRights,
  freezeRights,
  logRights,
  manageRights,
  meteringRights,
  type Right,
  trainingRights,
  watchRights,
} from '../../domain/cluster-rights.ts';

const chart = fileURLToPath(new URL('../../helm/fairlead/templates/rbac.yaml', import.meta.url));

const roleSchema = z.object({
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      verbs: z.array(z.string()),
      resourceNames: z.array(z.string()).optional(),
    }),
  ),
});

type Granted = readonly string[];

function chartRoles(): Granted[] {
  const blocks = readFileSync(chart, 'utf8').matchAll(/^rules:\n(?: .*\n)+/gm);
  return [...blocks].map(([block]) =>
    roleSchema
      .parse(parse(block))
      .rules.flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.map((verb) => `${verb} ${group}/${resource} ${resourceNames?.join() ?? ''}`),
          ),
        ),
      )
      .sort(),
  );
}

const table = (rights: readonly Right[]): Granted =>
  rights
    .flatMap(({ group, resource, verbs, names }) =>
      verbs.map((verb) => `${verb} ${group}/${resource} ${names?.join() ?? ''}`),
    )
    .sort();

it('the chart grants exactly the verbs of the rights table, which the check list asks for', () => {
  expect(chartRoles()).toEqual([
    table(watchRights),
    table(logRights),
    table(manageRights),
    table(freezeRights),
    table(trainingRights),
    table(clusterRights),
    table(meteringRights),
  ]);
});
