/** `clients`: lists the MCP servers in the configuration files of known clients. */
import { readClientFile } from '../../engine/clientConfigs/clientFiles.ts';
import { ownClientFiles, possibleFiles } from '../base/clientFiles.ts';
import { type Command, exitCodes } from '../base/command.ts';

export const clients: Command = {
  name: 'clients',
  summary: 'List the MCP servers in the configurations of the clients on this machine and in the current folder.',
  positions: [],
  flags: {
    json: {
      kind: 'switch',
      help: 'Print JSON lines, one per server, with the names but not the values of its environment',
    },
  },
  async run(args, output) {
    const configs = await Promise.all(ownClientFiles().map((file) => readClientFile(file)));
    for (const { problems } of configs) for (const problem of problems) output.problem(problem);
    for (const { file, faults } of configs) {
      for (const { path, what, hint } of faults) {
        const message = `Clients may read "${path.at(-1) ?? ''}" in different ways: ${what}`;
        const position = { file: file.path };
        output.problem({ severity: 'warning', code: 'clients/unclear', message, hint, position });
      }
    }
    for (const { file, servers, problems } of configs) {
      if (args.has('json')) {
        for (const { env, ...server } of servers) {
          await output.json({ client: file.client, file: file.path, ...server, env: Object.keys(env ?? {}) });
        }
        continue;
      }
      await output.line(`${file.name}  ${file.path}`);
      if (servers.length === 0 && problems.length === 0) await output.line('  no servers');
      for (const { name, project, transport, wrapped, command, url } of servers) {
        const state = `${transport.padEnd(6)} ${(wrapped ? 'captured' : '').padEnd(9)}`;
        const whose = project === undefined ? '' : `  (project ${project})`;
        await output.line(`  ${name.padEnd(24)} ${state} ${url ?? command ?? ''}`.trimEnd() + whose);
      }
    }
    if (configs.length === 0) {
      output.note('no configuration file of a known client was found. Searched paths:');
      for (const { path } of possibleFiles()) output.note(`  ${path}`);
    }
    return exitCodes.fine;
  },
};
