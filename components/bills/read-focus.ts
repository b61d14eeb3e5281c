import { BillError, type BillSums, FocusBill } from '../../domain/bill/focus-bill.ts';
import type { Month } from '../../domain/bill/month.ts';
import { CsvError, CsvReader, withoutMark } from '../../domain/csv.ts';

/** The most that a bill may unpack to. */
const maxTextBytes = 4 * 1024 ** 3;

type Reading = {
  readonly month: Month;
  readonly currency: string;
  readonly signal: AbortSignal;
  /** How much of the file was read, 0 to 1, and how many of its rows. */
  readonly onProgress: (share: number, rows: number) => void;
};

/**
 * Sums a bill (CSV, or the same in gzip) where it lies: only the sums leave the reader's machine. Throws BillError with a
 * sentence, and the signal's reason when it was cancelled.
 */
export async function readFocus(file: Blob, reading: Reading): Promise<BillSums> {
  const progress = { bytes: 0, rows: 0, textBytes: 0 };
  const csv = new CsvReader();
  let bill: FocusBill | null = null;
  const take = (rows: readonly string[][]) => {
    for (const row of rows) {
      if (bill === null) bill = new FocusBill(row, reading);
      else bill.take(row);
    }
    progress.rows += rows.length;
  };
  try {
    const stream = (
      await unpacked(file, (bytes) => {
        progress.bytes += bytes;
      })
    ).getReader();
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for (let isFirst = true; ; isFirst = false) {
      reading.signal.throwIfAborted();
      const { done, value } = await stream.read();
      if (done) break;
      progress.textBytes += value.byteLength;
      if (progress.textBytes > maxTextBytes)
        throw new BillError('The file unpacks to more than 4 GiB. Export one month of one account.');
      const text = decoder.decode(value, { stream: true });
      take(csv.push(isFirst ? withoutMark(text) : text));
      reading.onProgress(file.size === 0 ? 1 : progress.bytes / file.size, progress.rows);
    }
    take(csv.push(decoder.decode()));
    take(csv.end());
  } catch (error) {
    throw told(error);
  }
  const read = bill as FocusBill | null;
  if (read === null) throw new BillError('The file is empty.');
  return read.sums();
}

async function unpacked(file: Blob, onBytes: (bytes: number) => void) {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const counted = file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        onBytes(chunk.byteLength);
        controller.enqueue(chunk);
      },
    }),
  );
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  return isGzip ? counted.pipeThrough(new DecompressionStream('gzip')) : counted;
}

function told(error: unknown): unknown {
  if (error instanceof BillError) return error;
  if (error instanceof CsvError) return new BillError(error.message);
  if (error instanceof TypeError) return new BillError('The file is no CSV in UTF-8, nor one in gzip.');
  return error;
}
