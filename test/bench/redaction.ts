/** `npm run bench -- redaction`: speed over kinds of content, and the rates of missed secrets and changed ordinary texts of the tests' lists. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '../../src/core/base/json.ts';
import { Redactor } from '../../src/core/redaction/redaction.ts';
import { ordinaryJson, ordinaryTexts } from '../core/redaction/cases/ordinary.ts';
import { jsonShapes, textShapes } from '../core/redaction/cases/shapes.ts';
import { tokenCases } from '../core/redaction/cases/tokens.ts';
import { listIssues } from './githubCalls.ts';
import { time } from './measure.ts';

const redactor = new Redactor(() => 'h');
const inText = (content: string): string => redactor.text(content).text;
const inJson = (value: unknown): string => redactor.json(JSON.stringify({ jsonrpc: '2.0', id: 1, result: value })).text;

const missedTokens = tokenCases.filter(([, token]) => inJson({ text: `use ${token} now` }).includes(token));
const missedShapes = [
  ...jsonShapes.filter(([, content, secret]) => inJson(content).includes(JSON.stringify(secret).slice(1, -1))),
  ...textShapes.filter(([, content, secret]) => inText(content).includes(secret)),
];
const changed = [
  ...ordinaryTexts.filter(([, content]) => inText(content) !== content),
  ...ordinaryJson.filter(([, content]) => redactor.json(JSON.stringify(content)).count > 0),
];
const rate = (part: readonly unknown[], ...whole: (readonly unknown[])[]): string =>
  `${part.length} of ${whole.reduce((sum, list) => sum + list.length, 0)}`;
console.log(`token formats missed: ${rate(missedTokens, tokenCases)}`);
console.log(`shapes missed:        ${rate(missedShapes, jsonShapes, textShapes)}`);
console.log(`ordinary changed:     ${rate(changed, ordinaryTexts, ordinaryJson)}`);

const source = readdirSync('src/core/difc', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join('src/core/difc', file), 'utf8'));
const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7919) ^ (at >> 3));
const log = Array.from(
  { length: 2000 },
  (_, line) =>
    `2026-11-22T08:00:00.${100 + (line % 900)}Z level=info msg="request done" path=/api/items/${line} status=200`,
).join('\n');
const issues = listIssues(100).result;
const text = (content: string): string => JSON.stringify({ content: [{ type: 'text', text: content }] });

const subjects: readonly (readonly [name: string, json: boolean, content: string])[] = [
  ['issues, JSON', true, textOf(issues)],
  ['issues, JSON in a text', true, JSON.stringify(issues)],
  ['source files', true, JSON.stringify(source)],
  ['a document', true, text(readFileSync('src/docs/spec/gateway.md', 'utf8'))],
  ['log lines', false, log],
  ['base64', true, text(Buffer.from(bytes).toString('base64'))],
  ['numbers', true, JSON.stringify(Array.from({ length: 50_000 }, (_, at) => ({ x: at, y: at / 3 })))],
];
void measure();

/** The text of a tool result. */
function textOf(result: JsonValue): string {
  const { content } = result as { readonly content: readonly [{ readonly text: string }] };
  return content[0].text;
}

async function measure(): Promise<void> {
  for (const [name, json, content] of subjects) {
    const { median, min } = await time(15, 5, () => (json ? redactor.json(content) : redactor.text(content)));
    const speed = (milliseconds: number): string => `${(content.length / 1000 / milliseconds).toFixed(0)} MB/s`;
    console.log(
      `${name.padEnd(24)} ${(content.length / 1e6).toFixed(2)} MB  median ${speed(median)}, best ${speed(min)}`,
    );
  }
}
