/** The only platform names that the pure world may use; everything else is a parameter (design: core is pure). */

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array | ArrayBufferLike, options?: { stream?: boolean }): string;
}

declare function atob(data: string): string;
declare function btoa(data: string): string;

declare function queueMicrotask(callback: () => void): void;

/** Names the platform's signal in contracts that hand one on; core itself never listens to it. */
interface AbortSignal {
  readonly aborted: boolean;
}
