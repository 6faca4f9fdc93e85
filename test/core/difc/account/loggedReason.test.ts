/** A failed guard call has only an error code, so the headline adds the last error that the guard logged. */
import { describe, expect, it } from 'vitest';
import { explainHeadline } from '../../../../src/core/difc/account/explainHeadline.ts';
import type { LogLine } from '../../../../src/core/difc/record/guardCall.ts';
import { decision, guardCall } from '../../../support/records/decisions.ts';

const failed = 'guard labeling failed: resource labeling failed: WASM function returned error code: -1';

function headline(...log: readonly (readonly [number, string])[]): string {
  const lines: readonly LogLine[] = log.map(([level, message]) => ({ level, message, attempt: 0, atMs: 0 }));
  const call = guardCall({ output: null, error: 'WASM function returned error code: -1', log: lines });
  return explainHeadline(decision({ outcome: 'error', error: failed, endedIn: 1, guardCalls: [call] }));
}

describe('the reason in the headline', () => {
  const bare = 'Refused because label_resource failed: WASM function returned error code: -1';

  it.each([
    [
      'the first line of the last logged error',
      [
        [3, 'early'],
        [1, 'info'],
        [3, 'no path\nin args'],
      ] as const,
      `${bare}; the guard logged "no path"`,
    ],
    ['missing without a logged error', [[2, 'a warning']] as const, bare],
    ['missing without a log', [] as const, bare],
  ])('is %s', (_name, log, expected) => {
    expect(headline(...log)).toBe(expected);
  });
});
