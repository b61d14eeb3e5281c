import type { ArtefactDelivery } from '../../domain/service-spec.ts';

/** How the artefact reaches the pod, as a sentence part. */
export function deliveryText(delivery: ArtefactDelivery): string {
  switch (delivery.kind) {
    case 'inImage':
      return 'in the serving image';
    case 'ociVolume':
      return `as an OCI volume at ${delivery.mountPath}`;
    case 'initContainer':
      return `loaded by an init container to ${delivery.mountPath}${delivery.checkImage == null ? '' : ', then checked by our init step'}`;
    case 'storageUri':
      return `by its URI in ${delivery.envName}`;
  }
}
