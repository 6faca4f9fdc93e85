/** Keeps the memory pages of snapshots: equal pages once, by the hash of their bytes, and pages that no snapshot has any more not at all. */
import { createHash } from 'node:crypto';
import { pageSize } from '../../../core/wasm/decode/memoryCap.ts';

/** A kept page. */
interface Page {
  readonly hash: string;
  readonly bytes: Uint8Array;
  /** Number of images with the page. */
  uses: number;
}

/** A linear memory at one moment. */
export interface MemoryImage {
  /** The pages in order; pages of zeros are null. */
  readonly pages: readonly (Page | null)[];
  /** Number of snapshots with this image. */
  uses: number;
}

const zeros = Buffer.alloc(pageSize);

/** What a snapshot keeps beside the bytes of its pages, in bytes: a reference for each page. */
const referenceBytes = 8;

/** The pages of all snapshots of a session. */
export class PageStore {
  readonly #pages = new Map<string, Page>();
  #images = 0;

  /** Bytes of the kept pages and of the references to them. */
  get bytes(): number {
    return this.#pages.size * pageSize + this.#images * referenceBytes;
  }

  /**
   * Keeps a memory. Only pages that differ from those of `before`, the image of the same guard that was kept last, are hashed and copied;
   * an image without a difference is the one before. Comparing is several times faster than hashing.
   */
  keep(memory: Uint8Array, before: MemoryImage | null): MemoryImage {
    const view = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
    const count = memory.length / pageSize;
    let pages: (Page | null)[] | null = before?.pages.length === count ? null : [];
    for (let index = 0; index < count; index++) {
      const known = before?.pages[index];
      const at = index * pageSize;
      const isSame = known !== undefined && view.compare(known?.bytes ?? zeros, 0, pageSize, at, at + pageSize) === 0;
      if (!isSame) pages ??= before?.pages.slice(0, index) ?? [];
      pages?.push(isSame ? known : this.#pageOf(view.subarray(at, at + pageSize)));
    }
    if (pages === null && before !== null) {
      before.uses++;
      return before;
    }
    const image = { pages: pages ?? [], uses: 1 };
    for (const page of image.pages) if (page !== null) page.uses++;
    this.#images += image.pages.length;
    return image;
  }

  /** Drops an image of one snapshot. */
  drop(image: MemoryImage): void {
    if (--image.uses > 0) return;
    this.#images -= image.pages.length;
    for (const page of image.pages) if (page !== null && --page.uses === 0) this.#pages.delete(page.hash);
  }

  #pageOf(bytes: Buffer): Page | null {
    if (bytes.equals(zeros)) return null;
    const hash = createHash('sha256').update(bytes).digest('base64');
    const known = this.#pages.get(hash);
    if (known !== undefined) return known;
    const page = { hash, bytes: new Uint8Array(bytes), uses: 0 };
    this.#pages.set(hash, page);
    return page;
  }
}

/** Writes an image into a memory, which is at least as long. */
export function copyImage({ pages }: MemoryImage, target: Uint8Array): void {
  for (const [index, page] of pages.entries()) target.set(page?.bytes ?? zeros, index * pageSize);
}
