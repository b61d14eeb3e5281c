import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { refusedError } from './exit-code.ts';

/** Size and sha256 of what was read, in one pass; a link that was put there meanwhile is not followed. */
export async function hashFile(path: string): Promise<{ size: number; sha256: string }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: Error) => {
    throw refusedError(
      `${path} cannot be read: ${error.message}.`,
      'Give the user that runs this the right to read every file.',
    );
  });
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest('hex') };
}
