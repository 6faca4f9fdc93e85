/** `wrap` and `unwrap`: add a tap to a server in a client's configuration, and remove it. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { applyPlan } from '../../engine/clientConfigs/applyPlan.ts';
import { rowOf } from '../../core/clientConfigs/clientTable.ts';
import { diffText } from '../../core/clientConfigs/diffText.ts';
import type { TapCommand } from '../../core/clientConfigs/clientModel.ts';
import { type Plan, planUnwrap, planWrap } from '../../core/clientConfigs/wrap.ts';
import { usage } from '../base/args.ts';
import { ownTap, readAgain, recordFolder, requireConfiguredServer, requireWrapped } from '../base/clientFiles.ts';
import { type Command, exitCodes } from '../base/command.ts';
import type { Output } from '../base/output.ts';

const project = {
  kind: 'value',
  value: 'DIR',
  help: 'The project of the server, when several have one of this name; none for a server outside of projects',
} as const;
const dryRun = { kind: 'switch', help: 'Show the change without writing it' } as const;

export const wrap: Command = {
  name: 'wrap',
  summary: "Add a tap to a server in a client's configuration, so that its sessions are captured.",
  positions: ['FILE|CLIENT', 'SERVER'],
  flags: {
    'out-dir': { kind: 'value', value: 'DIR', help: 'Folder for captures (default: ~/.guardscope/captures)' },
    url: {
      kind: 'value',
      value: 'URL',
      help: 'For a server with a URL: the address that "guardscope tap --http" printed',
    },
    project,
    'dry-run': dryRun,
  },
  async run(args, output) {
    const name = args.position(1, 'SERVER');
    const choice = { wrapped: false, project: args.value('project') };
    const { config, server } = await requireConfiguredServer(args.position(0, 'FILE|CLIENT'), name, choice);
    const url = args.value('url');
    const folder = args.value('out-dir') ?? join(homedir(), '.guardscope', 'captures');
    const tap: TapCommand = url === undefined ? ownTap(name, folder) : { url };
    await carryOut(planWrap(config, server, tap), { dryRun: args.has('dry-run'), tap }, output);
    return exitCodes.fine;
  },
};

export const unwrap: Command = {
  name: 'unwrap',
  summary: "Remove the tap from a server, or from all servers of a client's configuration.",
  positions: ['FILE|CLIENT', 'SERVER'],
  flags: { project, 'dry-run': dryRun },
  async run(args, output) {
    const name = args.optional(1);
    const source = args.position(0, 'FILE|CLIENT');
    if (name === undefined && args.value('project') !== undefined) throw usage('unwrap', 'Missing SERVER');
    const choice = { wrapped: true, project: args.value('project') };
    const found =
      name === undefined ? await requireWrapped(source) : [await requireConfiguredServer(source, name, choice)];
    for (const each of found) {
      // A change moves the positions of the other entries.
      const { config, server } = await readAgain(each);
      const plan = planUnwrap(config, server, recordFolder().read());
      await carryOut(plan, { dryRun: args.has('dry-run') }, output);
    }
    if (found.length === 0) await output.line('No server is wrapped in a tap');
    return exitCodes.fine;
  },
};

interface CarryOutOptions {
  readonly dryRun: boolean;
  /** The tap that a wrap adds, for the record of the change. */
  readonly tap?: TapCommand;
}

/** Prints the change, and makes it unless `dryRun`. */
async function carryOut(plan: Plan, { dryRun: dry, tap }: CarryOutOptions, output: Output): Promise<void> {
  const { config, server, kind } = plan;
  await output.text(diffText(plan).trimEnd());
  if (dry) return;
  const backup = applyPlan(plan, recordFolder(), tap);
  const done = kind === 'wrap' ? `Added a tap to "${server.name}"` : `Restored the entry of "${server.name}"`;
  await output.line(`${done}. ${rowOf(config.file).restart}.`);
  if (backup !== null) await output.line(`Backup: ${backup}`);
}
