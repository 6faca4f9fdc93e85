/** Cancellation tokens of VS Code as abort signals. */
import { expect, it } from 'vitest';
import type { CancellationToken } from 'vscode';
import { Emitter } from '../../../src/core/base/event.ts';
import { signalOf } from '../../../src/host/base/signals.ts';

function token(isCancellationRequested: boolean): { readonly token: CancellationToken; readonly cancel: () => void } {
  const cancelled = new Emitter<void>();
  const members = { isCancellationRequested, onCancellationRequested: cancelled.event };
  return { token: members, cancel: () => cancelled.fire() };
}

it('aborts the signal when the token is cancelled', () => {
  const { token: given, cancel } = token(false);
  const signal = signalOf(given);
  expect(signal.aborted).toBe(false);
  cancel();
  expect(signal.aborted).toBe(true);
});

it('aborts the signal at once for a token that is already cancelled', () => {
  expect(signalOf(token(true).token).aborted).toBe(true);
});
