/**
 * Batches of decided calls as bytes. A decision is the lengths of two texts (u32, little endian), then the texts in UTF-8: its
 * `DecisionDigest` as JSON, and its `DecisionRecord` as JSON, which is empty when the host does not want it. A look-up is `lookupMark`
 * in place of the first length, then two indexes of calls (u32): of the look-up, and of the call that it was made for.
 */

/** An item of a batch, still as bytes. */
export type BatchItem =
  | {
      readonly kind: 'decision';
      readonly digest: Uint8Array;
      /** Empty when the host did not ask for records. */
      readonly record: Uint8Array;
    }
  /** A recorded call that turned out to be a look-up of the guard. Both are indexes into the calls of the trace. */
  | { readonly kind: 'lookup'; readonly lookup: number; readonly madeFor: number };

const headBytes = 8;
const lookupBytes = 12;

/** No text is this long. */
const lookupMark = 0xffff_ffff;
const firstCapacity = 64 * 1024;

/** Collects items. */
export class BatchWriter {
  #bytes = Buffer.allocUnsafeSlow(firstCapacity);
  #length = 0;
  #items = 0;

  /** Length in bytes of what was added since `take`. */
  get length(): number {
    return this.#length;
  }

  add(digest: string, record: string): void {
    this.#reserve(headBytes + 3 * (digest.length + record.length));
    const digestAt = this.#length + headBytes;
    const digestLength = this.#bytes.write(digest, digestAt, 'utf8');
    const recordLength = record === '' ? 0 : this.#bytes.write(record, digestAt + digestLength, 'utf8');
    this.#bytes.writeUInt32LE(digestLength, this.#length);
    this.#bytes.writeUInt32LE(recordLength, this.#length + 4);
    this.#length = digestAt + digestLength + recordLength;
    this.#items++;
  }

  addLookup(lookup: number, madeFor: number): void {
    this.#reserve(lookupBytes);
    this.#bytes.writeUInt32LE(lookupMark, this.#length);
    this.#bytes.writeUInt32LE(lookup, this.#length + 4);
    this.#bytes.writeUInt32LE(madeFor, this.#length + 8);
    this.#length += lookupBytes;
    this.#items++;
  }

  /** The items so far, in a buffer of their own, which may be transferred. */
  take(): { readonly bytes: Uint8Array<ArrayBuffer>; readonly items: number } {
    const bytes = new Uint8Array(this.#length);
    bytes.set(this.#bytes.subarray(0, this.#length));
    const items = this.#items;
    this.#length = 0;
    this.#items = 0;
    if (this.#bytes.length > 16 * firstCapacity) this.#bytes = Buffer.allocUnsafeSlow(firstCapacity);
    return { bytes, items };
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** The items of a batch, in order. Their bytes are views of it. */
export function* batchItems(bytes: Uint8Array): Generator<BatchItem> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    if (view.getUint32(at, true) === lookupMark) {
      yield { kind: 'lookup', lookup: view.getUint32(at + 4, true), madeFor: view.getUint32(at + 8, true) };
      at += lookupBytes;
      continue;
    }
    const digestEnd = at + headBytes + view.getUint32(at, true);
    const recordEnd = digestEnd + view.getUint32(at + 4, true);
    yield {
      kind: 'decision',
      digest: bytes.subarray(at + headBytes, digestEnd),
      record: bytes.subarray(digestEnd, recordEnd),
    };
    at = recordEnd;
  }
}
