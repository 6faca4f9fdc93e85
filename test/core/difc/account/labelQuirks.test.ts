/** Findings about labels that the gateway drops or keeps unexpectedly; valid labels have none. */
import { describe, expect, it } from 'vitest';
import { findQuirks } from '../../../../src/core/difc/account/quirks.ts';
import { decision, guardCall } from '../../../support/records/decisions.ts';

function messages(resource: unknown): readonly string[] {
  const output = JSON.stringify({ resource, operation: 'read' });
  return findQuirks(decision({ guardCalls: [guardCall({ output })] }))
    .filter(({ code }) => code === 'difc/vanished-labels')
    .map(({ message }) => message.replace(/^.*?: /, ''));
}

describe('the finding about vanished labels', () => {
  it.each([
    [{ secrecy: 'private' }, '"secrecy" is a string instead of a list, so it counts as empty'],
    [{ integrity: { approved: true } }, '"integrity" is an object instead of a list, so it counts as empty'],
    [
      { secrecy: ['a', 7, null] },
      '7 in "secrecy" is not a string and is dropped; null in "secrecy" is not a string and is dropped',
    ],
    [{ integrity: [''] }, '"integrity" contains an empty tag, which the gateway keeps and which matches no other tag'],
    [
      { integrity: [' approved'] },
      'the tag " approved" in "integrity" keeps its whitespace, so it matches no other tag',
    ],
  ])('reports %j', (resource, message) => {
    expect(messages(resource)).toEqual([message]);
  });

  it.each([
    [{}],
    [{ secrecy: null, integrity: [] }],
    [{ secrecy: ['a b', 'é'], integrity: ['approved:o'] }],
    [null],
    ['text'],
  ])('does not report %j', (resource) => {
    expect(messages(resource)).toEqual([]);
  });
});
