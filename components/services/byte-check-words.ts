import type { ByteCheck } from '../../domain/byte-check.ts';
import type { Tone } from '../ui/tone.ts';

/** How the bytes that run were checked, in two words and in a sentence. */
export const byteCheckWords: Record<ByteCheck, { tone: Tone; label: string; sentence: string }> = {
  imageDigest: {
    tone: 'ok',
    label: 'Image digest',
    sentence: 'The node pulls the artefact by digest, in the image or as an OCI volume.',
  },
  initStep: {
    tone: 'ok',
    label: 'Our init step',
    sentence: 'Before the server starts, a step of ours compares the loaded bytes with the digest.',
  },
  declaredOnly: {
    tone: 'warn',
    label: 'Declared only',
    sentence: 'Nothing compares what the server loads with the digest of the version.',
  },
};
