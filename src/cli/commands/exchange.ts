/** `import`, `export` and `drift`: conversion of captures, and changes in the tools of a server. */
import { compareTools, describeChange } from '../../core/interchange/toolDrift.ts';
import { exportKinds, exportTrace } from '../../engine/traceFiles/exportTrace.ts';
import { importTrace } from '../../engine/traceFiles/importTrace.ts';
import { readOfferedTools } from '../../engine/traceFiles/offeredTools.ts';
import { usage } from '../base/args.ts';
import { type Command, exitCodes } from '../base/command.ts';
import { version } from '../base/version.ts';

export const importCommand: Command = {
  name: 'import',
  summary: 'Convert a HAR, an mcp-recorder cassette, a bundle, or a list of JSON-RPC messages to captures.',
  positions: ['FILE'],
  flags: {
    'out-dir': { kind: 'value', value: 'DIR', help: 'Folder for the captures (default: the folder of the file)' },
  },
  async run(args, output) {
    const folder = args.value('out-dir');
    const path = args.position(0, 'FILE');
    const { captures, policy, problems } = await importTrace(path, {
      version: version(),
      ...(folder === undefined ? {} : { folder }),
    });
    for (const problem of problems) output.problem(problem, `${path}: `);
    for (const written of [...captures, ...(policy === null ? [] : [policy])]) await output.line(written);
    return exitCodes.fine;
  },
};

export const exportCommand: Command = {
  name: 'export',
  summary: 'Convert a capture to a HAR, an mcp-recorder cassette, or a bundle without secrets.',
  positions: ['CAPTURE'],
  flags: {
    as: { kind: 'value', value: 'KIND', help: 'Format: har, cassette or bundle' },
    out: { kind: 'value', value: 'FILE', help: 'The file to write; it must not exist' },
    policy: { kind: 'value', value: 'FILE', help: 'For a bundle: the policy to include' },
    guard: { kind: 'value', value: 'FILE', help: 'For a bundle: the guard whose hash to include' },
    'with-guard': { kind: 'switch', help: 'For a bundle: include the guard itself' },
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
    'Compare the tools of a server in two captures: added, removed and changed tools. Exit code 1 if they differ.',
  positions: ['BEFORE', 'AFTER'],
  flags: { json: { kind: 'switch', help: 'Print the changes as one JSON array' } },
  async run(args, output) {
    const [before, after] = await Promise.all([
      readOfferedTools(args.position(0, 'BEFORE')),
      readOfferedTools(args.position(1, 'AFTER')),
    ]);
    const changes = compareTools(before, after);
    if (args.has('json')) await output.json(changes);
    else for (const line of changes.flatMap(describeChange)) await output.line(line);
    if (changes.length === 0 && !args.has('json')) await output.line(`No changes in ${after.length} tools`);
    return changes.length === 0 ? exitCodes.fine : exitCodes.differs;
  },
};
