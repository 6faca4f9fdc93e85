/** The document and the schema of decision records: they have the same members, and every record is valid. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Schema as CheckedSchema, Validator } from '@cfworker/json-schema';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';
import type { Quirk } from '../../src/core/difc/account/quirk.ts';
import type { DecisionRecord, ItemRecord } from '../../src/core/difc/record/decision.ts';
import type { BackendCallRecord, GuardCallRecord } from '../../src/core/difc/record/guardCall.ts';
import { compileFilter, isFilter } from '../../src/core/jq/jqFilter.ts';
import { guardscopeHere } from '../cli/run.ts';
import { readSession, sessionNames, writeConfig } from '../sessions/session.ts';
import { repoPath } from '../support/paths.ts';
import { type CannedAnswers, cannedGuard, cannedTrace } from '../support/guards/cannedGuard.ts';
import { proves } from '../support/proves.ts';
import { readJson, samplePath } from '../support/samples.ts';
import { collectMembers, membersOf, type Schema, withTables } from './schemaTables.ts';

const document = repoPath('media/docs/records.md');
const schema = readJson(repoPath('media/records.schema.json')) as Schema & CheckedSchema;
const folder = mkdtempSync(join(tmpdir(), 'guardscope-records-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = (): string => readFileSync(document, 'utf8');

async function recordsOf(args: readonly string[]): Promise<readonly JsonObject[]> {
  const { stdout } = await guardscopeHere(['replay', ...args, '--json']);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as JsonObject);
}

const sample = (id: string, trace: string): readonly string[] => [
  samplePath(id, trace),
  ...['--guard', samplePath(id, 'guard.wasm'), '--policy', samplePath(id, 'policy.json')],
];

/** Guards with mistakes, whose records have members that no recorded session has. */
const mistaken: readonly (readonly [name: string, answers: CannedAnswers])[] = [
  ['a misspelt member', { label_resource: { json: { resource: { secrecy_tags: ['private:x'] }, operation: 'read' } } }],
  ['an item without labels', { label_response: { json: { items: [{ data: 1 }] } } }],
  [
    'bytes that are not UTF-8',
    { label_resource: { body: '(i32.store8 (local.get $out) (i32.const 255)) (i32.const 1)' } },
  ],
];

function replayOf(name: string, answers: CannedAnswers): readonly string[] {
  const path = (ending: string): string => join(folder, `${name.replaceAll(' ', '-')}.${ending}`);
  writeFileSync(path('guardtrace.jsonl'), cannedTrace([{}]));
  writeFileSync(path('wasm'), cannedGuard(answers));
  writeFileSync(path('json'), '{"allow-only":{"repos":"all","min-integrity":"none"}}');
  return [path('guardtrace.jsonl'), '--guard', path('wasm'), '--policy', path('json')];
}

const replays: readonly (readonly [name: string, args: () => readonly string[]])[] = [
  ...['trace.guardtrace.jsonl', 'memory.guardtrace.jsonl', 'gateway-log'].map(
    (trace) => [`sample ${trace}`, () => sample('files-and-memory', trace)] as const,
  ),
  ...['trace.guardtrace.jsonl', 'memory.guardtrace.jsonl'].map(
    (trace) => [`sample in AssemblyScript ${trace}`, () => sample('files-and-memory-as', trace)] as const,
  ),
  [
    'the sample with a changed call',
    () => {
      const changes = join(folder, 'changes.json');
      writeFileSync(changes, JSON.stringify({ agent: { secrecy: [] }, mode: 'propagate' }));
      return [...sample('files-and-memory', 'trace.guardtrace.jsonl'), '--call', '22', '--changes', changes];
    },
  ],
  ...mistaken.map(([name, answers]) => [name, () => replayOf(name, answers)] as const),
  ...sessionNames().map(
    (name) => [`session ${name}`, () => [readSession(name).trace, '--config', writeConfig(name, folder)]] as const,
  ),
];

const found = new Set<string>();

describe('the schema', () => {
  it.each(replays)('describes every record of %s', async (_, args) => {
    proves('own:records-documented');
    const validator = new Validator(schema, '2020-12', false);
    const records = await recordsOf(args());
    expect(records.length).toBeGreaterThan(0);
    for (const record of records) {
      const { valid, errors } = validator.validate(record);
      expect(errors, `call ${JSON.stringify(record['index'])}`).toEqual([]);
      expect(valid).toBe(true);
      collectMembers(record, { $ref: '#/$defs/decision' }, schema, found);
    }
  });

  it('has no member that no recorded session has, but for those that are listed here with their reason', () => {
    const all = [...membersOf(schema)].flatMap(([name, members]) => members.map((member) => `${name}.${member}`));
    expect(all.filter((member) => !found.has(member))).toEqual(unseen);
  });

  it('refuses a record with a member more, a member less, and a value of another type', async () => {
    const [record = {}] = await recordsOf(sample('files-and-memory', 'trace.guardtrace.jsonl'));
    const validator = new Validator(schema, '2020-12', false);
    const without = Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'agent'));
    for (const wrong of [{ ...record, more: 1 }, without, { ...record, index: '0' }, { ...record, outcome: 'maybe' }]) {
      expect(validator.validate(wrong).valid).toBe(false);
    }
  });

  it('describes records without times', async () => {
    const validator = new Validator(schema, '2020-12', false);
    const records = await recordsOf([...sample('files-and-memory', 'trace.guardtrace.jsonl'), '--no-times']);
    expect(records.map((record) => validator.validate(record).valid)).toEqual(records.map(() => true));
  });

  it('has the members of the types', () => {
    const members = membersOf(schema);
    expect(new Set(members.get('decision'))).toEqual(new Set(Object.keys(decisionMembers)));
    expect(new Set(members.get('item'))).toEqual(new Set(Object.keys(itemMembers)));
    expect(new Set(members.get('guardCall'))).toEqual(new Set(Object.keys(guardCallMembers)));
    expect(new Set(members.get('backendCall'))).toEqual(new Set(Object.keys(backendCallMembers)));
    expect(new Set(members.get('problem'))).toEqual(new Set(Object.keys(problemMembers)));
  });
});

describe('the document', () => {
  it('has every member of the schema, and no other; UPDATE=1 writes the tables', () => {
    proves('own:records-documented');
    const written = withTables(text(), schema);
    if (process.env['UPDATE'] === '1') writeFileSync(document, written);
    expect(text()).toBe(written);
    const members = [...membersOf(schema).values()].flat();
    expect(members.length).toBeGreaterThan(80);
    expect(members.filter((member) => !written.includes(`| \`${member}\` | `))).toEqual([]);
  });

  it('is printed by help, and so is the schema', async () => {
    expect(await guardscopeHere(['help', 'records'])).toMatchObject({ code: 0, stdout: text(), stderr: '' });
    const { stdout } = await guardscopeHere(['help', 'records-schema']);
    expect(JSON.parse(stdout)).toEqual(schema);
  });

  it('has jq programs that find something in the sample', async () => {
    const programs = [...text().matchAll(/\| jq -\w '(.+)'$/gm)].map((match) => match[1] ?? '');
    expect(programs).toHaveLength(4);
    const records = [
      ...(await recordsOf(sample('files-and-memory', 'trace.guardtrace.jsonl'))),
      ...(await recordsOf(replayOf('lint', mistaken[0]?.[1] ?? {}))),
    ];
    for (const program of programs) {
      const filter = compileFilter(`[${program}]`);
      if (!isFilter(filter)) throw new Error(`${program}: ${JSON.stringify(filter)}`);
      const outputs = records.map((record) => filter.apply(record, JSON.stringify(record).length));
      expect(
        outputs.every(({ kind }) => kind === 'output'),
        program,
      ).toBe(true);
      const values = outputs.flatMap((output) =>
        output.kind === 'output' ? (JSON.parse(output.json) as JsonValue[]) : [],
      );
      expect(values.length, program).toBeGreaterThan(0);
    }
  });
});

/** Members that no recorded session has. */
const unseen: readonly string[] = [
  // Calls at once of which one changes the agent while the other waits.
  'decision.agentAtAnswer',
  // More log lines than a record keeps.
  'guardCall.logGapAt',
  // Guards with debug information.
  'place.file',
  'place.line',
  'place.column',
  // Problems of files, which are not about one call.
  'problem.count',
  'position.column',
  'position.offset',
  // Only with --follow.
  'lookupLine.index',
  'lookupLine.lookupFor',
];

type Members<T> = Readonly<Record<keyof T, true>>;

const decisionMembers: Members<DecisionRecord> = {
  index: true,
  time: true,
  server: true,
  tool: true,
  args: true,
  agent: true,
  mode: true,
  operation: true,
  resource: true,
  coarse: true,
  items: true,
  outcome: true,
  error: true,
  panic: true,
  endedIn: true,
  client: true,
  unknown: true,
  backendResult: true,
  agentBefore: true,
  agentStart: true,
  agentAtAnswer: true,
  agentAfter: true,
  guardCalls: true,
  problems: true,
  marks: true,
  hypothetical: true,
};

const itemMembers: Members<ItemRecord> = {
  index: true,
  origin: true,
  path: true,
  allowed: true,
  decision: true,
  reason: true,
  secrecyToAdd: true,
  integrityToDrop: true,
  data: true,
  description: true,
  secrecy: true,
  integrity: true,
};

const guardCallMembers: Members<GuardCallRecord> = {
  function: true,
  input: true,
  output: true,
  escapedOutput: true,
  attempts: true,
  backendCalls: true,
  log: true,
  logDropped: true,
  logGapAt: true,
  stdout: true,
  stderr: true,
  memory: true,
  grows: true,
  durationMs: true,
  error: true,
  trace: true,
  stack: true,
  poisoned: true,
};

const backendCallMembers: Members<BackendCallRecord> = {
  tool: true,
  args: true,
  reached: true,
  code: true,
  end: true,
  resultText: true,
  error: true,
  capacity: true,
  attempt: true,
  atMs: true,
  durationMs: true,
};

const problemMembers: Members<Quirk> = {
  anchor: true,
  severity: true,
  code: true,
  message: true,
  hint: true,
  docs: true,
  position: true,
  count: true,
  subject: true,
  fix: true,
  excerpt: true,
};
