/** The document of the guard's interface: every example is encoded, decoded, replayed and linted by the product, and every number is the engine's. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import type { GuardFunction } from '../../src/core/difc/record/guardCall.ts';
import { decodeLabelAgent } from '../../src/core/guard/decodeLabelAgent.ts';
import { decodeLabelResource } from '../../src/core/guard/decodeLabelResource.ts';
import { decodeLabelResponse } from '../../src/core/guard/decodeLabelResponse.ts';
import { encodeLabelResourceInput, encodeLabelResponseInput } from '../../src/core/guard/encode.ts';
import { askLabelAgent } from '../../src/core/guard/guardRequest.ts';
import { type Shape, shapeOf } from '../../src/core/lint/fields/shape.ts';
import { allowOnlyFields, integrityLevels } from '../../src/core/policy/fields.ts';
import { parsePolicyText } from '../../src/core/policy/parse.ts';
import * as abi from '../../src/engine/runtime/shared/abi.ts';
import { memoryCapPages, pageSize } from '../../src/core/wasm/decode/memoryCap.ts';
import { guardscopeHere } from '../cli/run.ts';
import { type CannedAnswer, type CannedAnswers, cannedGuard, cannedTrace } from '../support/guards/cannedGuard.ts';
import { repoPath } from '../support/paths.ts';
import { proves } from '../support/proves.ts';
import { type Fence, fencesOf } from './fences.ts';

const document = readFileSync(repoPath('media/docs/guard-abi.md'), 'utf8');
const fences = fencesOf(document);
const folder = mkdtempSync(join(tmpdir(), 'guardscope-abi-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const functions: readonly GuardFunction[] = ['label_agent', 'label_resource', 'label_response'];

function fence(what: string): Fence {
  const [found, ...more] = fences.filter((each) => each.what === what);
  if (found === undefined || more.length > 0) throw new Error(`the document has not exactly one block "${what}"`);
  return found;
}

const json = ({ text }: Fence): JsonValue => JSON.parse(text) as JsonValue;
const example = (what: string): JsonObject => json(fence(what)) as JsonObject;
const compact = (value: JsonValue): string => JSON.stringify(value);

let files = 0;
async function replayed(answers: CannedAnswers, data: JsonValue): Promise<DecisionRecord> {
  files++;
  const path = (ending: string): string => join(folder, `${files}.${ending}`);
  const { tool_name: tool, tool_args: args } = example('label_resource input');
  writeFileSync(path('guardtrace.jsonl'), cannedTrace([{ tool: tool as string, args: args ?? null, data }]));
  writeFileSync(path('wasm'), cannedGuard(answers));
  writeFileSync(
    path('json'),
    compact(example('label_agent input')['allow-only'] ?? null)
      .replace(/^/, '{"allow-only":')
      .concat('}'),
  );
  const line = ['replay', path('guardtrace.jsonl'), '--guard', path('wasm'), '--policy', path('json'), '--json'];
  const { stdout, stderr } = await guardscopeHere(line);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as DecisionRecord;
}

const right: CannedAnswers = Object.fromEntries(functions.map((name) => [name, { json: example(`${name} output`) }]));

describe('the inputs', () => {
  it('of label_agent are what the gateway makes of the policy', () => {
    proves('own:abi-document');
    const input = example('label_agent input');
    const asked = askLabelAgent(input);
    expect('request' in asked ? asked.request.input : asked.answer.error).toBe(compact(input));
  });

  it('of label_resource are the bytes that the gateway writes', () => {
    const input = example('label_resource input');
    const { tool_name: tool, tool_args: args = null } = input;
    expect(encodeLabelResourceInput(tool as string, args, true)).toBe(compact(input));
  });

  it('of label_response are the bytes that the gateway writes', () => {
    const input = example('label_response input');
    const { tool_name: tool, tool_args: args = null, tool_result: result = null } = input;
    expect(encodeLabelResponseInput(tool as string, args, result, true)).toBe(compact(input));
  });
});

describe('the outputs', () => {
  it('decode', () => {
    proves('own:abi-document');
    const { tool_result: result = null } = example('label_response input');
    expect(decodeLabelAgent(fence('label_agent output').text)).toMatchObject({ ok: true, value: { mode: 'filter' } });
    expect(decodeLabelResource(fence('label_resource output').text)).toMatchObject({ ok: true });
    expect(decodeLabelResponse(fence('label_response output').text, result)).toMatchObject({ ok: true });
    expect(decodeLabelResponse(fence('label_response older output').text, result)).toMatchObject({ ok: true });
    expect(decodeLabelAgent(fence('label_agent refusal').text)).toEqual({
      ok: false,
      error: `label_agent rejected policy: ${example('label_agent refusal')['error'] as string}`,
    });
  });

  it('lead to the decision of the document, without findings but the loss of the object around the list', async () => {
    const record = await replayed(right, example('data'));
    expect(record).toMatchObject(example('decision'));
    expect(record.items).toHaveLength(2);
    expect(record.problems.map(({ code }) => code)).toEqual(['difc/envelope-lost']);
  });

  it('of the older form have no findings', async () => {
    const record = await replayed(
      { ...right, label_response: { json: example('label_response older output') } },
      example('data'),
    );
    expect(record.problems).toEqual([]);
  });
});

describe('the fields', () => {
  it.each(functions)('of the answer of %s are all in the document', (name) => {
    proves('own:abi-document');
    const [, section = ''] = document.split(new RegExp(`^## ${name}$`, 'm'));
    const [own = ''] = section.split(/^## /m);
    const namesOf = ({ fields }: Shape): readonly string[] =>
      Object.entries(fields).flatMap(([field, inner]) => [field, ...(inner === null ? [] : namesOf(inner))]);
    const shapes = [shapeOf(name, example(`${name} output`)), shapeOf(name, { items: [] })];
    const fields = [...new Set(shapes.flatMap(namesOf))];
    expect(fields.length).toBeGreaterThan(4);
    expect(fields.filter((field) => !new RegExp(`["\`.]${field}["\`[.]`).test(own))).toEqual([]);
  });

  it('of the inputs are all in the tables', () => {
    for (const field of Object.keys(example('label_response input'))) expect(document).toContain(`\`${field}\``);
  });
});

const mistakes = fences.flatMap((each) => {
  const [, name, code = ''] = /^(\w+) mistake (.+)$/.exec(each.what) ?? [];
  return name === undefined ? [] : [{ code, name: name as GuardFunction, fence: each }];
});

describe('the mistakes', () => {
  it('are fifteen, numbered, with a code each', () => {
    const headings = [...document.matchAll(/^### (\d+)\. /gm)].map(([, number]) => Number(number));
    expect(headings).toEqual(Array.from({ length: 15 }, (_, at) => at + 1));
    expect(new Set(mistakes.map(({ code }) => code)).size).toBe(15);
    const sections = document.split(/^### \d+\. /m).slice(1);
    expect(sections.filter((section, at) => !section.includes(`\`${mistakes[at]?.code ?? ''}\``))).toEqual([]);
  });

  it.each(mistakes)(
    '$code is what a replay reports, and nothing else',
    async ({ code, name, fence: { language, text } }) => {
      proves('own:abi-document');
      const answer: CannedAnswer = language === 'wat' ? { body: text } : { text };
      const { problems } = await replayed({ ...right, [name]: answer }, example('data'));
      expect(problems.filter(({ severity }) => severity !== 'info').map((problem) => problem.code)).toEqual([code]);
    },
  );
});

describe('the policies', () => {
  it.each(fences.filter(({ what }) => what === 'policy'))('of line $line have no problems', ({ text }) => {
    expect(parsePolicyText(text)).toMatchObject({ problems: [] });
  });

  it('name every field that reaches the guard, and those that do not', () => {
    const policy = fences.find(({ what }) => what === 'policy');
    const written = Object.keys((json(policy ?? fence('policy')) as { readonly 'allow-only': object })['allow-only']);
    expect(new Set(written)).toEqual(
      new Set(allowOnlyFields.filter(({ reachesGuard }) => reachesGuard).map(({ name }) => name)),
    );
    expect(allowOnlyFields.filter(({ name }) => !document.includes(`\`${name}\``))).toEqual([]);
  });

  it('give the levels in the order of the gateway, each with all lower ones', () => {
    expect(document).toContain(integrityLevels.map((level) => `\`${level}\``).join(' < '));
    const tags = integrityLevels.map((level) => `\`${level}:acme/widget\``);
    integrityLevels.forEach((level, at) => {
      expect(document).toContain(`| \`${level}\` | ${tags.slice(0, at + 1).join(', ')} |`);
    });
  });
});

describe('the numbers', () => {
  it('are those of the engine', () => {
    const limits = Object.fromEntries(
      [...document.matchAll(/^\| ([a-z -]+) \| (\d+) \|$/gm)].map(([, name = '', value]) => [name, Number(value)]),
    );
    expect(limits).toEqual({
      input: abi.maxInputBytes,
      'first output buffer': abi.firstOutputBytes,
      'largest output buffer': abi.maxOutputBytes,
      'attempts of one call': abi.maxAttempts,
      'look-ups of one call': abi.maxBackendCalls,
      memory: memoryCapPages * pageSize,
    });
    expect(document).toContain(`| ${abi.tooSmallCode} | the buffer is too small.`);
    expect(document).toContain(`the ${abi.maxBackendCalls + 1}st look-up`);
  });
});

describe('the document', () => {
  it('has no block that no test reads', () => {
    const known = /^(?:label_\w+ (?:input|output|older output|refusal|mistake .+)|data|decision|policy)$/;
    expect(fences.filter(({ what }) => !known.test(what))).toEqual([]);
    expect(document.match(/^```/gm)).toHaveLength(2 * fences.length);
  });

  it('is printed by help', async () => {
    expect(await guardscopeHere(['help', 'abi'])).toMatchObject({ code: 0, stdout: document, stderr: '' });
  });
});
