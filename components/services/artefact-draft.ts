import { type ArtefactDelivery, artefactDeliverySchema } from '../../domain/service-spec.ts';

/** A delivery as texts of a form, which keeps what was typed for another kind. */
export type ArtefactDraft = {
  readonly kind: ArtefactDelivery['kind'];
  readonly mountPath: string;
  readonly image: string;
  readonly envName: string;
  /** Empty checks nothing. */
  readonly checkImage: string;
};

export function draftOfArtefact(delivery: ArtefactDelivery): ArtefactDraft {
  const empty = { mountPath: '/models', image: '', envName: 'STORAGE_URI', checkImage: '' };
  if (delivery.kind !== 'initContainer') return { ...empty, ...delivery };
  return { ...empty, ...delivery, checkImage: delivery.checkImage ?? '' };
}

/** The delivery that a draft describes, or what is wrong with it. */
export function artefactOfDraft(draft: ArtefactDraft): { artefact: ArtefactDelivery } | { problem: string } {
  const { checkImage, ...rest } = draft;
  const parsed = artefactDeliverySchema.safeParse({
    ...rest,
    ...(checkImage.trim() === '' ? {} : { checkImage: checkImage.trim() }),
  });
  return parsed.success ? { artefact: parsed.data } : { problem: artefactProblem(draft) };
}

function artefactProblem({ kind }: ArtefactDraft): string {
  switch (kind) {
    case 'inImage':
    case 'ociVolume':
      return 'The mount path starts with "/".';
    case 'initContainer':
      return 'Name the loader image and, if any, the check image by digest ("registry/name@sha256:…") and a mount path that starts with "/".';
    case 'storageUri':
      return 'The variable is named in capital letters, digits and "_".';
  }
}
