/** `import`, `export` and `drift`: captures from and for other tools, and what changed in the tools of a server. */
import { compareTools, describeChange } from '../../core/interchange/toolDrift.ts';
import { exportKinds, exportTrace } from '../../engine/traceFiles/exportTrace.ts';
import { importTrace } from '../../engine/traceFiles/importTrace.ts';
import { readOfferedTools } from '../../engine/traceFiles/offeredTools.ts';
import { usage } from '../base/args.ts';
import { type Command, exitCodes } from '../base/command.ts';
import { version } from '../base/version.ts';

export const importCommand: Command = {
  name: 'import',
  summary: 'Make captures of a HAR, a cassette of mcp-recorder, a bundle, or a list of JSON-RPC messages.',
  positions: ['FILE'],
  flags: { 'out-dir': { kind: 'value', value: 'DIR', help: 'Where the captures go (default: beside the file)' } },
  async run(args, output) {
    const folder = args.value('out-dir');
    const path = args.position(0, 'FILE');
    const { captures, policy, problems } = await importTrace(path, {
      version: version(),
      ...(folder === undefined ? {} : { folder }),
    });
    for (const problem of problems) output.problem(problem, `${path}: `);
    for (const made of [...captures, ...(policy === null ? [] : [policy])]) await output.line(made);
    return exitCodes.fine;
  },
};

export const exportCommand: Command = {
  name: 'export',
  summary: 'Write a capture as HAR, as a cassette of mcp-recorder, or as a bundle without secrets.',
  positions: ['CAPTURE'],
  flags: {
    as: { kind: 'value', value: 'KIND', help: 'har, cassette or bundle' },
    out: { kind: 'value', value: 'FILE', help: 'The file to write; never one that is there' },
    policy: { kind: 'value', value: 'FILE', help: 'For a bundle: the policy' },
    guard: { kind: 'value', value: 'FILE', help: 'For a bundle: the guard, whose hash is written' },
    'with-guard': { kind: 'switch', help: 'For a bundle: the guard itself, too' },
  },
  async run(args, output) {
    args.required('as');
    const kind = args.oneOf('as', exportKinds) ?? 'bundle';
    if (args.has('with-guard') && args.value('guard') === undefined) throw usage('export', 'Missing --guard');
    const options = {
      version: version(),
      policy: args.value('policy') ?? null,
      guard: args.value('guard') ?? null,
      withGuard: args.has('with-guard'),
    };
    const { path, note } = await exportTrace(args.position(0, 'CAPTURE'), kind, args.required('out'), options);
    await output.line(note === '' ? path : `${path} (${note})`);
    return exitCodes.fine;
  },
};

export const drift: Command = {
  name: 'drift',
  summary:
    'Compare the tools of a server in two captures: what came, what went, and what a model reads now. Exit code 1 when they differ.',
  positions: ['BEFORE', 'AFTER'],
  flags: { json: { kind: 'switch', help: 'The changes as one JSON list' } },
  async run(args, output) {
    const [before, after] = await Promise.all([
      readOfferedTools(args.position(0, 'BEFORE')),
      readOfferedTools(args.position(1, 'AFTER')),
    ]);
    const changes = compareTools(before, after);
    if (args.has('json')) await output.json(changes);
    else for (const line of changes.flatMap(describeChange)) await output.line(line);
    if (changes.length === 0 && !args.has('json')) await output.line(`The same ${after.length} tools`);
    return changes.length === 0 ? exitCodes.fine : exitCodes.differs;
  },
};
