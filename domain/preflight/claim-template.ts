import type { NamespaceReading } from './capacity.ts';
import type { PreflightCheck } from './check.ts';
import { unread } from './check-quota.ts';
import type { PodDemand } from './pod-demand.ts';

/** What a claim made from a ResourceClaimTemplate asks for, before any device of it is allocated. */
export type ClaimTemplate = {
  readonly name: string;
  /** Devices by DeviceClass, of alternatives the most, as quotas count them. */
  readonly devices: Readonly<Record<string, number>>;
  /** Of these, GPUs. A MIG device counts as a whole one: which is taken is told by its allocation only. */
  readonly gpus: number;
  /** Asks for every device of a node, of which one is counted. */
  readonly allOfNode: boolean;
};

type Read = NamespaceReading['claimTemplates'];

const quotaKey = (deviceClass: string) => `${deviceClass}.deviceclass.resource.k8s.io/devices`;

function named(name: string, templates: Read): ClaimTemplate | null {
  if (templates?.kind !== 'read') return null;
  return templates.value.find((template) => template.name === name) ?? null;
}

/** The demand with what its claims ask for; of a template that was not read, one whole GPU. */
export function withClaims(demand: PodDemand, templates: Read): PodDemand {
  if (demand.claimTemplates.length === 0) return demand;
  const requests: Record<string, number> = { ...demand.requests };
  let { milliGpu } = demand;
  for (const name of demand.claimTemplates) {
    const template = named(name, templates);
    milliGpu += (template?.gpus ?? 1) * 1_000;
    for (const [deviceClass, count] of Object.entries(template?.devices ?? {}))
      requests[quotaKey(deviceClass)] = (requests[quotaKey(deviceClass)] ?? 0) + count;
  }
  return { ...demand, requests, milliGpu };
}

/** What is known of the claims of a pod that shall come; none for a pod without any. */
export function checkClaims({ claimTemplates }: PodDemand, templates: Read): PreflightCheck[] {
  if (claimTemplates.length === 0) return [];
  const assumed = 'Each of its claims counts as one whole GPU until it is allocated.';
  if (templates === null)
    return [warning(`The API server serves no resource.k8s.io/v1, so claims were not read. ${assumed}`)];
  if (templates.kind === 'unread') {
    const check = unread('claims', 'ResourceClaimTemplates', templates);
    return [{ ...check, sentence: `${check.sentence} ${assumed}` }];
  }
  return [...new Set(claimTemplates)].map((name) => {
    const template = named(name, templates);
    if (template === null)
      return {
        ...warning(`The namespace has no ResourceClaimTemplate "${name}": pods that name it do not start.`),
        subject: name,
        verdict: 'FAIL',
        fix: `Create ResourceClaimTemplate "${name}" in the namespace, or name one that it has.`,
      };
    const devices = Object.entries(template.devices).map(
      ([deviceClass, count]) => `${count} of ${deviceClass}`,
    );
    const sentence = `Each claim of ResourceClaimTemplate "${name}" asks for ${devices.join(', ') || 'no device'}: ${template.gpus} GPUs until it is allocated.`;
    const figures = { gpus: template.gpus };
    return template.allOfNode
      ? {
          ...warning(`${sentence} It asks for every device of a node, of which one is counted.`),
          subject: name,
          figures,
        }
      : { ...warning(sentence), subject: name, figures, verdict: 'PASS' };
  });
}

function warning(sentence: string): PreflightCheck {
  return { kind: 'claims', subject: '', verdict: 'WARN', sentence, figures: {}, fix: null };
}
