/** `wrap` and `unwrap`: put a tap before a server in the configuration of a client, and take it away again. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { applyPlan } from '../../engine/clientConfigs/applyPlan.ts';
import { rowOf } from '../../core/clientConfigs/clientTable.ts';
import { diffText } from '../../core/clientConfigs/diffText.ts';
import type { TapCommand } from '../../core/clientConfigs/clientModel.ts';
import { type Plan, planUnwrap, planWrap } from '../../core/clientConfigs/wrap.ts';
import { ownTap, recordFolder, requireServer, requireWrappedNames } from '../clientFiles.ts';
import { type Command, exitCodes } from '../command.ts';
import type { Output } from '../output.ts';

const dryRun = { kind: 'switch', help: 'Show the change and write nothing' } as const;

export const wrap: Command = {
  name: 'wrap',
  summary: 'Put a tap before a server in the configuration of a client, so that its sessions are captured.',
  positions: ['FILE|CLIENT', 'SERVER'],
  flags: {
    'out-dir': { kind: 'value', value: 'DIR', help: 'Where captures go (default: ~/.guardscope/captures)' },
    url: {
      kind: 'value',
      value: 'URL',
      help: 'For a server with an address: that of the tap, as "tap --http" prints it',
    },
    'dry-run': dryRun,
  },
  async run(args, output) {
    const name = args.position(1, 'SERVER');
    const { config, server } = await requireServer(args.position(0, 'FILE|CLIENT'), name, false);
    const url = args.value('url');
    const folder = args.value('out-dir') ?? join(homedir(), '.guardscope', 'captures');
    const tap: TapCommand = url === undefined ? ownTap(name, folder) : { url };
    await carryOut(planWrap(config, server, tap), args.has('dry-run'), output, tap);
    return exitCodes.fine;
  },
};

export const unwrap: Command = {
  name: 'unwrap',
  summary: 'Take the tap away from a server, or from every server of a configuration.',
  positions: ['FILE|CLIENT', 'SERVER'],
  flags: { 'dry-run': dryRun },
  async run(args, output) {
    const name = args.optional(1);
    const source = args.position(0, 'FILE|CLIENT');
    const names = name === undefined ? await requireWrappedNames(source) : [name];
    for (const each of names) {
      // Read anew: the places of the next entry are others once this one is changed.
      const { config, server } = await requireServer(source, each, true);
      const plan = planUnwrap(config, server, recordFolder().read());
      await carryOut(plan, args.has('dry-run'), output);
    }
    if (names.length === 0) await output.line('No tap stands before any of its servers');
    return exitCodes.fine;
  },
};

async function carryOut(plan: Plan, dry: boolean, output: Output, tap?: TapCommand): Promise<void> {
  const { config, server, kind } = plan;
  await output.text(diffText(plan).trimEnd());
  if (dry) return;
  const backup = applyPlan(plan, recordFolder(), tap);
  const done =
    kind === 'wrap' ? `The sessions of "${server.name}" are captured from now on` : `"${server.name}" is as it was`;
  await output.line(`${done}. ${rowOf(config.file).restart}.`);
  if (backup !== null) await output.line(`The file as it was: ${backup}`);
}
