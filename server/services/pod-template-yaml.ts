import { type PodTemplate, podTemplateSchema } from '../../domain/service-spec.ts';
import { parseInput } from '../parse-input.ts';
import { plainYaml } from '../plain-yaml.ts';

/** Reads a pod template from YAML or JSON text: a PodTemplate, a Pod, or a workload with `spec.template`. Unknown fields are kept. */
export function podTemplateFromYaml(text: string): PodTemplate {
  return parseInput(podTemplateSchema, templateOf(plainYaml(text, 'the pod template')));
}

/** Finds the template inside whatever was pasted. */
function templateOf(value: unknown): unknown {
  if (!isObject(value)) return value;
  const spec = value.spec;
  if (isObject(spec) && isObject(spec.template)) return spec.template;
  if (isObject(value.template)) return value.template;
  if (value.kind === undefined) return value;
  const { apiVersion: _version, kind: _kind, status: _status, ...template } = value;
  const { name: _name, namespace: _namespace, ...metadata } = isObject(value.metadata) ? value.metadata : {};
  return { ...template, metadata };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
