/** Replays of sessions with several servers and agents: order, look-ups between them, guards that fail, and many of each. */
import { describe, expect, test } from 'vitest';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import type { ServerRules } from '../../../src/core/session/sessionRules.ts';
import type { TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import type { GatewaySession } from '../../../src/engine/replay/gatewaySession.ts';
import type { RunOptions } from '../../../src/engine/replay/incrementalReplay.ts';
import { replaySession } from '../../../src/engine/replay/replayTrace.ts';
import { codesOf, policy, recorded, traceOf } from './replayed.ts';
import { poisonedText, type Script, scriptedGuard } from './scriptedGuard.ts';

function sessionOf(scripts: Readonly<Record<string, Script>>, rules: ServerRules = { policy }): GatewaySession {
  const names = Object.keys(scripts);
  return {
    rules: new Map(names.map((name) => [name, rules])),
    guards: new Map(names.map((name) => [name, scriptedGuard(scripts[name] ?? {})])),
  };
}

async function replayed(
  calls: readonly Partial<TraceCall>[],
  session: GatewaySession,
  options: RunOptions = {},
): Promise<readonly DecisionRecord[]> {
  const records: DecisionRecord[] = [];
  for await (const record of replaySession(traceOf(calls), session, options)) records.push(record);
  return records;
}

const rows = (records: readonly DecisionRecord[]): readonly string[] =>
  records.map(({ index, server, outcome }) => `${index} ${server} ${outcome}`);

const secretive: Script = {
  mode: 'propagate',
  resource: (tool) => ({
    secrecy: tool === 'secret' ? ['private'] : [],
    operation: tool === 'send' ? 'write' : 'read',
  }),
};

describe('several servers', () => {
  test('are decided in order of arrival, with the labels of one agent', async () => {
    const calls = [
      { server: 'mail', tool: 'send' },
      { server: 'files', tool: 'secret' },
      { server: 'mail', tool: 'send' },
      { server: 'files', tool: 'plain' },
    ];
    const session = sessionOf({ files: secretive, mail: secretive });
    expect(rows(await replayed(calls, session))).toEqual([
      '0 mail allowed',
      '1 files allowed',
      '2 mail denied',
      '3 files allowed',
    ]);
  });

  test('that the session does not have are skipped, and said once', async () => {
    const calls = [{ server: 'files' }, { server: 'web' }, { server: 'web' }, { server: 'files' }];
    const records = await replayed(calls, sessionOf({ files: {} }));
    expect(rows(records)).toEqual(['0 files allowed', '3 files allowed']);
    expect(records.map(codesOf)).toEqual([['replay/other-servers'], []]);
    expect(records[0]?.problems[0]?.message).toContain('"web" (2)');
  });

  test('have guards that fail on their own: the others go on', async () => {
    const dying: Script = {
      resource: (tool) => {
        if (tool === 'fatal') throw new Error('wasm error: unreachable');
        return {};
      },
    };
    const calls = [
      { server: 'a', tool: 'x' },
      { server: 'b', tool: 'fatal' },
      { server: 'a', tool: 'x' },
      { server: 'b', tool: 'x' },
      { server: 'c', tool: 'x' },
    ];
    const records = await replayed(calls, sessionOf({ a: {}, b: dying, c: {} }));
    expect(rows(records)).toEqual(['0 a allowed', '1 b error', '2 a allowed', '3 b error', '4 c allowed']);
    expect(records[3]?.error).toContain(poisonedText);
  });

  test('have look-ups of their own: a call of another server between a look-up and its call is none', async () => {
    const open = { evidence: 'none' as const };
    const curious: Script = {
      resource: (tool, args, lookup) => {
        if (tool === 'read') lookup('stat', args);
        return {};
      },
    };
    const lookups: string[] = [];
    const calls = [
      { server: 'a', tool: 'stat', ...open },
      { server: 'b', tool: 'stat', ...open },
      { server: 'a', tool: 'read', ...open },
      { server: 'b', tool: 'other', ...open },
    ];
    const onLookup: RunOptions['onLookup'] = (call, madeFor) => void lookups.push(`${call.index}->${madeFor.index}`);
    const records = await replayed(calls, sessionOf({ a: curious, b: curious }), { onLookup });
    expect(rows(records)).toEqual(['1 b allowed', '2 a allowed', '3 b allowed']);
    expect(lookups).toEqual(['0->2']);
  });

  test('do not wait for a server whose calls may still be look-ups', async () => {
    const open = { server: 'quiet', tool: 'x', evidence: 'none' as const };
    const calls = [open, ...Array.from({ length: 500 }, () => ({ server: 'busy', tool: 'x' }))];
    let given = 0;
    for await (const record of replaySession(traceOf(calls), sessionOf({ quiet: {}, busy: {} }))) {
      // The first record comes before the last call is decided, and all come in order.
      expect(record.index).toBe(given++);
      if (given === 1) break;
    }
    expect(rows(await replayed(calls, sessionOf({ quiet: {}, busy: {} })))).toHaveLength(501);
  });

  test('two hundred of them, a thousand agents, all mixed', async () => {
    const servers = Array.from({ length: 200 }, (_, at) => `server-${at}`);
    const calls = Array.from({ length: 2_000 }, (_, at) => ({
      server: servers[(at * 7) % 200] ?? '',
      agent: `agent-${(at * 13) % 1_000}`,
      tool: at < 1_000 && at % 2 === 0 ? 'secret' : at < 1_000 ? 'plain' : 'send',
    }));
    const records = await replayed(calls, sessionOf(Object.fromEntries(servers.map((name) => [name, secretive]))));
    expect(records.map(({ index }) => index)).toEqual(calls.map((_, at) => at));
    const readSecret = new Set(calls.filter(({ tool }) => tool === 'secret').map(({ agent }) => agent));
    const wrong = records.filter(
      ({ tool, agent, outcome }) => tool === 'send' && (outcome === 'denied') !== readSecret.has(agent),
    );
    expect(wrong).toEqual([]);
    expect(readSecret.size).toBe(500);
  });

  test('of a log that starts in the middle are decided as far as it goes', async () => {
    const calls = [
      { server: 'a', tool: 'send', answer: undefined, answerLine: null },
      { server: 'b', tool: 'secret' },
    ];
    const records = await replayed(calls, sessionOf({ a: secretive, b: secretive }));
    expect(rows(records)).toEqual(['0 a error', '1 b allowed']);
    expect(codesOf(records[0])).toContain('replay/no-recorded-answer');
  });
});

test('a recorded look-up of one server does not answer the guard of another', async () => {
  const asking: Script = {
    resource: (_tool, _args, lookup) => ({ secrecy: [JSON.stringify(lookup('who', {}))] }),
  };
  const lookup = recorded('who', { server: 'a', origin: 'guard', answer: { result: 'a only' } });
  const records: DecisionRecord[] = [];
  const trace = traceOf([{ server: 'a' }, { server: 'b' }], [lookup]);
  for await (const record of replaySession(trace, sessionOf({ a: asking, b: asking }))) records.push(record);
  expect(records.map(({ resource }) => resource?.secrecy)).toEqual([['"a only"'], ['null']]);
});
