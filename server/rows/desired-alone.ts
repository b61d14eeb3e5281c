import { resolvedPodTemplate } from '../../domain/pod-template.ts';
import type { DesiredServing } from '../../domain/serving.ts';
import type { RevisionRecord } from './revision-record.ts';
import { type ServiceRecord, servingScope } from './service-record.ts';

/** The service as if this revision alone took all traffic, for diffs and dry runs; pure. */
export function desiredAlone(record: ServiceRecord, revision: RevisionRecord): DesiredServing {
  const { number, version, spec, specDigest } = revision;
  return {
    scope: servingScope(record),
    generation: record.row.generation,
    revisions: [
      {
        number,
        // A revision that is only proposed has no id yet; the version's stands in for it.
        revisionId: revision.revisionId ?? version.id,
        modelVersionId: version.id,
        specDigest,
        podTemplate: resolvedPodTemplate(spec, version),
        port: spec.port,
        scaling: record.scaling,
      },
    ],
    weights: { [number]: 100 },
    fallbackNumber: number,
  };
}
