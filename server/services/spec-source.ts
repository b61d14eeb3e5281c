import * as z from 'zod';
import { dnsLabelSchema } from '../../domain/name.ts';
import { DomainError } from '../../domain/refusal.ts';
import {
  artefactDeliverySchema,
  type PodTemplate,
  type ServiceSpec,
  serviceSpecSchema,
} from '../../domain/service-spec.ts';
import { parseInput } from '../parse-input.ts';
import { podTemplateFromYaml } from './pod-template-yaml.ts';

/** What runs, filled in by form, or pasted as YAML with what YAML does not say. */
export const specSourceSchema = z.union([
  z.object({
    yaml: z.string().min(1, 'Paste a pod template.').max(250_000),
    /** Needed when the template has more than one container. */
    servingContainer: dnsLabelSchema.optional(),
    /** The serving container's first port unless given. */
    port: z.int().min(1).max(65_535).optional(),
    artefact: artefactDeliverySchema.default({ kind: 'inImage' }),
  }),
  serviceSpecSchema,
]);
export type SpecSource = z.output<typeof specSourceSchema>;

/** The spec that a form or a YAML text describes; throws a sentence. */
export function specOf(source: SpecSource): ServiceSpec {
  if (!('yaml' in source)) return source;
  const podTemplate = podTemplateFromYaml(source.yaml);
  const servingContainer = source.servingContainer ?? onlyContainer(podTemplate);
  return parseInput(serviceSpecSchema, {
    schema: 1,
    podTemplate,
    servingContainer,
    port: source.port ?? firstPort(podTemplate, servingContainer),
    artefact: source.artefact,
  });
}

function onlyContainer(template: PodTemplate): string {
  const { containers } = template.spec;
  const first = containers[0];
  if (first !== undefined && containers.length === 1) return first.name;
  throw new DomainError({
    code: 'invalidInput',
    message: `servingContainer: the template has ${containers.length} containers, so say which one serves.`,
    params: { field: 'servingContainer' },
  });
}

function firstPort(template: PodTemplate, name: string): number {
  const container = template.spec.containers.find((entry) => entry.name === name);
  const port = container?.ports?.[0]?.containerPort;
  if (port !== undefined) return port;
  throw new DomainError({
    code: 'invalidInput',
    message: `port: the container "${name}" names no port, so say which one serves requests.`,
    params: { field: 'port' },
  });
}
