import { describe, expect, test } from 'vitest';
import { parseImageId, runningImages } from './running-image.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

describe('an image id', () => {
  test.each([
    [`docker-pullable://registry.example/fraud@${digest}`, digest, `registry.example/fraud@${digest}`],
    [`registry.example:5000/a/fraud@${digest}`, digest, `registry.example:5000/a/fraud@${digest}`],
    [`docker://${digest}`, digest, null],
    [digest, digest, null],
  ])('%s names its digest, and a reference only when the runtime names one', (imageId, found, reference) => {
    expect(parseImageId(imageId)).toEqual({ digest: found, reference });
  });

  test.each(['', 'registry.example/fraud:1.2', `fraud@${digest.slice(0, -1)}`, `x${digest}`])(
    'that holds no digest says nothing: %j',
    (imageId) => expect(parseImageId(imageId)).toBeNull(),
  );
});

test('several digests are all said, that of most pods first, and pods without one are counted', () => {
  const ids = [`r/f@${digest}`, other, `r/f@${other}`, null, 'fraud:1'];
  expect(runningImages(ids)).toEqual({
    images: [
      { digest: other, reference: `r/f@${other}`, podCount: 2 },
      { digest, reference: `r/f@${digest}`, podCount: 1 },
    ],
    unknownPodCount: 2,
  });
  expect(runningImages([])).toEqual({ images: [], unknownPodCount: 0 });
});
