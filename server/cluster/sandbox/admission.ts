import { quantity } from '../../../domain/quantity.ts';
import type { Blocker } from '../../../domain/refusal.ts';
import { blocker } from '../../../domain/refusal.ts';
import type { ContainerSpec } from '../../../domain/service-spec.ts';
import type { DesiredRevision } from '../../../domain/serving.ts';

// The fields of core/v1 Container: a real API server refuses an apply with any other.
const containerFields = new Set(
  [
    'name image command args workingDir ports envFrom env resources resizePolicy restartPolicy restartPolicyRules',
    'volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath',
    'terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty',
  ].flatMap((line) => line.split(' ')),
);

type Amounts = Readonly<Record<string, string | number>>;

function amountProblems(amounts: Amounts, path: string): string[] {
  return Object.entries(amounts).flatMap(([name, amount]) => {
    const value = quantity(amount);
    const at = `${path}[${name}]`;
    if (value === null)
      return [
        `${at}: Invalid value: "${amount}": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      ];
    if (value < 0) return [`${at}: Invalid value: "${amount}": must be greater than or equal to 0`];
    if (name.includes('/') && !Number.isInteger(value))
      return [`${at}: Invalid value: ${amount}: must be an integer`];
    return [];
  });
}

function limitProblems(requests: Amounts, limits: Amounts, path: string): string[] {
  return Object.entries(requests).flatMap(([name, amount]) => {
    const limit = limits[name];
    const [asked, most] = [quantity(amount), limit === undefined ? null : quantity(limit)];
    const extended = name.includes('/');
    if (extended && limit === undefined)
      return [`${path}.limits[${name}]: Required value: Limit must be set for non overcommitable resources`];
    if (asked === null || most === null) return [];
    if (extended && asked !== most)
      return [`${path}.requests: Invalid value: "${amount}": must be equal to ${name} limit of ${limit}`];
    return asked > most
      ? [
          `${path}.requests: Invalid value: "${amount}": must be less than or equal to ${name} limit of ${limit}`,
        ]
      : [];
  });
}

function containerProblems(container: ContainerSpec, path: string, volumes: ReadonlySet<string>): string[] {
  const unknown = Object.keys(container).filter((field) => !containerFields.has(field));
  const { requests = {}, limits = {} } = container.resources ?? {};
  const unmounted = (container.volumeMounts ?? []).flatMap(({ name }, index) =>
    volumes.has(name) ? [] : [`${path}.volumeMounts[${index}].name: Not found: "${name}"`],
  );
  return [
    ...unknown.map((field) => `${path}.${field}: field not declared in schema`),
    ...(container.image ? [] : [`${path}.image: Required value`]),
    ...(container.image?.includes('refused')
      ? [
          `admission webhook "images.sandbox" denied the request: image "${container.image}" is not allowed here`,
        ]
      : []),
    ...amountProblems(requests, `${path}.resources.requests`),
    ...amountProblems(limits, `${path}.resources.limits`),
    ...limitProblems(requests, limits, `${path}.resources`),
    ...unmounted,
  ];
}

function duplicateProblems(containers: readonly ContainerSpec[], path: string): string[] {
  const names = containers.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) < index ? [`${path}[${index}].name: Duplicate value: "${name}"`] : [],
  );
}

/** Why the sandbox's API server would refuse a revision's workload, in Kubernetes' words; empty when it takes it. */
export function admissionProblems(revision: DesiredRevision): string[] {
  const { containers, volumes = [] } = revision.podTemplate.spec;
  const names = new Set(volumes.map(({ name }) => name));
  const path = 'spec.template.spec.containers';
  return [
    ...(containers.length === 0 ? [`${path}: Required value`] : []),
    ...duplicateProblems(containers, path),
    ...containers.flatMap((container, index) => containerProblems(container, `${path}[${index}]`, names)),
  ];
}

/** The admission problems of a revision as blockers, each with the object that it belongs to. */
export function admissionBlockers(revision: DesiredRevision, name: string): Blocker[] {
  return admissionProblems(revision).map((problem) =>
    blocker({
      code: 'dryRunRefused',
      message: `The cluster refused Deployment "${name}": ${problem}.`,
      params: { object: `Deployment/${name}`, revisionNumber: revision.number },
      owner: 'operator',
      fix: 'Correct the pod template and make a new revision.',
    }),
  );
}
