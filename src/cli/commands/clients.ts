/** `clients`: lists the MCP servers in the configuration files of known clients. */
import { readClientFile } from '../../engine/clients/readConfig.ts';
import { ownClientFiles } from '../clientFiles.ts';
import { type Command, exitCodes } from '../command.ts';

export const clients: Command = {
  name: 'clients',
  summary: 'List the MCP servers that clients on this machine and the current folder are configured with.',
  positions: [],
  flags: { json: { kind: 'switch', help: 'One server (JSON) a line instead of a table; without its environment' } },
  async run(args, output) {
    const configs = await Promise.all(ownClientFiles().map((file) => readClientFile(file)));
    for (const { problems } of configs) for (const problem of problems) output.problem(problem);
    for (const { file, servers } of configs) {
      if (args.has('json')) {
        for (const { env, ...server } of servers) {
          await output.json({ client: file.client, file: file.path, ...server, env: Object.keys(env ?? {}) });
        }
        continue;
      }
      if (servers.length > 0) await output.line(`${file.name}  ${file.path}`);
      for (const { name, transport, wrapped, command, url } of servers) {
        await output.line(
          `  ${name.padEnd(24)} ${transport.padEnd(6)} ${(wrapped ? 'captured' : '').padEnd(9)} ${url ?? command ?? ''}`.trimEnd(),
        );
      }
    }
    return exitCodes.fine;
  },
};
