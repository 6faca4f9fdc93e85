/** The inspector's command line with published servers: the same output with the tap, and the capture contains the calls. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { run, scratchFolder, type Seen, tapped } from '../tapped.ts';
import { commandFile, everythingOverHttp, httpTapped, serverCommand } from './servers.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const inspector = commandFile('@modelcontextprotocol/inspector');

/** `mcp-inspector --cli …`, without its output about itself. */
async function inspect(
  flags: readonly string[],
  server: readonly string[],
): Promise<Omit<Seen, 'stdout'> & { readonly stdout: string }> {
  const command = [process.execPath, inspector, '--cli', ...flags, ...server];
  const { stdout, stderr, ...end } = await run(command);
  const lines = stderr.split('\n').filter((line) => !line.startsWith('[mcp-inspector]'));
  return { ...end, stdout: stdout.toString(), stderr: lines.join('\n') };
}

/** The inspector consumes the first `--`, so a command with flags needs another one before it. */
const behind = (command: readonly string[]): readonly string[] => ['--', ...command];

const toolCall = (name: string, ...args: readonly string[]): readonly string[] => [
  ...['--method', 'tools/call', '--tool-name', name],
  ...args.flatMap((arg) => ['--tool-arg', arg]),
];

async function recordedTools(capture: string): Promise<unknown> {
  const { calls, problems } = await readTraceFile(capture);
  expect(problems).toEqual([]);
  return calls.map(({ tool, answer }) => [tool, answer?.result !== undefined]);
}

describe.concurrent('over stdio', () => {
  test('server-filesystem', async () => {
    const folder = scratch.path('files');
    mkdirSync(folder);
    const note = join(folder, 'note.txt');
    writeFileSync(note, 'Grüße\n');
    const server = serverCommand('@modelcontextprotocol/server-filesystem', folder);
    const capture = scratch.path('files.guardtrace.jsonl');
    const flags = toolCall('read_text_file', `path=${note}`);
    const [direct, seen] = await Promise.all([
      inspect(flags, behind(server)),
      inspect(flags, behind(tapped(capture, server))),
    ]);
    expect(seen).toEqual(direct);
    expect(seen).toMatchObject({ code: 0, stdout: expect.stringContaining('Grüße') as string });
    expect(await recordedTools(capture)).toEqual([['read_text_file', true]]);
  });

  test('server-memory', async () => {
    const server = (name: string): readonly string[] => [
      ...['env', `MEMORY_FILE_PATH=${scratch.path(name)}`],
      ...serverCommand('@modelcontextprotocol/server-memory'),
    ];
    const capture = scratch.path('memory.guardtrace.jsonl');
    const entities = JSON.stringify([{ name: 'Ann', entityType: 'person', observations: ['likes tea'] }]);
    const flags = toolCall('create_entities', `entities=${entities}`);
    const [direct, seen] = await Promise.all([
      inspect(flags, behind(server('direct.jsonl'))),
      inspect(flags, behind(tapped(capture, server('tapped.jsonl')))),
    ]);
    expect(seen).toEqual(direct);
    expect(seen).toMatchObject({ code: 0, stdout: expect.stringContaining('likes tea') as string });
    expect(readFileSync(scratch.path('tapped.jsonl'))).toEqual(readFileSync(scratch.path('direct.jsonl')));
    expect(await recordedTools(capture)).toEqual([['create_entities', true]]);
  });
});

describe.concurrent('over HTTP', () => {
  test.each([
    ['http', 'streamableHttp', toolCall('get-sum', 'a=2', 'b=3'), '"The sum of 2 and 3 is 5."', [['get-sum', true]]],
    ['sse', 'sse', ['--method', 'tools/list'], 'trigger-long-running-operation', []],
  ] as const)('server-everything by %s', async (flag, transport, flags, part, calls) => {
    const server = await everythingOverHttp(transport);
    const capture = scratch.path(`${transport}.guardtrace.jsonl`);
    const tap = await httpTapped(capture, server.url);
    try {
      const [direct, seen] = await Promise.all(
        [server.url, tap.url].map((url) => inspect(['--transport', flag, ...flags, '--server-url', url], [])),
      );
      expect(seen).toEqual(direct);
      expect(seen).toMatchObject({ code: 0, stdout: expect.stringContaining(part) as string });
    } finally {
      await tap.stop();
      await server.stop();
    }
    expect(await recordedTools(capture)).toEqual(calls);
  });
});
