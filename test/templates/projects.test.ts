/** Builds the guard of every new project, and checks what its README promises. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';
import { projectFiles } from '../../src/core/newGuard/guardProject.ts';
import { inspectModule } from '../../src/core/wasm/inspect.ts';
import { guardscopeHere } from '../cli/run.ts';
import { type BareGuard, bareGuard } from '../support/guards/bareGuard.ts';
import { rulesOf, runInProject, templateLanguages, writeTemplateProject } from '../support/guards/templateProjects.ts';
import { decided } from '../support/guards/projectDecisions.ts';
import { matchProblems, type Task } from '../support/guards/taskProblems.ts';
import { notes, notesBackend, text } from '../support/guards/notesServer.ts';
import { proves } from '../support/proves.ts';

const scratch = mkdtempSync(join(tmpdir(), 'guardscope-templates-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(templateLanguages)('the project in $language.title', ({ language, missing }) => {
  if (missing !== null) {
    it(`is not built on this machine: ${missing}`, () => expect(missing).toMatch(/install/));
    return;
  }
  const folder = join(scratch, language.id);
  const at = (name: string): string => join(folder, name);
  let wasm: Uint8Array<ArrayBuffer>;
  let guard: BareGuard;

  beforeAll(async () => {
    await writeTemplateProject(language, folder);
    runInProject(folder, language.build);
    wasm = Uint8Array.from(readFileSync(at(language.guard)));
    guard = await bareGuard(wasm, notesBackend);
  }, 600_000);

  /** Secrecy, integrity and operation that the guard gives a call. */
  function resource(tool: string, args: JsonValue): JsonValue {
    const { code, output } = guard.call('label_resource', { capabilities: {}, tool_args: args, tool_name: tool });
    expect(code).toBeGreaterThan(0);
    const { operation, resource: labels } = JSON.parse(output ?? '') as { operation: string; resource: JsonObject };
    return [operation, labels['secrecy'] ?? null, (labels['integrity'] as readonly string[]).at(-1) ?? null];
  }

  it('gives a guard that the gateway loads, of a usual size', () => {
    proves('own:new-guard-works');
    const { loadError, memory } = inspectModule(wasm).value;
    expect({ loadError, export: memory?.export }).toEqual({ loadError: null, export: 'memory' });
    expect(wasm.length).toBeLessThan(200_000);
  });

  it('decides the calls of its trace as its README says, without a warning about its answers', async () => {
    proves('own:new-guard-works');
    const rows = readFileSync(at('README.md'), 'utf8').matchAll(/^\| (\d+) `(\w+)`.*? \| (\w+)/gm);
    const promised = [...rows].map(([, call, tool, outcome]) => `${call} ${tool} ${outcome}`);
    expect(promised).toHaveLength(10);
    expect(await decided(folder, language.guard)).toEqual(promised);
  });

  it('passes its guard test, which is as "test --update" writes it', async () => {
    proves('own:new-guard-works');
    const before = readFileSync(at(projectFiles.test), 'utf8');
    const run = await guardscopeHere(['test', folder]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/\b10 calls\b/);
    expect((await guardscopeHere(['test', '--update', folder])).code).toBe(0);
    expect(readFileSync(at(projectFiles.test), 'utf8')).toBe(before);
  });

  it('passes "guardscope check" without a finding', async () => {
    proves('own:new-guard-works');
    const { trace, policy } = projectFiles;
    const run = await guardscopeHere(['check', at(language.guard), '--trace', at(trace), '--policy', at(policy)]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/\d+ checks passed, 0 with findings, /);
  });

  it.each([
    ['public', 'none', [], ['none']],
    ['all', 'merged', ['private:notes/team', 'private:notes/board'], ['none', 'unapproved', 'approved', 'merged']],
    [['notes/*'], 'unapproved', ['private:notes/team', 'private:notes/board'], ['none', 'unapproved']],
    [['notes/board', 'notes/x y'], 'none', ['private:notes/board', 'private:notes/x y'], ['none']],
  ])('label_agent: repos %j with %s', (repos, level, secrecy, integrity) => {
    const { output } = guard.call('label_agent', { 'allow-only': { repos, 'min-integrity': level } });
    expect(JSON.parse(output ?? '')).toEqual({ agent: { secrecy, integrity }, difc_mode: 'filter' });
  });

  it.each([
    ['another scope', '{"allow-only":{"repos":["acme/x"],"min-integrity":"none"}}', 'acme/x'],
    ['a prefix', '{"allow-only":{"repos":["notes/te*"],"min-integrity":"none"}}', 'notes/te'],
    ['an unknown level', '{"allow-only":{"repos":"all","min-integrity":"high"}}', 'high'],
    ['no repos', '{"allow-only":{"min-integrity":"none"}}', 'repos'],
    ['an empty policy', '{}', 'min-integrity'],
  ])('label_agent refuses %s with -1 after an error in the log', (_, policy, word) => {
    guard.log.length = 0;
    expect(guard.call('label_agent', policy).code).toBe(-1);
    expect(guard.log.filter((line) => line.startsWith('3:')).join()).toContain(word);
  });

  it.each([
    ['list_notes', {}, ['read', [], 'approved']],
    ['search_notes', { word: 'x' }, ['read', [], 'approved']],
    ['read_note', { id: 'n1' }, ['read', [], 'approved']],
    ['read_note', { id: 'n2' }, ['read', ['private:notes/team'], 'approved']],
    ['note_info', { id: 'n3' }, ['read', ['private:notes/team'], 'unapproved']],
    ['delete_note', { id: 'n2' }, ['write', ['private:notes/team'], 'approved']],
    ['delete_note', { id: 'n9' }, ['write', [], 'blocked']],
    ['read_note', { id: 'unreachable' }, ['read', [], 'blocked']],
    ['read_note', { id: 7 }, ['read', [], 'blocked']],
    ['read_note', null, ['read', [], 'blocked']],
    ['add_note', { folder: 'public' }, ['write', [], 'approved']],
    ['add_note', { folder: 'a"\\b' }, ['write', ['private:notes/a"\\b'], 'approved']],
    ['add_note', {}, ['write', ['private:notes/unknown'], 'approved']],
    ['format_disk', {}, ['write', [], 'blocked']],
  ] as const)('label_resource: %s %j', (tool, args, labels) => {
    expect(resource(tool, args as JsonValue)).toEqual(labels);
  });

  it('asks again for an answer that does not fit, with the size of the hint', () => {
    guard.lookUps.length = 0;
    expect(resource('read_note', { id: 'long' })).toEqual(['read', ['private:notes/team'], 'approved']);
    expect(guard.lookUps).toEqual(['note_info {"id":"long"}', 'note_info {"id":"long"}']);
  });

  it('labels each note of a list, and no more than it can read', () => {
    const response = (result: JsonValue): JsonObject => {
      const input = { capabilities: {}, tool_args: {}, tool_name: 'list_notes', tool_result: result };
      return JSON.parse(guard.call('label_response', input).output ?? '') as JsonObject;
    };
    const label = (labels: JsonValue | undefined): JsonValue => {
      const { secrecy, integrity } = labels as { readonly secrecy: JsonValue; readonly integrity: readonly string[] };
      return [secrecy, integrity.at(-1) ?? null];
    };
    const list = [...Object.values(notes), { folder: 'a\u2028"', author: 'staff' }, {}, 7];
    const labeled = response(text(JSON.stringify(list)))['labeled_paths'] as readonly JsonObject[];
    expect(labeled.map((entry) => [entry['path'], label(entry['labels'])])).toEqual([
      ['/0', [[], 'approved']],
      ['/1', [['private:notes/team'], 'approved']],
      ['/2', [['private:notes/team'], 'unapproved']],
      ['/3', [['private:notes/a\u2028"'], 'approved']],
      ['/4', [['private:notes/unknown'], 'unapproved']],
      ['/5', [['private:notes/unknown'], 'unapproved']],
    ]);
    for (const [result, expected] of [
      [text(JSON.stringify(notes['n2'])), [['private:notes/team'], 'approved']],
      [text('not JSON'), [[], 'blocked']],
      [text('[1,'), [[], 'blocked']],
      [{ content: [{ type: 'image', data: '' }] }, [[], 'blocked']],
      [{}, [[], 'blocked']],
      [null, [[], 'blocked']],
    ] as const) {
      const answer = response(result);
      expect([answer['labeled_paths'], label(answer['default_labels'])], JSON.stringify(result)).toEqual([
        [],
        expected,
      ]);
    }
    // No labels: the error reaches the client as it is.
    expect(response({ ...text('There is no note'), isError: true })).toEqual({});
  });

  it('answers a buffer that is too small with -2 and the size, and fills a buffer of that size', () => {
    proves('own:new-guard-works');
    const list = Array.from({ length: 300 }, (_, index) => ({ id: `n${index}`, folder: 'team', author: 'staff' }));
    const inputs: readonly (readonly [string, JsonValue])[] = [
      ['label_agent', { 'allow-only': { repos: 'all', 'min-integrity': 'approved' } }],
      ['label_resource', { tool_args: { id: 'n2' }, tool_name: 'read_note' }],
      ['label_response', { tool_args: {}, tool_name: 'list_notes', tool_result: text(JSON.stringify(list)) }],
    ];
    for (const [name, input] of inputs) {
      const whole = guard.call(name, input);
      expect(whole.code, name).toBeGreaterThan(0);
      for (const capacity of [4, 16, whole.code - 1]) {
        expect(guard.call(name, input, capacity), `${name} in ${capacity}`).toMatchObject({
          code: -2,
          hint: whole.code,
        });
      }
      for (const capacity of [0, 1, 3]) expect(guard.call(name, input, capacity).code).toBe(-2);
      expect(guard.call(name, input, whole.code)).toMatchObject({ code: whole.code, output: whole.output });
    }
  });

  it('refuses what is not a JSON object with -1, and goes on', () => {
    proves('own:new-guard-works');
    const right = JSON.stringify({ capabilities: {}, tool_args: { id: 'n2', n: -1.5e3 }, tool_name: 'read_note' });
    const bad = [
      '',
      ' ',
      'null',
      '7',
      '"x"',
      '[]',
      '{',
      '}',
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{"a":1}{}',
      '{"a":"\\x"}',
    ];
    const deep = ['['.repeat(20_000), '{"a":'.repeat(20_000), `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`];
    const cut = Array.from({ length: right.length - 1 }, (_, length) => right.slice(0, length));
    for (const name of ['label_agent', 'label_resource', 'label_response']) {
      for (const input of [...bad, ...deep, ...cut]) expect(guard.call(name, input).code, input.slice(0, 80)).toBe(-1);
    }
    expect(guard.call('label_resource', right).code).toBeGreaterThan(0);
  });

  it.each([
    ['notes', 17_000, JSON.stringify({ id: 'n', folder: 'team', author: 'staff' }), true],
    ['notes', 100_000, JSON.stringify({ id: 'n', folder: 'team', author: 'staff' }), false],
    ['numbers', 500_000, '0', false],
    ['empty maps', 400_000, '{}', false],
    ['empty lists', 400_000, '[]', false],
    ['escapes', 1, JSON.stringify('\n'.repeat(1_000_000)), true],
  ])(
    'labels a list of %s (%i), or withholds it as a whole when it does not fit into memory',
    async (_, count, item, fits) => {
      const fresh = await bareGuard(wasm, notesBackend);
      const result = text(`[${Array.from({ length: count }, () => item).join()}]`);
      const input = { tool_args: {}, tool_name: 'list_notes', tool_result: result };
      const { code, hint, output } = fresh.call('label_response', input, 4 * 1024 * 1024);
      // Beyond this size, the gateway ends the call.
      if (code === -2) expect(hint).toBeGreaterThan(4 * 1024 * 1024);
      else {
        const { labeled_paths: labeled } = JSON.parse(output ?? '') as {
          readonly labeled_paths: readonly JsonObject[];
        };
        expect([0, count]).toContain(labeled.length);
        if (fits) expect(labeled.at(-1)?.['path']).toBe(`/${count - 1}`);
      }
      expect(fresh.memoryBytes()).toBeLessThanOrEqual(32 * 1024 * 1024);
    },
  );

  it('needs no more memory after a thousand calls than after the first', async () => {
    const fresh = await bareGuard(wasm, notesBackend);
    const list = Array.from({ length: 100 }, (_, index) => ({ id: `n${index}`, folder: 'team', author: 'staff' }));
    const input = { tool_args: {}, tool_name: 'list_notes', tool_result: text(JSON.stringify(list)) };
    for (let call = 0; call < 20; call++) fresh.call('label_response', input);
    const after = fresh.memoryBytes();
    for (let call = 0; call < 1000; call++) fresh.call('label_response', input);
    expect(fresh.memoryBytes()).toBe(after);
  });

  it('has a debug build beside it that decides alike, with the places of its source', async () => {
    runInProject(folder, language.buildDebug);
    expect(await decided(folder, language.debugGuard)).toEqual(await decided(folder, language.guard));
    expect(readFileSync(at(language.debugGuard), 'latin1')).toMatch(/\.debug_line|sourceMappingURL/);
  }, 600_000);

  it('has tasks whose problem matchers find an error in the source', () => {
    const { tasks } = JSON.parse(readFileSync(at('.vscode/tasks.json'), 'utf8')) as { readonly tasks: readonly Task[] };
    const { file, line } = rulesOf[language.id];
    const source = readFileSync(at(file), 'utf8');
    writeFileSync(at(file), `${source}${line}\n`);
    const [command = ''] = language.build;
    // A compiler that ends at once may not write all to a pipe; to a file and to a terminal it does.
    const { status } = spawnSync(`${command} >build.log 2>&1`, { cwd: folder, shell: true });
    // VS Code matches lines without colours, which the compiler of AssemblyScript also writes where the variable CI is set.
    const output = stripVTControlCharacters(readFileSync(at('build.log'), 'utf8'));
    rmSync(at('build.log'));
    writeFileSync(at(file), source);
    expect(status).not.toBe(0);
    const mistake = {
      file,
      line: String(source.split('\n').length),
      severity: expect.stringMatching(/^error$/i) as string,
      message: expect.stringContaining('missing') as string,
    };
    expect(tasks).toHaveLength(3);
    for (const { label, problemMatcher } of tasks) {
      const found = matchProblems([problemMatcher.pattern].flat(), output);
      expect(found, label).toContainEqual(mistake);
    }
  }, 600_000);

  it('shows the flips of a changed guard in diff and in its guard test, until they are accepted', async () => {
    proves('own:new-guard-tour');
    copyFileSync(at(language.guard), at('before.wasm'));
    const { file } = rulesOf[language.id];
    const source = readFileSync(at(file), 'utf8');
    const changed = source.replace(/(\bUNAPPROVED(?:: \w+)? = )2\b/, '$13');
    expect(changed).not.toBe(source);
    writeFileSync(at(file), changed);
    runInProject(folder, language.build);
    const guards = ['--guard', at('before.wasm'), '--guard-b', at(language.guard)];
    const diff = await guardscopeHere(['diff', at(projectFiles.trace), ...guards, '--policy', at(projectFiles.policy)]);
    expect(diff.code).toBe(1);
    expect(diff.stdout).toMatch(
      / 1 {2}list_notes [^]* 4 {2}read_note .*\n +outcome +was blocked 0\/1, is allowed 1\/1 /,
    );
    expect(diff.stdout).toContain('\n2 of 10 calls are decided differently\n');
    expect((await guardscopeHere(['test', folder])).code).toBe(1);
    expect((await guardscopeHere(['test', '--update', folder])).code).toBe(0);
    expect((await guardscopeHere(['test', folder])).code).toBe(0);
  }, 600_000);
});
