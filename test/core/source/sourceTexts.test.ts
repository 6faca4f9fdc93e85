/** What lenses and hovers say. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { abiHeading, abiSummary } from '../../../src/core/source/abiSection.ts';
import { lensText, type ShownRun } from '../../../src/core/source/lensText.ts';
import { repoPath } from '../../support/paths.ts';

const none = { allowed: 0, filtered: 0, denied: 0, blocked: 0, error: 0 };

it.each<readonly [run: ShownRun, text: string]>([
  [{ status: 'idle', done: 0, total: 32, counts: none }, '32 calls, not replayed'],
  [{ status: 'running', done: 12, total: 32, counts: none }, 'Replaying 12 of 32 calls'],
  [
    { status: 'done', done: 32, total: 32, counts: { ...none, allowed: 20, filtered: 5, denied: 7 } },
    '32 calls: 20 allowed, 5 filtered, 7 denied',
  ],
  [{ status: 'done', done: 1, total: 1, counts: { ...none, error: 1 } }, '1 call: 1 error'],
  [{ status: 'cancelled', done: 2, total: 9, counts: { ...none, allowed: 2 } }, '9 calls: 2 allowed; cancelled'],
  [{ status: 'failed', done: 0, total: 9, counts: none }, 'Replay failed'],
])('%j is %s', (run, text) => {
  expect(lensText(run)).toBe(text);
});

it('every function has a section of the document, whose first paragraph is its summary', () => {
  const document = readFileSync(repoPath('media/docs/guard-abi.md'), 'utf8');
  for (const name of [
    'label_agent',
    'label_resource',
    'label_response',
    'call_backend',
    'host_log',
    'alloc',
    'dealloc',
  ] as const) {
    const summary = abiSummary(document, abiHeading(name));
    expect(summary, name).toMatch(/^[A-Z].*\.$/);
    expect(summary.length, name).toBeLessThan(500);
    expect(summary, name).not.toMatch(/\]\(#|[|\n]/);
  }
  expect(abiSummary('# a\n\n## b\n\nSee [c](#c) and\nmore.\n\nNot this.', 'b')).toBe('See c and more.');
  expect(abiSummary(document, 'nothing')).toBe('');
});
