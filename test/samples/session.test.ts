/** Replays the captured sample sessions: every call has the outcome in the READMEs of the samples. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/base/json.ts';
import { LineSplitter } from '../../src/core/base/lines.ts';
import type { DecisionRecord, Outcome } from '../../src/core/difc/record/decision.ts';
import { samples } from '../../src/core/samples/catalog.ts';
import { GatewayTextLogReader } from '../../src/core/trace/gatewayLog/gatewayTextLog.ts';
import type { Trace } from '../../src/core/trace/model/traceModel.ts';
import { readTrace } from '../../src/core/trace/reader.ts';
import { loadWasmGuard } from '../../src/engine/guard/loadGuard.ts';
import { replayTrace } from '../../src/engine/replay/replayTrace.ts';
import { CompileCache } from '../../src/engine/runtime/host/compileCache.ts';
import { workerFile } from '../support/paths.ts';
import { readJson, samplePath } from '../support/samples.ts';
import { proves } from '../support/proves.ts';

const rust = 'files-and-memory';
const assemblyScript = 'files-and-memory-as';
const cache = new CompileCache();

/** One letter per outcome, so that a session fits into a line. */
const letters: Readonly<Record<Outcome, string>> = {
  allowed: 'a',
  filtered: 'F',
  denied: 'D',
  blocked: 'B',
  error: 'E',
};

function openTrace(id: string, path: string): Trace {
  return readTrace(readFileSync(samplePath(id, path)), { file: path });
}

/** The gateway's log with its text log, which is the only one with denied calls. */
function openGatewayLog(): Trace {
  const reader = new GatewayTextLogReader();
  const splitter = new LineSplitter((line) =>
    reader.line(line, new TextDecoder().decode(line.bytes ?? new Uint8Array())),
  );
  splitter.push(readFileSync(samplePath(rust, 'gateway-log/mcp-gateway.log')));
  splitter.end();
  const clientCalls = reader.end('mcp-gateway.log');
  return readTrace(readFileSync(samplePath(rust, 'gateway-log/rpc-messages.jsonl')), { clientCalls });
}

async function replay(id: string, policy: string, trace: Trace, server: string): Promise<readonly DecisionRecord[]> {
  const bytes = readFileSync(samplePath(id, 'guard.wasm'));
  const loaded = await loadWasmGuard(bytes, { workerFile, cache, name: server });
  if (!loaded.ok) throw new Error(loaded.error);
  const options = { guard: loaded.guard, policy: readJson(samplePath(id, policy)), server };
  const decisions: DecisionRecord[] = [];
  try {
    for await (const decision of replayTrace(trace, options)) decisions.push(decision);
    return decisions;
  } finally {
    await loaded.guard.close();
  }
}

function outcomes(decisions: readonly DecisionRecord[]): string {
  return decisions.map(({ outcome }) => letters[outcome]).join('');
}

const files = 'trace.guardtrace.jsonl';
const memory = 'memory.guardtrace.jsonl';
const asCaptured = { files: 'aFaFaaFaBFBFaaaaaaEaaaaaaaaaDDDD', memory: 'FaBaaaaFDDD' };

describe('the sessions', () => {
  it.each([
    [rust, 'policy.json', files, 'files', asCaptured.files],
    [rust, 'policy.json', memory, 'memory', asCaptured.memory],
    // Without clearance the agent cannot read customer data, so it may publish what it has read.
    [rust, 'policy-public.json', files, 'files', 'aFaFaaFaBFBFFFaaaaEFFaDDaaBaaaDD'],
    [rust, 'policy-public.json', memory, 'memory', 'FFBFaaaFaaD'],
    // After reading mail the agent may not write where the integrity approved is required.
    [rust, 'policy-mail.json', files, 'files', 'aFaaaaFaaFBFaaaaaaEaaDDDDDaaDDDD'],
    [rust, 'policy-mail.json', memory, 'memory', 'FaBaDDDFDDD'],
    [assemblyScript, 'policy.json', files, 'files', 'aFaFaaBaBFBDDaaaaaEaaaaaaDaaDDDD'],
    [assemblyScript, 'policy.json', memory, 'memory', 'FFBaaDDFDDD'],
  ])('%s under %s: %s', async (id, policy, path, server, expected) => {
    const trace = openTrace(id, path);
    expect(trace).toMatchObject({ format: 'native', servers: [server], problems: [] });
    const decisions = await replay(id, policy, trace, server);
    expect(outcomes(decisions)).toBe(expected);
    expect(decisions.flatMap(({ guardCalls }) => guardCalls.filter((call) => call.poisoned))).toEqual([]);
  });

  it('make only look-ups that the trace can answer, with every policy', async () => {
    const [sample] = samples;
    for (const policy of [sample?.policy ?? '', ...(sample?.otherPolicies ?? [])]) {
      for (const [path, server] of [
        [files, 'files'],
        [memory, 'memory'],
      ] as const) {
        const decisions = await replay(rust, policy, openTrace(rust, path), server);
        const lookUps = decisions.flatMap(({ guardCalls }) => guardCalls.flatMap((call) => call.backendCalls));
        expect(lookUps.length).toBeGreaterThan(0);
        expect(lookUps.filter(({ end }) => end !== 'answered' && end !== 'too-small')).toEqual([]);
      }
    }
  });

  it('replay to exactly the bytes that the guard wrote during the capture', async () => {
    proves('own:sample-replays');
    for (const [path, server] of [
      [files, 'files'],
      [memory, 'memory'],
    ] as const) {
      const lines = readFileSync(samplePath(rust, path), 'utf8').trimEnd().split('\n');
      const recorded = lines.flatMap((line) => {
        const { guard } = JSON.parse(line) as { readonly guard?: JsonObject };
        return guard === undefined
          ? []
          : [{ function: guard['function'], input: guard['input'], output: guard['output'] }];
      });
      const decisions = await replay(rust, 'policy.json', openTrace(rust, path), server);
      for (const call of decisions.flatMap(({ guardCalls }) => guardCalls)) {
        expect(recorded).toContainEqual({ function: call.function, input: call.input, output: call.output });
      }
    }
  });

  it('have all four levels of log lines, a second attempt after a small buffer, and look-ups in both phases', async () => {
    const calls = [
      ...(await replay(rust, 'policy.json', openTrace(rust, files), 'files')),
      ...(await replay(rust, 'policy.json', openTrace(rust, memory), 'memory')),
    ].flatMap(({ guardCalls }) => guardCalls);
    const levels = new Set(calls.flatMap((call) => call.log.map(({ level }) => level)));
    expect(levels).toEqual(new Set([0, 1, 2, 3]));
    expect(calls.flatMap((call) => call.backendCalls.map(({ end }) => end))).toContain('too-small');
    const askedIn = new Set(calls.filter((call) => call.backendCalls.length > 0).map((call) => call.function));
    expect([...askedIn].sort()).toEqual(['label_resource', 'label_response']);
  });

  it('are the same for both samples, and have the length in the README', () => {
    const readme = readFileSync(samplePath(rust, 'README.md'), 'utf8');
    for (const path of [files, memory]) {
      expect(readFileSync(samplePath(assemblyScript, path)).equals(readFileSync(samplePath(rust, path)))).toBe(true);
      expect(readme).toContain(`${openTrace(rust, path).calls.length} calls`);
    }
  });

  it('contain no directory except the workspace', () => {
    for (const path of [files, memory, 'gateway-log/rpc-messages.jsonl', 'gateway-log/mcp-gateway.log']) {
      expect(readFileSync(samplePath(rust, path), 'utf8')).not.toMatch(/["' ](\/home|\/root|\/Users|\/tmp|[A-Z]:\\\\)/);
    }
  });
});

describe('the log of the gateway', () => {
  it('contains the same session without the answers to denied calls', async () => {
    const trace = openGatewayLog();
    expect(trace).toMatchObject({ format: 'gateway-jsonl', servers: ['files', 'memory'] });
    expect(trace.problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(outcomes(await replay(rust, 'policy.json', trace, 'files'))).toBe(asCaptured.files);
    const inMemory = outcomes(await replay(rust, 'policy.json', trace, 'memory'));
    expect(asCaptured.memory.startsWith(inMemory)).toBe(true);
    expect(inMemory.length).toBeGreaterThanOrEqual(8);
  });

  it('has a record of every item that a replay withholds, with the same reason', async () => {
    const trace = openGatewayLog();
    for (const server of trace.servers) {
      for (const decision of await replay(rust, 'policy.json', trace, server)) {
        const withheld = (decision.items ?? []).filter(({ allowed }) => !allowed);
        const noted = trace.calls[decision.index]?.filtered ?? [];
        expect(noted.map(({ description, reason }) => ({ description, reason }))).toEqual(
          withheld.map(({ description, reason }) => ({ description, reason })),
        );
      }
    }
  });

  it('has a value that the sanitiser removed', () => {
    const redacted = openGatewayLog().calls.filter((call) => call.redacted);
    expect(redacted.map(({ args }) => (args as JsonObject)['path'])).toEqual(['/workspace/docs/release-notes.md']);
  });
});
