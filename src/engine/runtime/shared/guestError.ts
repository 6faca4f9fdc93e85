/** What can go wrong inside a guest, as thrown in the worker: the text that the gateway shows, and what it means for the guard. */

/** A guard call that failed: the gateway's text so far, with the frames of a stack trace when there is one. */
export class GuestError extends Error {
  /** Function indexes of the stack trace, innermost first, imports counted; null when the gateway prints none. */
  readonly frames: readonly number[] | null;
  /** Whether the gateway takes it for a trap, after which the guard is unusable (gateway spec 1.8). */
  readonly isTrap: boolean;
  /** Whether the module was closed, by itself or with its context; such an error is told unwrapped while loading. */
  readonly isExit: boolean;

  constructor(text: string, frames: readonly number[] | null = null, isTrap = false, isExit = false) {
    super(text);
    this.name = 'GuestError';
    this.frames = frames;
    this.isTrap = isTrap;
    this.isExit = isExit;
  }

  /** The same error behind `prefix`. */
  behind(prefix: string): GuestError {
    return new GuestError(prefix + this.message, this.frames, this.isTrap, this.isExit);
  }
}

/** Unwinds the guest out of `proc_exit`, or out of a closed module. */
export class ExitSignal extends Error {
  readonly code: number;

  constructor(code: number) {
    super(exitText(code));
    this.name = 'ExitSignal';
    this.code = code;
  }
}

/** A host function met what makes wazero's own panic; wazero recovers it into the call's error (wazero spec 8.3). */
export class HostPanic extends Error {
  /** `module.name` of the function; set where it leaves the host. */
  from = '';

  constructor(text: string) {
    super(text);
    this.name = 'HostPanic';
  }
}

/** Go's text for using what a closed module, or one without memory, no longer has. */
export const nilDereference = 'runtime error: invalid memory address or nil pointer dereference';

/** Exit codes under which wazero closes a module whose context ended (wazero spec 6.1). */
export const canceledExit = 0xffff_ffff;
export const deadlineExit = 0xefff_ffff;

/** wazero's text for a module that was closed with an exit code (wazero spec 6.1). */
export function exitText(code: number): string {
  if (code === canceledExit) return 'module closed with context canceled';
  if (code === deadlineExit) return 'module closed with context deadline exceeded';
  return `module closed with exit_code(${code})`;
}

/** The error of a call into a module that was closed with `code`; only code 0 is no trap. */
export function exitError(code: number): GuestError {
  return new GuestError(exitText(code), null, code !== 0, true);
}
