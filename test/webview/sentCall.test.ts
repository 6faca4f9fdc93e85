/** Tests of the status text of the last call that the compose view sent. */
import { describe, expect, it } from 'vitest';
import { afterToolChange, describeSent } from '../../webview/models/sentCall.ts';

const answer = { kind: 'result', ms: 12.3, text: '{}', isError: false } as const;

describe('the call that was sent last', () => {
  it('is dropped with its answer when another tool is selected, but kept while it is in progress', () => {
    expect(afterToolChange(null)).toBeNull();
    expect(afterToolChange({ tool: 'get-sum', answer })).toBeNull();
    const onItsWay = { tool: 'get-sum', answer: null };
    expect(afterToolChange(onItsWay)).toBe(onItsWay);
  });

  it('has no tool name in its own form, and its tool name in the form of another tool', () => {
    const describeInProgress = (tool: string, progress = ''): string =>
      describeSent({ tool, answer: null }, 'get-sum', progress, 0);
    expect(describeInProgress('get-sum')).toBe('Waiting for the server…');
    expect(describeInProgress('get-sum', '2 of 5')).toBe('2 of 5');
    expect(describeInProgress('echo', '2 of 5')).toBe('echo: 2 of 5');
    expect(describeSent({ tool: 'echo', answer }, 'get-sum', '', 3)).toBe('echo: Answered in 12 ms');
  });

  it.each([
    [answer, 'Answered in 12 ms'],
    [{ ...answer, ms: 1.25, isError: true }, 'Answered with an error in 1.3 ms'],
    [{ ...answer, kind: 'error' }, 'Failed in 12 ms'],
    [{ ...answer, kind: 'cancelled' }, 'Cancelled'],
  ] as const)('has a status text for the answer %j', (ended, status) => {
    expect(describeSent({ tool: 'echo', answer: ended }, 'echo', '', 0)).toBe(status);
  });

  it('shows the problems of the form before a call is sent', () => {
    const describeProblems = (problems: number): string => describeSent(null, 'echo', '', problems);
    expect([describeProblems(0), describeProblems(1), describeProblems(2)]).toEqual([
      '',
      '1 schema problem',
      '2 schema problems',
    ]);
  });
});
