/** The errors that a guest can cause, thrown in the worker: the gateway's text and whether the guard stays usable. */

/** A stack frame: the function and the instruction that it stopped at or called from. */
export interface FrameAddress {
  /** Function index, imports counted. */
  readonly index: number;
  /** Offset of the instruction in the compiled bytes; null for an imported function. */
  readonly offset: number | null;
}

/** What a `GuestError` carries beside its text. */
export interface GuestErrorDetails {
  /** The stack trace, innermost first; null (the default) when the gateway prints none. */
  readonly frames?: readonly FrameAddress[] | null;
  /** Where the guest was when its context ended, which the gateway does not print; null (the default) when it is not known. */
  readonly closedAt?: readonly FrameAddress[] | null;
  readonly isTrap?: boolean;
  readonly isExit?: boolean;
}

/** A failed guard call or start function. The message is the gateway's text; callers on the way up add their prefixes. */
export class GuestError extends Error {
  /** See `GuestErrorDetails`. */
  readonly frames: readonly FrameAddress[] | null;
  readonly closedAt: readonly FrameAddress[] | null;
  /** Whether the gateway counts it as a trap, which makes the guard unusable (gateway spec 1.8). */
  readonly isTrap: boolean;
  /** Whether the module was closed, by proc_exit or with its context. While loading, such an error gets no prefix. */
  readonly isExit: boolean;

  constructor(
    text: string,
    { frames = null, closedAt = null, isTrap = false, isExit = false }: GuestErrorDetails = {},
  ) {
    super(text);
    this.name = 'GuestError';
    this.frames = frames;
    this.closedAt = closedAt;
    this.isTrap = isTrap;
    this.isExit = isExit;
  }

  /** The same error with `prefix` in front of its text. */
  withPrefix(prefix: string): GuestError {
    const { frames, closedAt, isTrap, isExit } = this;
    return new GuestError(prefix + this.message, { frames, closedAt, isTrap, isExit });
  }
}

/** Thrown by `proc_exit` to unwind the guest's stack. */
export class ExitSignal extends Error {
  readonly code: number;

  constructor(code: number) {
    super(exitText(code));
    this.name = 'ExitSignal';
    this.code = code;
  }
}

/** Thrown by a host function where wazero's host function panics; wazero turns the panic into the call's error (wazero spec 8.3). */
export class HostPanic extends Error {
  /** `module.name` of the host function, set by the wrapper around it. */
  origin = '';

  constructor(text: string) {
    super(text);
    this.name = 'HostPanic';
  }
}

/** Go's text for a nil dereference: the use of a closed module's state, or of the memory of a module without one. */
export const nilDereference = 'runtime error: invalid memory address or nil pointer dereference';

/** Exit codes with which wazero closes a module whose context ended (wazero spec 6.1). */
export const canceledExit = 0xffff_ffff;
export const deadlineExit = 0xefff_ffff;

/** wazero's text for a module that was closed with an exit code (wazero spec 6.1). */
export function exitText(code: number): string {
  if (code === canceledExit) return 'module closed with context canceled';
  if (code === deadlineExit) return 'module closed with context deadline exceeded';
  return `module closed with exit_code(${code})`;
}

/** The error of a call into a module that was closed with `code`; every code but 0 is a trap. */
export function exitError(code: number, closedAt: readonly FrameAddress[] | null = null): GuestError {
  return new GuestError(exitText(code), { closedAt, isTrap: code !== 0, isExit: true });
}
