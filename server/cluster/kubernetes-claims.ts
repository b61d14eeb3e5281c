import * as z from 'zod';
import type { ClaimTemplate } from '../../domain/preflight/claim-template.ts';

/** A DeviceClass by what is needed of it: whether its devices are GPUs, as far as its own words tell. */
export const deviceClassSchema = z
  .looseObject({
    metadata: z.looseObject({ name: z.string() }),
    spec: z.looseObject({
      selectors: z
        .array(z.looseObject({ cel: z.looseObject({ expression: z.string() }).nullish() }))
        .nullish(),
      extendedResourceName: z.string().nullish(),
    }),
  })
  .transform(({ metadata, spec }) => {
    const words = (spec.selectors ?? []).flatMap(({ cel }) => cel?.expression ?? []);
    const told = [metadata.name, spec.extendedResourceName ?? '', ...words];
    return { name: metadata.name, isGpu: told.some((text) => /gpu|\bmig\b/i.test(text)) };
  });
export type DeviceClass = z.infer<typeof deviceClassSchema>;

const exactSchema = z.looseObject({
  deviceClassName: z.string(),
  allocationMode: z.string().nullish(),
  count: z.int().nullish(),
  adminAccess: z.boolean().nullish(),
});
const requestSchema = z.looseObject({
  exactly: exactSchema.nullish(),
  firstAvailable: z.array(exactSchema).nullish(),
});

/** A ResourceClaimTemplate of `resource.k8s.io/v1`. */
export const claimTemplateSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    spec: z.looseObject({
      devices: z.looseObject({ requests: z.array(requestSchema).nullish() }).nullish(),
    }),
  }),
});

/**
 * Devices that a claim of the template asks for. Admin access takes none; a class that nothing is known of counts as one of
 * GPUs, since a budget that counts too little is spent before it is seen.
 */
export function claimTemplate(
  { metadata, spec }: z.infer<typeof claimTemplateSchema>,
  classes: readonly DeviceClass[],
): ClaimTemplate {
  const isGpu = (name: string) => classes.find((found) => found.name === name)?.isGpu ?? true;
  const devices: Record<string, number> = {};
  let gpus = 0;
  let allOfNode = false;
  for (const { exactly, firstAvailable } of spec.spec.devices?.requests ?? []) {
    const alternatives = [...(exactly ? [exactly] : []), ...(firstAvailable ?? [])].filter(
      ({ adminAccess }) => adminAccess !== true,
    );
    // One of the alternatives is taken, but quota must allow each of them.
    gpus += Math.max(
      0,
      ...alternatives.map(({ deviceClassName, count }) => (isGpu(deviceClassName) ? (count ?? 1) : 0)),
    );
    for (const [name, most] of mostByClass(alternatives)) devices[name] = (devices[name] ?? 0) + most;
    allOfNode ||= alternatives.some(({ allocationMode }) => allocationMode === 'All');
  }
  return { name: metadata.name, devices, gpus, allOfNode };
}

function mostByClass(alternatives: readonly z.infer<typeof exactSchema>[]): Map<string, number> {
  const most = new Map<string, number>();
  for (const { deviceClassName, count } of alternatives)
    most.set(deviceClassName, Math.max(most.get(deviceClassName) ?? 0, count ?? 1));
  return most;
}
