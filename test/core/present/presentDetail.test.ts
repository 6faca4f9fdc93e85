/** Panel details as goldens: every call of the sample, and calls that the sample does not contain. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { makeResource } from '../../../src/core/difc/monitor/resource.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import type { BackendCallRecord } from '../../../src/core/difc/record/guardCall.ts';
import {
  decisionDetail,
  fullText,
  itemRows,
  pendingDetail,
  recordedText,
} from '../../../src/core/present/presentDetail.ts';
import { decisionRow, lookupRow, pendingRow } from '../../../src/core/present/presentRow.ts';
import type { TextName } from '../../../src/core/protocol/panel.ts';
import type { Trace, TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { forever, type GuardText } from '../../engine/runtime/guards.ts';
import { badGuard, cleanUp, closeSessions, sessionOf, trace } from '../../engine/session/sessions.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';
import { patiently } from '../../support/patience.ts';
import { expectGolden } from '../../support/golden.ts';
import { approved, type Call, decide, textResultOf } from '../difc/monitor/decide.ts';
import { detailText } from './detailText.ts';

afterEach(closeSessions);
afterAll(cleanUp);

function text(record: DecisionRecord): string {
  return detailText(decisionDetail(record, decisionRow(record), 1));
}

/** Joins titled details into one golden. */
function expectDetails(name: string, details: readonly (readonly [title: string, text: string])[]): void {
  expectGolden(name, `${details.map(([title, detail]) => `# ${title}\n${detail}`).join('\n\n')}\n`);
}

function call(index: number): TraceCall {
  const found = trace.calls[index];
  if (found === undefined) throw new Error(`the sample has no call ${index}`);
  return found;
}

const trusted = { secrecy: [], integrity: approved('acme') };
const good = makeResource('issue:8', [], approved('acme'));
const poor = makeResource('issue:7', [], ['none:acme']);
const secret = makeResource('file:secret', ['private:acme'], approved('acme'));
const two = textResultOf([{ number: 7 }, { number: 8 }]);

const lookup: BackendCallRecord = {
  tool: 'get_file_info',
  args: { path: '/a' },
  reached: true,
  code: 2,
  end: 'answered',
  resultText: '{}',
  error: null,
  capacity: 64,
  attempt: 0,
  atMs: 0,
  durationMs: 0,
};

describe('details of the sample', () => {
  it('match the golden for every call of the replayed session', async () => {
    const session = sessionOf();
    await session.replay();
    const details = [...session.records()].map((record) => {
      const { requestLine = 0 } = session.call(record.index) ?? {};
      return detailText(decisionDetail(record, session.row(record.index), requestLine));
    });
    expect(details).toHaveLength(trace.calls.length);
    expectGolden('panel-sample', `${details.join('\n\n')}\n`);
  });
});

describe('details of calls that fail in the guard', () => {
  /** The deadline is for the loading of the guard, too, which takes its time on a busy machine. */
  async function firstDetail(name: string, guard: GuardText, of?: Trace, deadlineMs = 60_000): Promise<string> {
    const session = sessionOf({ guard: badGuard(name, guard), policy: null, deadlineMs }, of);
    await session.replay();
    const [record] = session.records();
    if (record === undefined) throw new Error('the session has no call');
    return detailText(decisionDetail(record, session.row(record.index), 1));
  }

  it('match the golden for a trap, a deadline and an error code', async () => {
    expectDetails('panel-guard-failures', [
      ['trap', await firstDetail('panel-trap', { label_resource: 'unreachable' })],
      [
        'deadline',
        await firstDetail('panel-deadline', { label_resource: `${forever} (i32.const 0)` }, trace, patiently(1_000)),
      ],
      ['error code', await firstDetail('panel-code', { label_resource: '(i32.const -1)' })],
    ]);
  });

  it('match the golden for a redacted call', async () => {
    const redacted: Trace = { ...trace, calls: [{ ...call(0), redacted: true }] };
    expectDetails('panel-redacted', [['redacted', await firstDetail('panel-redacted', {}, redacted)]]);
  });
});

describe('details of decisions', () => {
  const calls: Readonly<Record<string, Call>> = {
    'strict mode blocks the response': {
      mode: 'strict',
      agent: trusted,
      backend: two,
      labels: { paths: { '/0': poor, '/1': good } },
    },
    'propagate mode changes the agent': {
      mode: 'propagate',
      agent: trusted,
      backend: two,
      labels: { paths: { '/0': poor }, defaults: secret },
    },
    'propagate mode with an empty list': { mode: 'propagate', agent: trusted, labels: { defaults: good } },
    'no item labels after a denied coarse check': { agent: trusted, resource: secret, labels: null },
    'no item labels for an allowed read': { labels: null },
    'items without labels': { agent: trusted, resource: good, backend: two, labels: { paths: { '/0': good } } },
    'a near miss': { agent: { secrecy: [], integrity: ['Approved:acme'] }, operation: 'write', resource: good },
    'a wildcard': {
      agent: { secrecy: ['*'], integrity: [] },
      resource: secret,
      backend: two,
      labels: { defaults: secret },
    },
    'a rate limit': { backend: { content: [{ type: 'text', text: 'API rate limit exceeded' }], isError: true } },
    'an open circuit': {
      backendError: 'rate limit circuit breaker is OPEN for server "github" — requests temporarily rejected',
    },
    'a failed backend': { backendError: 'connection refused' },
    'arguments that are not an object': { args: [1] },
    'a result that cannot be converted': { backend: { content: ['x'] }, labels: null },
    'a legacy item without labels': {
      backend: textResultOf([1]),
      collection: { items: [{ data: 1, labels: null, origin: 'legacy', path: '' }] },
    },
    'a legacy item with labels': {
      backend: textResultOf([1]),
      collection: { items: [{ data: 1, labels: poor, origin: 'legacy', path: '' }] },
    },
  };

  it('match the golden for outcomes that the sample does not contain', () => {
    expectDetails(
      'panel-decisions',
      Object.entries(calls).map(([title, one]) => [title, text(decide(one).record)] as const),
    );
  });

  it('match the golden for look-ups, log lines, memory growth and output streams', () => {
    const record = decision({
      guardCalls: [
        guardCall({
          attempts: [
            { bufferSize: 4_194_304, code: -2, hint: 5_000_000 },
            { bufferSize: 5_000_000, code: 34, hint: null },
          ],
          backendCalls: [
            lookup,
            { ...lookup, attempt: 1, code: -2, end: 'too-small' },
            { ...lookup, code: -1, end: 'no-recorded-answer', resultText: null, error: 'no recorded answer' },
            { ...lookup, reached: false, code: -1, end: 'over-limit', resultText: null },
          ],
          log: [
            { level: 2, message: 'slow', attempt: 0, atMs: 0 },
            { level: 7, message: 'custom level', attempt: 1, atMs: 0 },
          ],
          logDropped: 3,
          stdout: 'out',
          stderr: 'err',
          grows: [{ from: 1_114_112, to: 5_308_416, by: 'host', atMs: 0 }],
        }),
      ],
    });
    expectDetails('panel-guard-call', [['guard call', text(record)]]);
  });
});

describe('details of calls that are not replayed', () => {
  const pending = (status: 'pending' | 'running' | 'skipped'): string =>
    detailText(
      pendingDetail(
        call(1),
        pendingRow(call(1), status, status === 'skipped' ? 'Not decided: "config.toml" has no server "files"' : ''),
      ),
    );

  it('match the golden for each status', () => {
    const withoutAnswer: TraceCall = { ...call(1), answer: undefined };
    expectDetails('panel-not-replayed', [
      ['pending', pending('pending')],
      ['running', pending('running')],
      ['skipped', pending('skipped')],
      ['look-up', detailText(pendingDetail(call(1), lookupRow(call(1), call(2))))],
      ['without an answer', detailText(pendingDetail(withoutAnswer, pendingRow(withoutAnswer, 'pending')))],
    ]);
  });
});

describe('long texts', () => {
  const long = 'é'.repeat(30_000);
  const record = decision({
    args: { text: long },
    backendResult: null,
    outcome: 'error',
    client: { error: { code: 0, message: long } },
    guardCalls: [guardCall({ input: long, output: long, backendCalls: [{ ...lookup, resultText: long }] })],
  });

  it('are cut in the detail, with the byte count of the full text', () => {
    const { client, guardCalls, backendCalls } = decisionDetail(record, decisionRow(record), 1);
    const cut = { truncated: true, bytes: 60_000, json: false, text: 'é'.repeat(20_000) };
    expect([client, guardCalls[0]?.input, guardCalls[0]?.output, backendCalls[0]?.result]).toEqual([
      cut,
      cut,
      cut,
      cut,
    ]);
  });

  it.each<readonly [TextName]>([
    [{ of: 'client', call: 0 }],
    [{ of: 'input', call: 0, guardCall: 0 }],
    [{ of: 'output', call: 0, guardCall: 0 }],
    [{ of: 'lookup', call: 0, backendCall: 0 }],
  ])('are returned in full by name: %j', (name) => {
    expect(fullText(record, name)).toEqual({ truncated: false, bytes: 60_000, json: false, text: long });
  });

  it.each<readonly [TextName]>([
    [{ of: 'backendResult', call: 0 }],
    [{ of: 'input', call: 0, guardCall: 9 }],
    [{ of: 'output', call: 0, guardCall: 9 }],
    [{ of: 'lookup', call: 0, backendCall: 9 }],
  ])('are null when the record does not have them: %j', (name) => {
    expect(fullText(record, name)).toBeNull();
  });

  it('come from the trace for a call that is not replayed', () => {
    const one = call(1);
    expect(recordedText(one, { of: 'args', call: 1 })?.text).toBe(JSON.stringify(one.args, null, 2));
    expect(recordedText(one, { of: 'backendResult', call: 1 })?.text).toContain('content');
    expect(recordedText(one, { of: 'client', call: 1 })).toBeNull();
    expect(recordedText({ ...one, answer: undefined }, { of: 'backendResult', call: 1 })).toBeNull();
  });
});

it('pages through items beyond the first 200', () => {
  const numbers = Array.from({ length: 250 }, (_, index) => index);
  const { record } = decide({ backend: textResultOf(numbers), labels: { defaults: makeResource('n', [], []) } });
  const detail = decisionDetail(record, decisionRow(record), 1);
  expect(detail).toMatchObject({ itemsTotal: 250, itemsAllowed: 250 });
  expect(detail.items).toHaveLength(200);
  expect(itemRows(record, 200, 100).map(({ index }) => index)).toEqual(numbers.slice(200));
});
