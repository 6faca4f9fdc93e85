/** Labels that vanish or keep what was not meant: the finding names each of them, and is silent about good labels. */
import { describe, expect, it } from 'vitest';
import { findQuirks } from '../../../../src/core/difc/account/quirks.ts';
import { decision, guardCall } from '../../../support/decisions.ts';

function messages(resource: unknown): readonly string[] {
  const output = JSON.stringify({ resource, operation: 'read' });
  return findQuirks(decision({ guardCalls: [guardCall({ output })] }))
    .filter(({ code }) => code === 'difc/vanished-labels')
    .map(({ message }) => message.replace(/^.*?: /, ''));
}

describe('vanished labels', () => {
  it.each([
    [{ secrecy: 'private' }, '"secrecy" is text instead of a list, so it counts as empty'],
    [{ integrity: { approved: true } }, '"integrity" is an object instead of a list, so it counts as empty'],
    [
      { secrecy: ['a', 7, null] },
      '7 in "secrecy" is no text and is dropped; null in "secrecy" is no text and is dropped',
    ],
    [{ integrity: [''] }, '"integrity" holds an empty tag, which is kept and matches nothing else'],
    [{ integrity: [' approved'] }, 'the tag " approved" in "integrity" keeps its blanks, so it matches no other'],
    [{ Secrecy: ['a'] }, '"Secrecy" is not "secrecy" and is ignored'],
  ])('tells of %j', (resource, message) => {
    expect(messages(resource)).toEqual([message]);
  });

  it.each([
    [{}],
    [{ secrecy: null, integrity: [] }],
    [{ secrecy: ['a b', 'é'], integrity: ['approved:o'] }],
    [null],
    ['text'],
  ])('is silent about %j', (resource) => {
    expect(messages(resource)).toEqual([]);
  });
});
