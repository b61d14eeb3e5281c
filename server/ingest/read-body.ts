import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The most that one call may send, after it is inflated. */
const maxIngestBytes = 5 * 1024 * 1024;

/** Why a body was not read; the status is HTTP's. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly status: 400 | 413 | 415;
  constructor(status: 400 | 413 | 415, message: string) {
    super(message);
    this.status = status;
  }
}

/** The body, inflated when it is gzip; holds no more than the limit. Throws BodyRefused with a sentence. */
export async function readBody(req: IncomingMessage, limit = maxIngestBytes): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of bodyPieces(req, limit)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * The body piece by piece, inflated when it is gzip: what inflates beyond the limit is given up at the first piece too
 * many. Throws BodyRefused with a sentence.
 */
export async function* bodyPieces(req: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  const encoding = (req.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new BodyRefused(415, 'Send the body as it is or with content-encoding: gzip.');
  if (Number(req.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  if (encoding === 'identity') return yield* bounded(req, limit);
  const gunzip = createGunzip();
  // The pipe does not tell the inflater that the sender hung up.
  req.once('error', (error) => gunzip.destroy(error));
  req.once('aborted', () => gunzip.destroy(new Error('The sender hung up.')));
  try {
    yield* bounded(req.pipe(gunzip), limit);
  } catch (error) {
    if (error instanceof BodyRefused) throw error;
    throw new BodyRefused(400, 'The body is not valid gzip.');
  } finally {
    req.unpipe(gunzip);
    gunzip.destroy();
  }
}

/** A sender hears no answer while it still writes, so what is left of a refused body is read and thrown away. */
const mostThrownAway = 64 * 1024 * 1024;

/** Waits until the sender has written all, or so much that it is cut off. */
export async function throwAwayRest(req: IncomingMessage): Promise<void> {
  if (req.readableEnded || req.destroyed) return;
  await new Promise<void>((resolve) => {
    let total = 0;
    const take = (piece: Buffer) => {
      total += piece.length;
      if (total > mostThrownAway) req.destroy();
    };
    req
      .on('data', take)
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
    req.resume();
  });
}

async function* bounded(stream: Readable, limit: number): AsyncGenerator<Buffer> {
  let total = 0;
  // Left early, an iterator destroys its stream, and with it the connection that waits for the answer.
  const read = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const piece of read) {
    total += piece.length;
    if (total > limit) throw tooLarge(limit);
    yield piece;
  }
}

function tooLarge(limit: number): BodyRefused {
  const mib = limit / 1024 / 1024;
  return new BodyRefused(413, `The body is larger than ${mib} MiB: send it in several batches.`);
}
