/** `clients`: lists the MCP servers in the configuration files of known clients. */
import { readClientFile } from '../../engine/clientConfigs/clientFiles.ts';
import { ownClientFiles, possibleFiles } from '../clientFiles.ts';
import { type Command, exitCodes } from '../command.ts';

export const clients: Command = {
  name: 'clients',
  summary: 'List the MCP servers that clients on this machine and the current folder are configured with.',
  positions: [],
  flags: { json: { kind: 'switch', help: 'One server (JSON) a line instead of a table; without its environment' } },
  async run(args, output) {
    const configs = await Promise.all(ownClientFiles().map((file) => readClientFile(file)));
    for (const { problems } of configs) for (const problem of problems) output.problem(problem);
    for (const { file, servers, problems } of configs) {
      if (args.has('json')) {
        for (const { env, ...server } of servers) {
          await output.json({ client: file.client, file: file.path, ...server, env: Object.keys(env ?? {}) });
        }
        continue;
      }
      await output.line(`${file.name}  ${file.path}`);
      if (servers.length === 0 && problems.length === 0) await output.line('  no servers');
      for (const { name, transport, wrapped, command, url } of servers) {
        await output.line(
          `  ${name.padEnd(24)} ${transport.padEnd(6)} ${(wrapped ? 'captured' : '').padEnd(9)} ${url ?? command ?? ''}`.trimEnd(),
        );
      }
    }
    if (configs.length === 0) {
      output.note('no client that is known here has a configuration file; looked for these:');
      for (const { path } of possibleFiles()) output.note(`  ${path}`);
    }
    return exitCodes.fine;
  },
};
