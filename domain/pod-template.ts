import { ociReference } from './byte-check.ts';
import {
  type ArtefactDelivery,
  type ContainerSpec,
  modelVolume,
  type PodTemplate,
  type ServiceSpec,
} from './service-spec.ts';

type Artefact = {
  readonly sourceUri: string;
  readonly artefactDigest: string | null;
  readonly servingImage: string | null;
};

/**
 * The pod template that a revision runs: the spec's template with the ModelVersion's serving image in the serving
 * container and its artefact delivered as the spec says. Pure; unknown fields are kept.
 */
export function resolvedPodTemplate(spec: ServiceSpec, artefact: Artefact): PodTemplate {
  const template = structuredClone(spec.podTemplate);
  const containers = template.spec.containers.map((container) =>
    container.name === spec.servingContainer ? servingContainer(container, spec, artefact) : container,
  );
  const pod = { ...template.spec, containers };
  switch (spec.artefact.kind) {
    case 'inImage':
    case 'storageUri':
      return { ...template, spec: pod };
    case 'ociVolume': {
      const volume = {
        name: modelVolume,
        image: { reference: ociReference(artefact), pullPolicy: 'IfNotPresent' },
      };
      return { ...template, spec: { ...pod, volumes: [...(pod.volumes ?? []), volume] } };
    }
    case 'initContainer': {
      const loader = {
        name: 'load-model',
        image: spec.artefact.image,
        env: artefactEnv(artefact),
        volumeMounts: [{ name: modelVolume, mountPath: spec.artefact.mountPath }],
      };
      const initContainers = [
        ...(pod.initContainers ?? []),
        loader,
        ...checkSteps(spec.artefact, artefact.artefactDigest),
      ];
      const volumes = [...(pod.volumes ?? []), { name: modelVolume, emptyDir: {} }];
      return { ...template, spec: { ...pod, volumes, initContainers } };
    }
  }
}

function servingContainer(container: ContainerSpec, spec: ServiceSpec, artefact: Artefact): ContainerSpec {
  const image = artefact.servingImage ?? container.image;
  const delivery = spec.artefact;
  switch (delivery.kind) {
    case 'inImage':
      return { ...container, image };
    case 'storageUri': {
      const env = [
        ...(container.env ?? []).filter((entry) => entry.name !== delivery.envName),
        { name: delivery.envName, value: artefact.sourceUri },
      ];
      return { ...container, image, env: [...env, ...digestEnv(artefact)] };
    }
    case 'ociVolume':
    case 'initContainer': {
      const volumeMounts = [
        ...(container.volumeMounts ?? []),
        { name: modelVolume, mountPath: delivery.mountPath, readOnly: true },
      ];
      return { ...container, image, volumeMounts };
    }
  }
}

/**
 * Our init step: it runs after the loader, reads the same volume and lets the pod go on only when the bytes have the
 * digest. Its last lines become the termination message, so that the pod says why it does not start.
 */
function checkSteps(
  { checkImage, mountPath }: Extract<ArtefactDelivery, { kind: 'initContainer' }>,
  artefactDigest: string | null,
) {
  if (checkImage == null || artefactDigest === null) return [];
  return [
    {
      name: 'check-model',
      image: checkImage,
      command: ['node', '/app/server/cli/fairlead.mjs', 'digest', mountPath, '--verify', artefactDigest],
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      terminationMessagePolicy: 'FallbackToLogsOnError',
      volumeMounts: [{ name: modelVolume, mountPath, readOnly: true }],
    },
  ];
}

function artefactEnv(artefact: Artefact): { name: string; value: string }[] {
  return [{ name: 'MODEL_SOURCE_URI', value: artefact.sourceUri }, ...digestEnv(artefact)];
}

function digestEnv(artefact: Artefact): { name: string; value: string }[] {
  return artefact.artefactDigest === null
    ? []
    : [{ name: 'MODEL_ARTEFACT_DIGEST', value: artefact.artefactDigest }];
}
