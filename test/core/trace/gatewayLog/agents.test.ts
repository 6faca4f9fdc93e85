/** Which agent made a call: from the text log, from the debug log, and the problem when neither tells. */
import { describe, expect, test } from 'vitest';
import { encodeGoJson } from '../../../../src/core/go/goJson.ts';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { LineSplitter } from '../../../../src/core/base/lines.ts';
import { SiblingDebugLogReader } from '../../../../src/core/trace/debugLog/debugLogSibling.ts';
import { MemoryLineStore } from '../../../../src/core/trace/model/payloads.ts';
import type { Trace } from '../../../../src/core/trace/model/traceModel.ts';
import { readTrace } from '../../../../src/core/trace/reader.ts';
import { gatewayRequestLine, gatewayResponseLine } from '../../../../src/core/trace/write.ts';
import { codes, problemOf } from '../support.ts';
import { answered, asked, failed, pair, textLine, textLog, time } from './textLog.ts';

/** `agent tool arguments`, call by call. */
function made({ calls }: Trace): readonly string[] {
  return calls.map(({ agent, tool, args }) => `${agent ?? '?'} ${tool} ${encodeGoJson(args)}`);
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('agents in the text log', () => {
  test('each call has its agent, and the trace lists the agents in order of appearance', () => {
    const log = [
      asked(0, 'a', { n: 1 }, 'two'),
      asked(1, 'a', { n: 2 }, 'one'),
      answered(40, 'a', 'one'),
      answered(50, 'a', 'two'),
      asked(60, 'b', {}, 'one'),
      failed(62, 'b', 'one'),
    ];
    const trace = readTrace(pair(10, 'a', { n: 2 }) + pair(25, 'a', { n: 1 }) + pair(70, 'look'), {
      clientCalls: textLog(...log),
    });
    expect(made(trace)).toEqual(['one a {"n":2}', 'two a {"n":1}', 'one b {}', '? look {}']);
    expect(trace.agents).toEqual(['one', 'two']);
  });

  test('of equal calls at once, the one that ends first made the first backend call', () => {
    const log = [asked(0, 'a', {}, 'slow'), asked(10, 'a', {}, 'quick'), answered(30, 'a', 'quick')];
    const trace = readTrace(pair(15, 'a') + pair(90, 'a'), {
      clientCalls: textLog(...log, answered(110, 'a', 'slow')),
    });
    expect(made(trace)).toEqual(['quick a {}', 'slow a {}']);
  });

  test('a call cannot end before its backend answered', () => {
    const log = [asked(0, 'a', {}, 'slow'), asked(1, 'a', {}, 'quick'), answered(30, 'a', 'quick')];
    const jsonl = pair(10, 'a', {}, { takes: 60 }) + pair(15, 'a', {}, { takes: 5, server: 't' });
    const trace = readTrace(jsonl, { clientCalls: textLog(...log, answered(80, 'a', 'slow')) });
    expect(made(trace)).toEqual(['slow a {}', 'quick a {}']);
  });

  test('a denied call does not take the backend call of another agent', () => {
    const log = [
      asked(0, 'a', {}, 'denied'),
      asked(5, 'a', {}, 'allowed'),
      failed(20, 'a', 'denied'),
      answered(40, 'a', 'allowed'),
    ];
    const trace = readTrace(pair(10, 'a'), { clientCalls: textLog(...log) });
    expect(made(trace)).toEqual(['allowed a {}', 'denied a {}']);
    expect(trace.calls.map(({ answer }) => answer !== undefined)).toEqual([true, false]);
  });

  test('a denial among two calls of one agent does not hide the backend call of the other', () => {
    const log = [asked(0, 'a', { n: 1 }), asked(1, 'a', { n: 2 }), failed(3, 'a'), answered(40, 'a')];
    const trace = readTrace(pair(10, 'a', { n: 1 }), { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ args, answer }) => [args, answer !== undefined])).toEqual([
      [{ n: 2 }, false],
      [{ n: 1 }, true],
    ]);
  });

  test('a refused call stands where it was refused, between the calls that were sent before and after', () => {
    const log = [
      asked(0, 'a', {}, 'two'),
      asked(1, 'b', {}, 'one'),
      answered(30, 'b', 'one'),
      failed(50, 'a', 'two'),
      asked(60, 'c'),
      answered(80, 'c'),
    ];
    const trace = readTrace(pair(10, 'b') + pair(65, 'c'), { clientCalls: textLog(...log) });
    expect(made(trace)).toEqual(['one b {}', 'two a {}', 'one c {}']);
  });

  test('a call that was running when the log began has the agent of its answer', () => {
    const log = [answered(1010, 'a', 'one'), asked(1050, 'b', {}, 'two'), answered(1070, 'b', 'two')];
    const jsonl = pair(500, 'a') + pair(900, 'a', {}, { takes: 108 }) + pair(1055, 'b');
    const trace = readTrace(jsonl, { clientCalls: textLog(textLine(1000, 'INFO', 'x', 'y'), ...log) });
    expect(made(trace)).toEqual(['? a {}', 'one a {}', 'two b {}']);
    expect(problemOf(trace, 'trace/agents-unknown')).toMatchObject({
      severity: 'info',
      message: 'The log does not say which agent made 1 of its 3 calls; a replay decides them as calls of one agent',
      position: { line: 1 },
    });
  });

  test('a call without an answer does not end in the next run of the gateway', () => {
    const log = [
      asked(0, 'a', { n: 1 }),
      textLine(500, 'INFO', 'startup', 'Starting MCPG with config: c.toml, listen: l, log-dir: d'),
      asked(1000, 'a', { n: 2 }),
      answered(1030, 'a'),
    ];
    const [first, second] = textLog(...log).calls;
    expect([first?.end, second?.asked]).toEqual([null, 'yes']);
  });

  test('a call of a session that is not initialised is refused', () => {
    const text = 'MCP tool call failed: session not initialized, session=one, tool=a';
    const [call] = textLog(asked(0, 'a'), textLine(1, 'ERROR', 'client', text)).calls;
    expect(call).toMatchObject({ asked: 'no' });
  });

  test.each<[string, string]>([
    ['tool "a" is not in the allowed-tools list for this server', 'no'],
    ['guard session initialization failed: label_agent missing difc_mode', 'no'],
    ['tool call limit reached for "a" (max: 1)', 'no'],
    ['guard labeling failed: resource labeling failed: x', 'no'],
    ['rate limit circuit breaker is OPEN for server "s" — requests temporarily rejected', 'no'],
    ['DIFC Violation: x', 'no'],
    ['DIFC policy violation: 1 of 2 items in response are not accessible to agent one', 'yes'],
    ['[Filtered] x exists but is not accessible — filtered by integrity policy', 'yes'],
    ['response labeling failed: response labeling failed: x', 'yes'],
    ['backend error server=s method=tools/call: code=1, message=x', 'yes'],
    ['failed to connect to backend s: x', 'unknown'],
  ])('the error %j says whether the backend was asked: %s', (error, expected) => {
    expect(textLog(asked(0, 'a'), failed(1, 'a', 'one', error)).calls[0]?.asked).toBe(expected);
  });

  test.each([1, 2, 3, 4])('agents with many interleaved calls are never mixed up (%i)', (seed) => {
    const random = randomOf(seed);
    const events: { readonly at: number; readonly jsonl: boolean; readonly line: string }[] = [];
    const expected = new Map<string, string>();
    for (let agent = 0; agent < 5; agent++) {
      let now = Math.floor(random() * 20);
      for (let index = 0; index < 40; index++) {
        const name = `agent-${agent}`;
        const args = { agent, index };
        const [sent, done, end] = [now + 5, now + 8 + Math.floor(random() * 30), now + 45];
        const say = (at: number, line: string): number => events.push({ at, jsonl: false, line });
        const write = (at: number, line: string): number => events.push({ at, jsonl: true, line });
        const server = `server-${agent}`;
        say(now, asked(now, 'a', args, name));
        write(sent, gatewayRequestLine(time(sent), server, 'tools/call', { name: 'a', arguments: args }));
        write(done, gatewayResponseLine(time(done), server, { result: { content: [] } }));
        say(end, answered(end, 'a', name));
        expected.set(encodeGoJson(args), name);
        now = end + 1 + Math.floor(random() * 20);
      }
    }
    events.sort((a, b) => a.at - b.at);
    const jsonl = events.flatMap(({ jsonl, line }) => (jsonl ? line : [])).join('');
    const lines = events.flatMap(({ jsonl, line }) => (jsonl ? [] : line));
    const trace = readTrace(jsonl, { clientCalls: textLog(...lines) });
    expect(trace.calls).toHaveLength(200);
    expect(trace.agents).toHaveLength(5);
    expect(trace.calls.filter(({ agent, args }) => agent !== expected.get(encodeGoJson(args)))).toEqual([]);
  });

  test('a look-up belongs to the only call of its server that ran meanwhile', () => {
    const log = [
      asked(0, 'a', {}, 'one'),
      asked(100, 'b', {}, 'two'),
      failed(190, 'b', 'two'),
      answered(195, 'a', 'one'),
      asked(200, 'c', {}, 'one'),
      answered(240, 'c', 'one'),
    ];
    const jsonl =
      pair(10, 'look', { n: 1 }) +
      pair(30, 'a', {}, { takes: 160, server: 't' }) +
      pair(120, 'look', { n: 2 }, { server: 'b-server' }) +
      pair(210, 'look', { n: 3 }) +
      pair(225, 'c');
    const tools = gatewayRequestLine(time(0), 'b-server', 'tools/list', null);
    const listed = gatewayResponseLine(time(0), 'b-server', { result: { tools: [{ name: 'b' }] } });
    const trace = readTrace(tools + listed + jsonl, { clientCalls: textLog(...log) });
    const owned = trace.calls.map(({ tool, lookups }) => [
      tool,
      lookups.map((index) => trace.recordedLookups[index]?.args),
    ]);
    expect(owned).toEqual([
      ['a', []],
      ['b', [{ n: 2 }]],
      ['c', [{ n: 1 }, { n: 3 }]],
    ]);
  });
});

describe('what decides between the agent and the guard', () => {
  const labels = { secrecy: [], integrity: ['approved'] };

  test('a call of an agent without labels is the agent’s where other calls have labels', () => {
    const log = [asked(0, 'a'), answered(20, 'a'), asked(100, 'b'), answered(130, 'b')];
    const jsonl = pair(5, 'a') + pair(105, 'look') + pair(118, 'b', {}, { labels });
    const trace = readTrace(jsonl, { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ tool, evidence }) => [tool, evidence])).toEqual([
      ['a', 'text-log'],
      ['b', 'labels'],
    ]);
    expect(trace.recordedLookups.map(({ tool }) => tool)).toEqual(['look']);
    expect(codes(trace)).toEqual([]);
  });

  test('a labelled call is the agent’s, not a look-up with the same arguments before it', () => {
    const log = [asked(0, 'a'), answered(40, 'a')];
    const trace = readTrace(pair(5, 'a') + pair(20, 'a', {}, { labels }), { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ requestLine, lookups }) => [requestLine, lookups])).toEqual([[3, [0]]]);
  });
});

describe('the server of a call that only the text log has', () => {
  const announced = (ms: number, name: string, agent = 'one'): string =>
    textLine(
      ms,
      'DEBUG',
      'payload',
      `Middleware processing tool call: tool=${name}, queryID=[REDACTED], session=${agent}, baseDir=/tmp`,
    );
  const tools = (server: string): string =>
    gatewayRequestLine(time(0), server, 'tools/list', null) +
    gatewayResponseLine(time(0), server, { result: { tools: [{ name: 'send' }] } });

  test('is in the line before it, also when several servers have the tool', () => {
    const log = [
      announced(10, 'mail___send', 'one'),
      announced(10, 'chat___send', 'two'),
      asked(11, 'send', {}, 'two'),
      asked(11, 'send', {}, 'one'),
      failed(12, 'send', 'two'),
      failed(13, 'send', 'one'),
    ];
    const trace = readTrace(tools('mail') + tools('chat') + pair(50, 'x'), { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ agent, server, tool }) => `${agent ?? '?'} ${server} ${tool}`)).toEqual([
      'two chat send',
      'one mail send',
      '? s x',
    ]);
  });

  test('decides which backend call is the client’s', () => {
    const log = [
      announced(10, 'mail___send', 'one'),
      asked(11, 'send', {}, 'one'),
      announced(12, 'odd___name___send', 'two'),
      asked(13, 'send', {}, 'two'),
      answered(60, 'send', 'two'),
      answered(61, 'send', 'one'),
    ];
    const jsonl = pair(20, 'send', {}, { server: 'odd___name' }) + pair(21, 'send', {}, { server: 'mail' });
    const trace = readTrace(jsonl, { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ agent, server }) => [agent, server])).toEqual([
      ['two', 'odd___name'],
      ['one', 'mail'],
    ]);
  });
});

describe('a log that does not tell agents apart', () => {
  test('says so once, with what would help', () => {
    const trace = readTrace(pair(0, 'a') + pair(50, 'b') + pair(100, 'c'));
    expect(trace.agents).toEqual([]);
    expect(codes(trace)).toEqual(['trace/origin-undecided:1', 'trace/agents-unknown:1']);
    expect(problemOf(trace, 'trace/agents-unknown')).toMatchObject({
      message: 'The log does not say which agent made its 3 calls; a replay decides them as calls of one agent',
      hint: 'Put mcp-gateway.log of the same session into the same folder: it has the agent of each call',
    });
  });

  test('has nothing to tell apart with one call', () => {
    expect(problemOf(readTrace(pair(0, 'a')), 'trace/agents-unknown')).toBeUndefined();
  });

  test('may have replaced the ids of its agents', () => {
    const log = [asked(0, 'a', {}, '[REDACTED]'), answered(20, 'a', '[REDACTED]')];
    const trace = readTrace(pair(5, 'a'), { clientCalls: textLog(...log) });
    expect(trace.agents).toEqual(['[REDACTED]']);
    expect(problemOf(trace, 'trace/agents-unknown')?.message).toContain('different agents may have the same id');
  });
});

describe('agents in the debug log', () => {
  const stderr = (message: string, namespace = 'guard:wasm'): string => `${namespace} ${message} +1ms\n`;
  const input = (name: string, value: JsonValue): string => {
    const json = encodeGoJson(value);
    return stderr(`${name} input JSON (${Buffer.byteLength(json)} bytes): ${json}`);
  };
  const labelAgent = (): string =>
    input('label_agent', { 'allow-only': { repos: 'all' } }) +
    stderr(`callWasmFunction: guard=g, func=label_agent, inputSize=${'{"allow-only":{"repos":"all"}}'.length}`);
  const phase0 = (agent: string, labels = 'secrecy=[] integrity=[]'): string =>
    stderr(`[DIFC] Phase 0: agent=${agent} ${labels}`, 'guard:pipeline');
  const resource = (tool: string): string => input('label_resource', { tool_name: tool, tool_args: {} });
  const done = (tool: string, operation = 'write'): string =>
    stderr(`LabelResource completed: toolName=${tool}, operation=${operation}`);
  const allowed = (agent: string): string =>
    stderr(`[DIFC] Phase 2: access allowed for agent ${agent} to the resource`, 'guard:pipeline');

  test('the line of phase 0 names the agent of the next label_resource, with its labels', () => {
    const trace = readTrace(
      labelAgent() +
        phase0('one', 'secrecy=[p:a p:b] integrity=[i]') +
        resource('a') +
        done('a') +
        allowed('one') +
        phase0('two') +
        resource('b') +
        done('b', 'read') +
        stderr('[DIFC] Phase 2: coarse check failed for read, proceeding to Phase 3', 'guard:pipeline'),
    );
    expect(made(trace)).toEqual(['one a {}', 'two b {}']);
    expect(trace.calls.map(({ agentLabels }) => agentLabels)).toEqual([
      { secrecy: ['p:a', 'p:b'], integrity: ['i'] },
      { secrecy: [], integrity: [] },
    ]);
  });

  test('when two agents wait for the guard, the line of phase 2 says whose call it was', () => {
    const trace = readTrace(
      labelAgent() +
        phase0('one') +
        phase0('two') +
        resource('a') +
        done('a') +
        allowed('two') +
        resource('b') +
        done('b') +
        allowed('one'),
    );
    expect(made(trace)).toEqual(['two a {}', 'one b {}']);
  });

  test('a call of a server without a module does not give its agent to the next call', () => {
    const trace = readTrace(
      labelAgent() + phase0('sink') + allowed('sink') + phase0('one') + resource('a') + done('a'),
    );
    expect(made(trace)).toEqual(['one a {}']);
  });

  test('several label_agent calls of one guard without names are reported once', () => {
    const trace = readTrace(labelAgent() + resource('a') + labelAgent() + resource('b'));
    expect(trace.problems.filter(({ code }) => code === 'trace/agents-unknown')).toHaveLength(1);
    expect(problemOf(trace, 'trace/agents-unknown')).toMatchObject({
      severity: 'warning',
      message:
        'The log has 2 label_agent calls of guard "g", so several agents may have made its calls; a replay decides them as calls of one agent',
    });
    expect(codes(readTrace(labelAgent() + resource('a') + resource('b')))).not.toContain('trace/agents-unknown:1');
  });

  test('its copy in mcp-gateway.log has the agents of the lines around it', () => {
    const copy = (ms: number, name: string, value: JsonValue): string => {
      const json = encodeGoJson(value);
      return textLine(ms, 'DEBUG', 'guard:wasm', `${name} input JSON (${json.length} bytes): ${json}`);
    };
    const lines = [
      asked(0, 'a', {}, 'one'),
      asked(5, 'a', {}, 'two'),
      copy(7, 'label_resource', { tool_name: 'a', tool_args: {} }),
      failed(8, 'a', 'two'),
      copy(20, 'label_resource', { tool_name: 'a', tool_args: {} }),
      answered(40, 'a', 'one'),
    ];
    expect(made(readTrace(lines.map((line) => `${line}\n`).join('')))).toEqual(['two a {}', 'one a {}']);
  });

  test('beside rpc-messages.jsonl it names the agents of the calls there', () => {
    const reader = new SiblingDebugLogReader('gateway.log', new MemoryLineStore());
    const splitter = new LineSplitter((line) => reader.line(line));
    const log = phase0('one') + resource('a') + done('a') + phase0('two') + resource('b') + done('b');
    splitter.push(new TextEncoder().encode(log));
    const sibling = reader.end();
    const trace = readTrace(pair(0, 'a') + pair(50, 'b'), { debugLogs: sibling === null ? [] : [sibling] });
    expect(made(trace)).toEqual(['one a {}', 'two b {}']);
    expect(trace.agents).toEqual(['one', 'two']);
  });

  /** Reads a debug log beside a log of messages. */
  function beside(jsonl: string, log: string): Trace {
    const reader = new SiblingDebugLogReader('gateway.log', new MemoryLineStore());
    const splitter = new LineSplitter((line) => reader.line(line));
    splitter.push(new TextEncoder().encode(log));
    const sibling = reader.end();
    return readTrace(jsonl, { debugLogs: sibling === null ? [] : [sibling] });
  }
  const began = (server: string, tool: string): string =>
    stderr(`callBackendTool: serverID=${server}, toolName=${tool}, args=map[a:1]`, 'server:unified');
  const denied = (agent: string, what: string): string =>
    stderr(`[DIFC] Phase 2: access denied for agent ${agent} to ${what}: Agent carries x`, 'guard:pipeline');
  const called = (agent: string, server: string, tool: string): string =>
    began(server, tool) + phase0(agent) + resource(tool) + done(tool) + allowed(agent);

  test('has the denied calls that the log of messages lacks, in their place, also those of a write-sink', () => {
    const log =
      called('one', 's', 'a') +
      began('s', 'b') +
      phase0('two', 'secrecy=[p] integrity=[]') +
      resource('b') +
      done('b') +
      denied('two', 'file: x') +
      began('sink', 'send') +
      phase0('one') +
      denied('one', 'write-sink (send)') +
      called('one', 's', 'c');
    const lookup = pair(40, 'issue_read', { issue_number: '7', method: 'get', owner: 'o', repo: 'r' });
    const trace = beside(pair(0, 'a') + lookup + pair(50, 'c'), log);
    expect(trace.calls.map(({ agent, server, tool, argsLost = false }) => [agent, server, tool, argsLost])).toEqual([
      ['one', 's', 'a', false],
      ['two', 's', 'b', false],
      ['one', 'sink', 'send', true],
      ['one', 's', 'c', false],
    ]);
    expect(trace.calls.map(({ denied: denial }) => denial?.resource)).toEqual([
      undefined,
      'file: x',
      'write-sink (send)',
      undefined,
    ]);
    expect(trace.calls[1]).toMatchObject({
      agentLabels: { secrecy: ['p'], integrity: [] },
      denied: { reason: 'Agent carries x', file: 'gateway.log' },
      file: 'gateway.log',
      answer: undefined,
    });
  });

  test('equal calls of which one was denied are told apart', () => {
    const log =
      called('one', 's', 'a') +
      phase0('two') +
      resource('a') +
      done('a') +
      denied('two', 'x') +
      called('three', 's', 'a');
    const trace = beside(pair(0, 'a') + pair(50, 'a'), log);
    expect(trace.calls.map(({ agent, denied: denial }) => [agent, denial !== undefined])).toEqual([
      ['one', false],
      ['two', true],
      ['three', false],
    ]);
  });

  test('without lines of the pipeline, a call whose request is missing between two others was not sent', () => {
    const log = resource('a') + resource('b') + resource('c') + resource('after-the-log');
    expect(made(beside(pair(0, 'a') + pair(50, 'c'), log))).toEqual(['? a {}', '? b {}', '? c {}']);
  });

  test('names the server of a guard that several servers have', () => {
    const trace = readTrace(labelAgent() + called('one', 'files', 'a') + called('one', 'memory', 'b'));
    expect(trace.calls.map(({ server }) => server)).toEqual(['files', 'memory']);
  });
});
