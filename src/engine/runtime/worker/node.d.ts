/**
 * The part of Node that worker/ and shared/ may use; tsconfig.json of this folder knows no other. The worker's event loop never runs
 * (see `SharedState`), so timers, streams and other callbacks are left out: they would never be called. Files, processes and the
 * network are left out because a thread that runs a guest must not use them.
 */

/** The UTF-8 and base64 conversions of Node's `Buffer`. */
interface Buffer extends Uint8Array {
  toString(encoding?: 'utf8' | 'latin1', start?: number, end?: number): string;
  readBigUInt64LE(offset: number): bigint;
}

declare const Buffer: {
  from(text: string, encoding?: 'utf8' | 'latin1' | 'base64'): Buffer;
  from(bytes: Uint8Array): Buffer;
  from(buffer: ArrayBufferLike, byteOffset: number, length: number): Buffer;
};

declare const performance: { now(): number };

interface ErrorConstructor {
  /** V8: frames that an error keeps of its stack. */
  stackTraceLimit: number;
}

declare module 'node:buffer' {
  export function isUtf8(bytes: Uint8Array): boolean;
}

declare module 'node:worker_threads' {
  /** One end of a channel, read by hand with `receiveMessageOnPort`; `on` is left out, because it needs the event loop. */
  export interface MessagePort {
    postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
    close(): void;
  }
  export class MessageChannel {
    readonly port1: MessagePort;
    readonly port2: MessagePort;
  }
  export function receiveMessageOnPort(port: MessagePort): { readonly message: unknown } | undefined;
  export const parentPort: MessagePort | null;
  export const workerData: unknown;
}
