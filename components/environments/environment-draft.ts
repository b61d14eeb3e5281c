import type { EnvironmentRow } from './environment-answers.ts';
import { draftOfMetrics, emptyMetrics, type MetricsDraft, secretOf, sourceOf } from './metrics-draft.ts';

/** An environment as a form holds it. */
export type EnvironmentDraft = {
  readonly name: string;
  readonly groupName: string;
  readonly production: boolean;
  readonly clusterId: string;
  readonly namespace: string;
  readonly gatewayName: string;
  readonly gatewayNamespace: string;
  readonly sectionName: string;
  /** One a line. */
  readonly hostnames: string;
  readonly metrics: MetricsDraft;
  readonly policyId: string;
};

/** What every part of the form takes. */
export type FieldsProps = {
  readonly draft: EnvironmentDraft;
  readonly onChange: (draft: EnvironmentDraft) => void;
};

export const emptyEnvironment: EnvironmentDraft = {
  name: '',
  groupName: '',
  production: false,
  clusterId: '',
  namespace: '',
  gatewayName: '',
  gatewayNamespace: '',
  sectionName: '',
  hostnames: '',
  metrics: emptyMetrics,
  policyId: '',
};

export function draftOfEnvironment(row: EnvironmentRow): EnvironmentDraft {
  const { gateway, metricsSource } = row;
  return {
    name: row.name,
    groupName: row.groupName ?? '',
    production: row.production,
    clusterId: row.clusterId,
    namespace: row.namespace,
    gatewayName: gateway.name,
    gatewayNamespace: gateway.namespace,
    sectionName: gateway.sectionName ?? '',
    hostnames: row.hostnames.join('\n'),
    metrics: draftOfMetrics(metricsSource),
    policyId: row.policyId,
  };
}

/** The part of both calls that may change later; cluster and namespace never do. */
export function changeableOf(draft: EnvironmentDraft) {
  const sectionName = draft.sectionName.trim();
  return {
    name: draft.name.trim(),
    groupName: draft.groupName.trim() === '' ? null : draft.groupName.trim(),
    production: draft.production,
    gateway: {
      name: draft.gatewayName.trim(),
      namespace: draft.gatewayNamespace.trim(),
      ...(sectionName === '' ? {} : { sectionName }),
    },
    hostnames: draft.hostnames.split(/[\s,]+/).filter((name) => name !== ''),
    metricsSource: sourceOf(draft.metrics),
    metricsSecret: secretOf(draft.metrics),
    policyId: draft.policyId,
  };
}

/** What is still to be filled in, as a sentence, or null. */
export function missingPart(draft: EnvironmentDraft): string | null {
  if (draft.clusterId === '') return 'Choose a cluster.';
  if (draft.policyId === '') return 'Choose a policy.';
  return null;
}
