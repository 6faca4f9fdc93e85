/** Assertions about the differences of whole sessions: what a recording does not have, and what a machine other than the gateway's lacks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { defaultPayload } from '../../src/core/difc/monitor/payloadSettings.ts';
import { encodeGoJson } from '../../src/core/go/goJson.ts';
import { sanitizeText } from '../../src/core/trace/gatewayLog/sanitizer.ts';
import { readTrace } from '../../src/core/trace/reader.ts';
import { gatewayFilteredLine, gatewayRequestLine, gatewayResponseLine } from '../../src/core/trace/write.ts';
import { readConfigElsewhere } from '../../src/engine/gateway/configElsewhere.ts';
import { sessionInputsOf } from '../../src/engine/gateway/replayInputs.ts';
import { nodeGuardFiles } from '../../src/engine/gateway/nodeGuardFiles.ts';
import { openSession } from '../../src/engine/replay/openSession.ts';
import { codesOf, policy, replayed, traceOf } from '../engine/replay/replayed.ts';
import { workerFile } from './paths.ts';

/** The gateway's log has three fractional digits in a time. */
const time = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();

/** Assertions by the id of the difference. */
export const sessionDifferences: Readonly<Record<string, () => Promise<void>>> = {
  'missing-guard': async () => {
    const server = { server: 's', rules: {}, guardPath: 'noop', policy: null, guardName: 'noop' };
    const missing = { ...server, server: 'm', missingGuard: 'the file "g.wasm" does not exist' };
    const opened = await openSession([server, missing], { workerFile });
    expect([...opened.session.guards.keys()]).toEqual(['s']);
    expect(opened.problems.map(({ code, message }) => [code, message])).toEqual([
      ['guard/not-created', 'The calls of the server "m" are not decided: the file "g.wasm" does not exist'],
    ]);
    await opened.close();
    await expect(openSession([missing], { workerFile })).rejects.toMatchObject({
      code: 'guard/not-created',
      hint: expect.stringContaining('--guard noop') as unknown,
    });
  },
  'unset-variables': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guardscope-unset-'));
    const path = join(folder, 'gateway.json');
    const server = { type: 'http', url: 'http://localhost', headers: { Authorization: '${NO_SUCH_TOKEN}' } };
    const gateway = { port: 8080, domain: 'localhost', agentId: 'a' };
    const text = JSON.stringify({ mcpServers: { s: server }, gateway });
    writeFileSync(path, text);
    const { servers, problems } = await readConfigElsewhere(path, {});
    rmSync(folder, { recursive: true });
    expect(servers.map((each) => each.server)).toEqual(['s']);
    expect(problems.find(({ code }) => code === 'gateway/variable-not-set')?.message).toContain('${NO_SUCH_TOKEN}');
    await expect(
      sessionInputsOf(text, path, { env: {}, files: nodeGuardFiles, workflowVisibility: null }),
    ).rejects.toMatchObject({ code: 'gateway/does-not-start' });
  },
  'payload-path': async () => {
    const response = { filters: new Map<string, string>(), payload: { ...defaultPayload, threshold: 1 } };
    const [record] = await replayed(traceOf([{}]), {}, { response });
    expect(encodeGoJson(record?.client ?? null)).toContain('/{query-id}/payload.json');
    expect(record?.unknown).toEqual(['/result/content/0/text']);
    expect(codesOf(record)).toEqual(['replay/payload-path']);
  },
  'codes-of-a-log': async () => {
    const [record] = await replayed(traceOf([{ answer: { error: 'calling "tools/call": quota' } }]), {});
    expect(record?.client).toEqual({ error: { code: 0, message: 'calling "tools/call": quota' } });
    expect(codesOf(record)).toEqual(['replay/error-code-unknown']);
  },
  'lost-arguments': async () => {
    const params = { arguments: { body: 'password: hunter2hunter2' }, name: 'save' };
    const line = gatewayRequestLine(time(0), 's', 'tools/call', params);
    const raw = sanitizeText(encodeGoJson({ jsonrpc: '2.0', method: 'tools/call', params }));
    const payload = encodeGoJson({ _error: 'invalid JSON', _raw: raw });
    const request = `${line.slice(0, line.indexOf('"payload":'))}"payload":${payload}}\n`;
    const rest = { reason: 'r', secrecy: [], integrity: null, number: null, author: null, url: null };
    // The record of a withheld item has the name of the tool.
    const filtered = gatewayFilteredLine(time(9), { server: 's', tool: 'save', description: 'd', ...rest });
    const trace = readTrace(request + gatewayResponseLine(time(5), 's', { result: { content: [] } }) + filtered);
    expect(trace.problems.map(({ code }) => code)).toContain('trace/destroyed-payload');
    const [record] = await replayed(trace, {});
    expect([record?.tool, record?.args]).toEqual(['save', {}]);
    expect(codesOf(record)).toContain('replay/redacted');
  },
  'times-of-calls': async () => {
    const script = (asked: string[]) => ({
      resource: (tool: string) => (asked.push(`resource ${tool}`), {}),
      response: (tool: string) => (asked.push(`response ${tool}`), null),
    });
    const timed: string[] = [];
    const untimed: string[] = [];
    const calls = [
      { tool: 'a', time: time(0), durationMs: 100 },
      { tool: 'b', time: time(10), durationMs: 10 },
    ];
    await replayed(traceOf(calls), script(timed), { policy });
    await replayed(traceOf(calls.map(({ tool }) => ({ tool }))), script(untimed), { policy });
    expect(timed).toEqual(['resource a', 'resource b', 'response b', 'response a']);
    expect(untimed).toEqual(['resource a', 'response a', 'resource b', 'response b']);
  },
};
