/** 2^49: seven groups of seven bits fit into a double beside a next one. */
const safeGroups = 7;
const smallest = -(2 ** 50);
const largest = 2 ** 50;

/** Writes whole numbers, seven bits to a byte, least first (LEB128), and bytes as they are; grows as needed. */
export class PackedWriter {
  #bytes = new Uint8Array(4_096);
  #length = 0;

  /** A whole number from 0 to 2^53 - 1. */
  count(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no count.`);
    this.#reserve(10);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length] = (rest % 128) | 128;
      this.#length += 1;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  /** Any whole number; its sign is the lowest bit. */
  sum(value: bigint): void {
    if (value > smallest && value < largest) {
      const small = Number(value);
      this.count(small < 0 ? -2 * small - 1 : 2 * small);
      return;
    }
    let rest = value < 0n ? -2n * value - 1n : 2n * value;
    while (rest >= 128n) {
      this.byte(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  bytes(values: Uint8Array): void {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.count(encoded.length);
    this.bytes(encoded);
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + bytes));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Reads what a PackedWriter wrote, in the same order; throws RangeError at the end of the bytes. */
export class PackedReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new RangeError('Packed numbers end too early.');
    this.#at += 1;
    return value;
  }

  count(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const next = this.byte();
      value += (next & 127) * factor;
      if (next < 128) return value;
      factor *= 128;
    }
  }

  sum(): bigint {
    let low = 0;
    let factor = 1;
    for (let group = 0; group < safeGroups; group += 1) {
      const next = this.byte();
      low += (next & 127) * factor;
      if (next < 128) return BigInt(low % 2 === 1 ? -(low + 1) / 2 : low / 2);
      factor *= 128;
    }
    let value = BigInt(low);
    for (let shift = 7n * BigInt(safeGroups); ; shift += 7n) {
      const next = this.byte();
      value += BigInt(next & 127) << shift;
      if (next < 128) return value % 2n === 1n ? -(value + 1n) / 2n : value / 2n;
    }
  }

  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('Packed numbers end too early.');
    const values = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return values;
  }

  text(): string {
    return new TextDecoder().decode(this.bytes(this.count()));
  }
}
