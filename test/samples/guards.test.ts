/** Tests of the sample guards without the engine: labels for each tool, look-ups and refused calls. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';
import { samples } from '../../src/core/samples/catalog.ts';
import { type BareGuard, bareGuard } from '../support/guards/bareGuard.ts';
import { readJson, samplePath } from '../support/samples.ts';

const LEVELS = ['none', 'unapproved', 'approved', 'merged'];
const rust = 'files-and-memory';
const both = samples.map((sample) => sample.id);

const ENTITIES: Record<string, readonly string[]> = {
  Acme: ['source: customers/acme/contract.md', '64 bikes'],
  Rule: ['source: docs/handbook.md'],
  Offer: ['source: inbox/offer.md'],
  Talks: ['source: private/minutes.md'],
};

/** A result with one text, like the answers of both servers. */
function text(content: string): JsonObject {
  return { content: [{ text: content, type: 'text' }] };
}

function graph(entities: Record<string, readonly string[]>): string {
  const list = Object.entries(entities).map(([name, observations]) => ({ name, observations, entityType: 'x' }));
  return JSON.stringify({ entities: list, relations: [] }, null, 2);
}

function backend(tool: string, args: JsonValue): JsonValue | undefined {
  const { path, names } = args as { path?: string; names?: string[] };
  if (tool === 'list_allowed_directories') return text('Allowed directories:\n/workspace');
  if (tool === 'get_file_info')
    return text(`size: 9\npermissions: ${path?.endsWith('faq.md') === true ? '666' : '644'}`);
  if (tool !== 'open_nodes') return undefined;
  return text(graph(Object.fromEntries((names ?? []).flatMap((name) => [[name, ENTITIES[name] ?? []]]))));
}

async function guardFor(id: string, policy: JsonValue = readJson(samplePath(id, 'policy.json'))): Promise<BareGuard> {
  const guard = await bareGuard(readFileSync(samplePath(id, 'guard.wasm')), backend);
  expect(guard.call('label_agent', policy).code).toBeGreaterThan(0);
  return guard;
}

function parse(output: string | null): JsonObject {
  return JSON.parse(output ?? 'null') as JsonObject;
}

/** A label as one word for secrecy and one for integrity: `private:customers approved`, `- merged`, `- blocked`. */
function brief(labels: JsonValue | undefined): string {
  const { secrecy, integrity } = labels as { secrecy: string[]; integrity: string[] };
  const expected = LEVELS.slice(0, integrity.length).map((level) => `${level}:workspace`);
  const level = integrity[0] === 'blocked:workspace' ? 'blocked' : LEVELS[integrity.length - 1];
  if (level !== 'blocked') expect([...integrity].sort()).toEqual([...expected].sort());
  return `${secrecy.join(' ') || '-'} ${level}`;
}

function resource(guard: BareGuard, tool: string, args: JsonValue): string {
  const { code, output } = guard.call('label_resource', { capabilities: {}, tool_args: args, tool_name: tool });
  if (code < 0) return String(code);
  const answer = parse(output);
  return `${answer['operation'] as string} ${brief(answer['resource'])}`;
}

function items(guard: BareGuard, tool: string, args: JsonValue, result: JsonValue): readonly string[] {
  const answer = parse(guard.call('label_response', { tool_args: args, tool_name: tool, tool_result: result }).output);
  const listed = (answer['items'] ?? answer['labeled_paths']) as readonly { labels: JsonObject }[];
  return listed.map(({ labels }) => `${labels['description'] as string} ${brief(labels)}`);
}

describe.each(both)('%s: label_agent', (id) => {
  it.each([
    ['all', 'merged', ['private:customers', 'private:private'], 4],
    ['public', 'none', [], 1],
    [['workspace/docs'], 'unapproved', [], 2],
    [['workspace/cust*', 'workspace/docs'], ' Approved ', ['private:customers'], 3],
    [['workspace/*'], 'approved', ['private:customers', 'private:private'], 3],
  ])('repos %j with %s', async (repos, level, secrecy, levels) => {
    const guard = await bareGuard(readFileSync(samplePath(id, 'guard.wasm')));
    const { output } = guard.call('label_agent', { 'allow-only': { repos, 'min-integrity': level } });
    const integrity = LEVELS.slice(0, levels).map((name) => `${name}:workspace`);
    expect(parse(output)).toMatchObject({ agent: { secrecy, integrity }, difc_mode: 'filter' });
  });

  it.each([
    ['not JSON', '{"allow-only"', 'not JSON|no JSON'],
    ['no allow-only', '{}', 'allow-only'],
    ['an unknown level', '{"allow-only":{"repos":"all","min-integrity":"high"}}', 'min-integrity "high"'],
    ['a foreign scope', '{"allow-only":{"repos":["acme/docs"],"min-integrity":"none"}}', 'acme/docs'],
    ['no repos', '{"allow-only":{"min-integrity":"none"}}', 'repos must be'],
    ['text that ends inside of an object', '['.repeat(300), 'JSON'],
  ])('refuses %s with -1 after an error in the log', async (_, input, why) => {
    const guard = await bareGuard(readFileSync(samplePath(id, 'guard.wasm')));
    expect(guard.call('label_agent', input).code).toBe(-1);
    expect(guard.log.filter((line) => line.startsWith('3:')).join()).toMatch(new RegExp(why));
    expect(guard.call('label_resource', { tool_name: 'read_graph', tool_args: {} }).code).toBe(-1);
  });
});

describe.each(both)('%s: label_resource', (id) => {
  it.each([
    ['read_text_file', { path: '/workspace/docs/handbook.md' }, 'read - merged'],
    ['read_text_file', { path: 'docs/drafts/a.md' }, 'read - approved'],
    ['read_text_file', { path: '/workspace/docs/../private/a.md' }, 'read private:private approved'],
    ['get_file_info', { path: '/workspace/inbox/offer.md' }, 'read - unapproved'],
    ['read_text_file', { path: '/workspace2/docs/a.md' }, 'read - blocked'],
    ['read_text_file', { path: '../etc/passwd' }, 'read - blocked'],
    ['read_text_file', { path: '/workspace/notes/a.md' }, 'read private:notes unapproved'],
    ['read_text_file', { path: '/workspace/README.md' }, 'read - merged'],
    ['list_directory', { path: '/workspace/inbox' }, 'read - unapproved'],
    ['list_directory', { path: '/workspace' }, 'read - merged'],
    ['read_multiple_files', { paths: ['docs/a.md', 'customers/a/b.md'] }, 'read private:customers approved'],
    ['list_allowed_directories', {}, 'read - merged'],
    ['write_file', { path: 'docs/handbook.md', content: '' }, 'write - merged'],
    ['write_file', { path: 'outbox/a.md', content: '' }, 'write - approved'],
    ['create_directory', { path: 'customers/new' }, 'write private:customers approved'],
    ['edit_file', { path: 'customers/acme/notes.md', edits: [] }, 'read-write private:customers approved'],
    ['create_entities', { entities: [{ name: 'x', observations: ['source: docs/a.md'] }] }, 'write - approved'],
    ['create_entities', { entities: [{ name: 'x', observations: ['y'] }] }, 'write - unapproved'],
    ['read_graph', {}, 'read - unapproved'],
    ['format_disk', {}, 'write - blocked'],
    ['read_text_file', {}, '-1'],
    ['read_text_file', { path: 7 }, '-1'],
    ['read_multiple_files', { paths: [] }, '-1'],
    ['write_file', null, '-1'],
  ] as const)('%s %j: %s', async (tool, args, expected) => {
    expect(resource(await guardFor(id), tool, args as JsonValue)).toBe(expected);
  });
});

describe.each(both)('%s: label_response', (id) => {
  it('labels a listing line by line without the names of closed folders', async () => {
    const listing = text('[DIR] docs\n[DIR] inbox\n[DIR] private\n[FILE] README.md');
    const labelled = items(await guardFor(id), 'list_directory', { path: '/workspace' }, listing);
    expect(labelled.map((item) => item.replace(/^(file|dir|path):/, ''))).toEqual([
      'docs - merged',
      'inbox - merged',
      'private/* private:private merged',
      'README.md - merged',
    ]);
  });

  it('labels matches by their full paths', async () => {
    const matches = text('/workspace/inbox/a.md\n/workspace/customers/acme/notes.md\n/elsewhere/x');
    const labelled = items(await guardFor(id), 'search_files', { path: '/workspace', pattern: '*' }, matches);
    expect(labelled.map((item) => item.replace(/^(file|path):/, ''))).toEqual([
      'inbox/a.md - unapproved',
      'customers/acme/notes.md private:customers approved',
      'outside the workspace - blocked',
    ]);
  });

  it('labels entities by their sources, never above approved', async () => {
    expect(items(await guardFor(id), 'read_graph', {}, text(graph(ENTITIES)))).toEqual([
      'entity:Acme private:customers approved',
      'entity:Rule - approved',
      'entity:Offer - unapproved',
      'entity:* private:private approved',
    ]);
  });

  it('requests a larger buffer with a size hint, and returns the same answer in it', async () => {
    const guard = await guardFor(id);
    const input = { tool_args: {}, tool_name: 'read_graph', tool_result: text(graph(ENTITIES)) };
    const tooSmall = guard.call('label_response', input, 64);
    expect(tooSmall.code).toBe(-2);
    const exact = guard.call('label_response', input, tooSmall.hint ?? 0);
    expect(exact.code).toBe(tooSmall.hint);
    expect(guard.call('label_response', input).output).toBe(exact.output);
    expect(guard.call('label_response', input, 3)).toMatchObject({ code: -2 });
    expect(guard.log.some((line) => line.startsWith('2:'))).toBe(true);
  });

  it('labels a backend error like the requested resource', async () => {
    const failed = { ...text('Error: no such file'), isError: true };
    const input = { tool_args: { path: '/workspace/inbox' }, tool_name: 'list_directory', tool_result: failed };
    const answer = parse((await guardFor(id)).call('label_response', input).output);
    expect(brief(answer['default_labels'])).toBe('- unapproved');
  });
});

describe('the Rust guard', () => {
  it('lowers the integrity of a world-writable file, with one look-up', async () => {
    const guard = await guardFor(rust);
    const args = { path: '/workspace/docs/faq.md' };
    expect(resource(guard, 'read_text_file', args)).toBe('read - none');
    expect(resource(guard, 'read_text_file', args)).toBe('read - none');
    const lookUps = ['list_allowed_directories {}', 'get_file_info {"path":"/workspace/docs/faq.md"}'];
    expect(guard.lookUps).toEqual(lookUps);
    resource(guard, 'write_file', args);
    resource(guard, 'read_text_file', args);
    expect(guard.lookUps).toEqual([...lookUps, lookUps[1]]);
  });

  it('treats a file with unknown permissions as world-writable, logs a warning, and repeats the look-up later', async () => {
    const policy = readJson(samplePath(rust, 'policy.json'));
    const guard = await bareGuard(readFileSync(samplePath(rust, 'guard.wasm')));
    guard.call('label_agent', policy);
    expect(resource(guard, 'read_text_file', { path: 'docs/a.md' })).toBe('read - none');
    expect(guard.log.filter((line) => line.startsWith('2:'))).toHaveLength(2);
    resource(guard, 'read_text_file', { path: 'docs/a.md' });
    expect(guard.lookUps.filter((line) => line.startsWith('get_file_info'))).toHaveLength(2);
  });

  it('blocks a move that makes content public, and allows a move between equal labels', async () => {
    const guard = await guardFor(rust);
    const move = (source: string, destination: string) => resource(guard, 'move_file', { source, destination });
    expect(move('customers/acme/a.md', 'outbox/a.md')).toBe('write - blocked');
    expect(move('customers/acme/a.md', 'customers/borealis/a.md')).toBe('write private:customers approved');
    expect(move('inbox/a.md', 'docs/a.md')).toBe('write - merged');
  });

  it('splits the result of read_multiple_files unless a file contains the separator', async () => {
    const guard = await guardFor(rust);
    const args = { paths: ['docs/a.md', 'inbox/b.md', 'docs/faq.md'] };
    const parts = ['docs/a.md:\none\n', 'inbox/b.md:\ntwo\n', 'docs/faq.md:\nthree\n'];
    expect(items(guard, 'read_multiple_files', args, text(parts.join('\n---\n')))).toEqual([
      'file:docs/a.md - merged',
      'file:inbox/b.md - unapproved',
      'file:docs/faq.md - none',
    ]);
    const forged = parts.join('\n---\n').replace('two', 'x\n---\ndocs/faq.md:\nforged');
    const input = { tool_args: args, tool_name: 'read_multiple_files', tool_result: text(forged) };
    expect(brief(parse(guard.call('label_response', input).output)['default_labels'])).toBe('- none');
  });

  it('labels a tree with the lowest integrity and the highest secrecy in it', async () => {
    const file = (name: string) => ({ name, type: 'file' });
    const folder = (name: string, children: JsonValue) => ({ name, type: 'directory', children });
    const tree = [folder('docs', [file('a.md'), folder('drafts', [file('b.md')])]), folder('inbox', [file('c.md')])];
    const result = text(JSON.stringify(tree, null, 2));
    const labelled = items(await guardFor(rust), 'directory_tree', { path: '/workspace' }, result);
    expect(labelled).toEqual(['dir:docs - approved', 'dir:inbox - unapproved']);
  });

  it('tracks the sources of an entity and the subjects of other entities', async () => {
    const guard = await guardFor(rust);
    const add = (name: string, ...contents: string[]) =>
      resource(guard, 'add_observations', { observations: [{ entityName: name, contents }] });
    expect(add('Acme', 'x')).toBe('write private:customers approved');
    expect(add('Rule', 'x')).toBe('write - approved');
    expect(add('Rule', 'source: customers/acme/notes.md')).toBe('write private:customers approved');
    expect(items(guard, 'search_nodes', {}, text(graph({ Renewal: ['about: Acme'] })))).toEqual([
      'entity:Renewal private:customers approved',
    ]);
    const removal = { deletions: [{ entityName: 'Acme', observations: ['source: customers/acme/contract.md'] }] };
    expect(resource(guard, 'delete_observations', removal)).toBe('write private:customers merged');
    const relations = [{ from: 'Acme', to: 'Rule', relationType: 'x' }];
    expect(resource(guard, 'create_relations', { relations })).toBe('write - approved');
  });

  it('repeats a look-up with the hinted size when the answer does not fit', async () => {
    const guard = await bareGuard(readFileSync(samplePath(rust, 'guard.wasm')), () =>
      text(graph({ Acme: ['source: customers/a.md', 'x'.repeat(5000)] })),
    );
    guard.call('label_agent', readJson(samplePath(rust, 'policy.json')));
    expect(resource(guard, 'delete_entities', { entityNames: ['Acme'] })).toBe('write private:customers approved');
    expect(guard.lookUps).toHaveLength(2);
  });

  it('stops look-ups before the limit of the gateway', async () => {
    const guard = await guardFor(rust);
    const paths = Array.from({ length: 60 }, (_, index) => `docs/${index}.md`);
    const contents = paths.map((path) => `${path}:\nx\n`).join('\n---\n');
    resource(guard, 'list_directory', { path: '/workspace' });
    const before = guard.lookUps.length;
    const labelled = items(guard, 'read_multiple_files', { paths }, text(contents));
    expect(guard.lookUps.length - before).toBe(40);
    expect(labelled.filter((label) => label.endsWith(' none'))).toHaveLength(20);
    expect(guard.log.filter((line) => line.startsWith('2:'))).toHaveLength(20);
  });
});
