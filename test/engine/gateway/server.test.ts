/** Guard, policy and mode of a server, compared with those that the gateway's own code registered for the same configuration and files. */
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/core/base/json.ts';
import type { Environment } from '../../../src/core/policy/override.ts';
import type { ServerAccount } from '../../../src/core/gatewayConfig/account/account.ts';
import { readGatewayConfig } from '../../../src/core/gatewayConfig/config.ts';
import { explainConfig } from '../../../src/engine/gateway/explainConfig.ts';
import type { Visibility } from '../../../src/core/gatewayConfig/account/visibility.ts';
import { jsonLines } from '../../support/records/jsonLines.ts';
import { type FileKind, memoryFiles } from './memoryFiles.ts';

interface ServerCase {
  readonly text: string;
  readonly files?: Readonly<Record<string, FileKind>>;
  readonly env?: Environment;
  readonly server: string;
  readonly override?: string;
  readonly visibility?: Visibility;
  readonly answer: Answer;
}

interface Answer {
  readonly start?: string;
  readonly guard?: string;
  readonly policy?: JsonObject;
  readonly source?: string;
  readonly policyError?: string;
  readonly description?: string;
  readonly secrecy?: readonly string[];
  readonly mode?: string;
  readonly call?: string;
  readonly warn: readonly string[];
}

const cases = jsonLines('test/engine/gateway/server.cases.jsonl') as readonly ServerCase[];

describe('behaviours 308, 309, 310, 312, 313: a server as the gateway registers it', () => {
  test.each(cases.map((each, index) => [index, each] as const))('%i', async (_, { text, server, answer, ...rest }) => {
    const { account, messages } = await explain(text, server, rest);
    if (answer.start !== undefined) {
      expect(account.startError).toMatch(/^failed to create unified server: failed to register guard for server /);
      expect(account.startError).toContain(answer.start);
      return;
    }
    expect(account.startError).toBeNull();
    expect(nameOf(account)).toBe(answer.guard);
    if (answer.policyError === undefined) {
      expect(account.policy?.payload).toEqual(answer.policy);
      expect(account.policySource).toBe(answer.source);
    } else expect(account.policy).toBeNull();
    if (answer.call === ofTheModule) return;
    expect(account.callError).toBe(answer.call ?? null);
    if (answer.description !== undefined) expect(sinkOf(account)).toEqual([answer.description, answer.secrecy]);
    if (answer.call === undefined) expect(account.mode ?? 'filter').toBe(answer.mode);
    const warnings = answer.warn.map((warning) => warning.replace(/^\[[^\]]*\] /, ''));
    expect(warnings.filter((text) => !ofTheRun.test(text) && !messages.includes(text))).toEqual([]);
  });
});

/** Warnings that only a running gateway reports: about a call, or about a missing answer of GitHub. */
const ofTheRun = /^label_agent failed|^Sink visibility runtime verification failed|failed to determine visibility/;

/** The answers of a module are unknown before it runs; this one refuses scopes. */
const ofTheModule = 'guard session initialization failed: LabelAgent failed: WASM function returned error code: -1';

async function explain(
  text: string,
  server: string,
  { files = {}, env = {}, override = '', visibility }: Omit<ServerCase, 'text' | 'server' | 'answer'>,
): Promise<{ readonly account: ServerAccount; readonly messages: readonly string[] }> {
  const config = readGatewayConfig(text, { form: 'toml', env });
  expect(config.value.refusal).toBeNull();
  const placed = Object.fromEntries(Object.entries(files).map(([path, kind]) => [`/gw/${path}`, kind]));
  const { servers, problems } = await explainConfig(config.value, {
    env,
    files: memoryFiles({ ...placed, '/gw/guards': 'dir' }),
    workflowVisibility: visibility ?? null,
    ...(override === '' ? {} : { policyFlags: { policyJson: override } }),
  });
  const account = servers.find((each) => each.server === server);
  if (account === undefined) throw new Error(`no server ${server}`);
  return { account, messages: [...account.problems, ...problems].map(({ message }) => message) };
}

function nameOf({ guard }: ServerAccount): string {
  return guard.kind === 'wasm' ? guard.name : guard.kind;
}

/** The answer of the write-sink guard for the tool `t`. */
function sinkOf({ guard }: ServerAccount): readonly [string, readonly string[]] {
  if (guard.kind !== 'write-sink') throw new Error(`the guard is ${guard.kind}`);
  return guard.sink.visibility === 'public'
    ? ['write-sink:public (t)', []]
    : ['write-sink (t)', [...guard.accept].sort()];
}

test('the cases cover every source of a policy', () => {
  const sources = new Set(cases.map(({ answer }) => answer.source).filter((source) => source !== undefined));
  expect([...sources].sort()).toEqual(['cli', 'config', 'legacy', 'server']);
  expect(cases.filter(({ answer }) => isJsonObject(answer.policy)).length).toBeGreaterThan(50);
});
