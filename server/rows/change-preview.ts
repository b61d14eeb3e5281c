import { stringify } from 'yaml';
import { type FieldChange, fieldChanges, fieldsOf } from '../../domain/field-change.ts';
import { resolvedPodTemplate } from '../../domain/pod-template.ts';
import type { RolloutPlan } from '../../domain/rollout-plan.ts';
import { gpuCountPerPod, startingReplicas } from '../../domain/service-spec.ts';
import { servingManifests } from '../cluster/manifests.ts';
import { desiredAlone } from './desired-alone.ts';
import type { Forecast } from './forecast.ts';
import type { RevisionRecord } from './revision-record.ts';
import type { ServiceRecord } from './service-record.ts';

/** A count before the rollout, after it, and while both revisions run. */
type Amounts = { readonly before: number; readonly after: number; readonly during: number };

/** What a promotion would change, for the form and for the decision page. */
export type ChangePreview = {
  readonly fields: readonly FieldChange[];
  readonly yaml: { readonly before: string; readonly after: string };
  readonly replicas: Amounts;
  readonly gpus: Amounts;
  readonly plan: RolloutPlan;
  readonly forecast: Forecast;
};

type Change = {
  readonly record: ServiceRecord;
  readonly from: RevisionRecord | null;
  readonly to: RevisionRecord;
  readonly plan: RolloutPlan;
  readonly forecast: Forecast;
};

/** Compares what runs with what would run; pure. */
export function changePreview({ record, from, to, plan, forecast }: Change): ChangePreview {
  const replicas = startingReplicas(record.scaling);
  return {
    fields: fieldChanges(from === null ? new Map() : runFields(from), runFields(to)),
    yaml: { before: from === null ? '' : manifestYaml(record, from), after: manifestYaml(record, to) },
    replicas: amounts(from === null ? 0 : replicas, replicas),
    gpus: amounts(from === null ? 0 : replicas * gpusOf(from), replicas * gpusOf(to)),
    plan,
    forecast,
  };
}

function amounts(before: number, after: number): Amounts {
  return { before, after, during: before + after };
}

function gpusOf(revision: RevisionRecord): number {
  return gpuCountPerPod(revision.spec.podTemplate);
}

function runFields({ version, spec }: RevisionRecord): Map<string, string> {
  return fieldsOf({
    model: version.modelName,
    version: String(version.number),
    source: version.sourceUri,
    artefactDigest: version.artefactDigest ?? undefined,
    delivery: spec.artefact,
    port: spec.port,
    servingContainer: spec.servingContainer,
    pod: resolvedPodTemplate(spec, version),
  });
}

/** The objects of one revision alone, with all traffic, as YAML. */
function manifestYaml(record: ServiceRecord, revision: RevisionRecord): string {
  return servingManifests(desiredAlone(record, revision))
    .map((manifest) => stringify(manifest, { lineWidth: 0 }))
    .join('---\n');
}
