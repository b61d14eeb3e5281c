import * as z from 'zod';
import { podTemplateSchema } from '../service-spec.ts';

/** What a template may be filled in with; `{{model}}` and the like. */
const placeholders = [
  'retrainId',
  'model',
  'modelVersion',
  'service',
  'environment',
  'alert',
  'windowFrom',
  'windowTo',
  'reference',
] as const;
export type Placeholder = (typeof placeholders)[number];

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;
const alone = /^\{\{\s*[^{}]*?\s*\}\}$/;
const keyValue = z.record(z.string(), z.string());
const longestSeconds = 7 * 86_400;

/** An object that runs a training: a Job, or another kind that the cluster serves. Unknown fields are kept. */
export const workTemplateSchema = z.looseObject({
  apiVersion: z
    .string()
    .regex(/^[a-z0-9.-]+\/v[a-z0-9]+$/, 'apiVersion names a group and its version, such as batch/v1.'),
  kind: z.string().regex(/^[A-Z][A-Za-z0-9]{0,62}$/, 'kind is the name of a kind, such as Job.'),
  metadata: z.looseObject({ labels: keyValue.optional(), annotations: keyValue.optional() }).default({}),
  spec: z.looseObject({}),
});
export type WorkTemplate = z.output<typeof workTemplateSchema>;

const jobSpecSchema = z.looseObject({
  template: podTemplateSchema,
  activeDeadlineSeconds: z
    .int('spec.activeDeadlineSeconds says how long the Job may run at most: budgets count it so.')
    .min(1)
    .max(longestSeconds, 'A training may run for 7 days at most.'),
  parallelism: z.int().min(1).max(256).default(1),
});

/** How many GPUs a kind that is no Job takes, since only its controller knows its pods. */
const declaredSchema = z.object({
  'fairlead.dev/gpus': z.string().regex(/^\d{1,4}$/, 'The annotation fairlead.dev/gpus is a count of GPUs.'),
  'fairlead.dev/most-seconds': z
    .string()
    .regex(/^\d{1,6}$/, 'The annotation fairlead.dev/most-seconds says how long it may run at most.')
    .refine(
      (text) => Number(text) >= 1 && Number(text) <= longestSeconds,
      'A training runs for 7 days at most.',
    ),
  'fairlead.dev/gpu-product': z.string().max(63).optional(),
});

const isJob = ({ apiVersion, kind }: Pick<WorkTemplate, 'apiVersion' | 'kind'>): boolean =>
  apiVersion === 'batch/v1' && kind === 'Job';

/** What a training takes of the cluster at the most. */
export type WorkDemand = {
  readonly pods: number;
  readonly mostSeconds: number;
  /** Null for a kind that only tells how many GPUs it takes. */
  readonly podTemplate: z.output<typeof podTemplateSchema> | null;
  readonly declared: { readonly gpus: number; readonly product: string | null };
};

/** Throws a ZodError whose message says what the template lacks. */
export function workDemand(template: WorkTemplate): WorkDemand {
  if (isJob(template)) {
    const { template: podTemplate, activeDeadlineSeconds, parallelism } = jobSpecSchema.parse(template.spec);
    return {
      pods: parallelism,
      mostSeconds: activeDeadlineSeconds,
      podTemplate,
      declared: { gpus: 0, product: null },
    };
  }
  const said = declaredSchema.parse(template.metadata.annotations ?? {});
  return {
    pods: 1,
    mostSeconds: Number(said['fairlead.dev/most-seconds']),
    podTemplate: null,
    declared: { gpus: Number(said['fairlead.dev/gpus']), product: said['fairlead.dev/gpu-product'] ?? null },
  };
}

/** Kinds that give rights or hold secrets are no trainings. */
const refusedGroups =
  /(^|\.)(rbac\.authorization|admissionregistration|apiextensions|certificates|authentication)\./;

/** Why this cannot be a template, as a sentence, or null. */
export function templateProblem(template: WorkTemplate): string | null {
  const { apiVersion, metadata } = template;
  if (refusedGroups.test(`.${apiVersion}`)) return `A template starts work; objects of ${apiVersion} do not.`;
  if ('name' in metadata || 'generateName' in metadata || 'namespace' in metadata)
    return 'Leave name and namespace out: Fairlead names each object, in the namespace of the environment.';
  if (JSON.stringify(template).includes('fairlead.dev/run-id'))
    return 'Leave the label fairlead.dev/run-id out: Fairlead sets it, so that the GPUs are known as training.';
  return placeholderProblem(template, []);
}

function placeholderProblem(value: unknown, path: readonly string[]): string | null {
  if (typeof value === 'string') return textProblem(value, path);
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, each] of Object.entries(value)) {
    if (key.includes('{{'))
      return `${[...path, key].join('.')}: a placeholder cannot be the name of a field.`;
    const found = placeholderProblem(each, [...path, key]);
    if (found !== null) return found;
  }
  return null;
}

function textProblem(text: string, path: readonly string[]): string | null {
  const names = [...text.matchAll(placeholder)].map(([, name]) => name ?? '');
  const unknown = names.find((name) => !placeholders.some((known) => known === name));
  const at = path.join('.');
  if (unknown !== undefined)
    return `${at}: there is no placeholder {{${unknown}}}; use one of ${placeholders.join(', ')}.`;
  const isArgument = path.some((part) => part === 'command' || part === 'args');
  if (names.length > 0 && isArgument && !alone.test(text))
    return `${at}: in command and args a placeholder stands alone, so that a name cannot become part of a script; pass it by env.`;
  return null;
}

/** The template with its placeholders filled in; values stay text, whatever they hold. */
export function filledTemplate(
  template: WorkTemplate,
  values: Readonly<Record<Placeholder, string>>,
): WorkTemplate {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replaceAll(placeholder, (whole, name: string) =>
        Object.hasOwn(values, name) ? values[name as Placeholder] : whole,
      );
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each)]));
  };
  return workTemplateSchema.parse(fill(template));
}

/** What a template starts, as the cluster is given it: named by its request, so that a second apply is the same object. */
export function workObject(
  template: WorkTemplate,
  of: {
    readonly name: string;
    readonly namespace: string;
    readonly retrainId: string;
    readonly projectId: string;
  },
): WorkTemplate {
  const labels = { 'fairlead.dev/project': of.projectId, 'fairlead.dev/run-id': of.retrainId };
  const metadata = {
    ...template.metadata,
    name: of.name,
    namespace: of.namespace,
    labels: { ...template.metadata.labels, ...labels, 'app.kubernetes.io/managed-by': 'fairlead' },
  };
  if (!isJob(template)) return { ...template, metadata };
  const { template: pod } = jobSpecSchema.parse(template.spec);
  const podMetadata = { ...pod.metadata, labels: { ...pod.metadata?.labels, ...labels } };
  const spec = { ...pod.spec, restartPolicy: pod.spec.restartPolicy ?? 'Never' };
  return {
    ...template,
    metadata,
    spec: { ...template.spec, template: { ...pod, metadata: podMetadata, spec } },
  };
}

/** `retrain-<service>-<the last 12 digits of the request's id>`, a DNS label. */
export function workName(service: string, retrainId: string): string {
  return `retrain-${service}-${retrainId.replaceAll('-', '').slice(-12)}`;
}
