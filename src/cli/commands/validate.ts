/** `validate`: checks a policy, or explains what the gateway would do with a configuration. */
import type { Problem } from '../../core/base/parsed.ts';
import { parsePolicyText } from '../../core/policy/parse.ts';
import type { ConfigAccount, ServerAccount } from '../../core/gatewayConfig/account/account.ts';
import { readGatewayConfig } from '../../core/gatewayConfig/config.ts';
import { readConfigFile } from '../../engine/gateway/configFile.ts';
import { explainConfig } from '../../engine/gateway/explainConfig.ts';
import { readInput } from '../../engine/guard/readInput.ts';
import { type Arguments, usage } from '../base/args.ts';
import { configFlags, readGatewayEnvironment } from '../base/configFlags.ts';
import { type Command, type ExitCode, exitCodes } from '../base/command.ts';
import type { Output } from '../base/output.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'Check a guard policy as the gateway does, or explain what the gateway would do with a configuration.',
  positions: ['POLICY'],
  flags: {
    ...configFlags,
    server: {
      kind: 'value',
      value: 'ID',
      help: 'The server of the policy, or the only server of the configuration to report on',
    },
    json: { kind: 'switch', help: 'Print one JSON object instead of text' },
  },
  run(args, output) {
    const config = args.value('config');
    if (config === undefined) return validatePolicy(args, output);
    if (args.optional(0) !== undefined) throw usage('validate', 'Use either POLICY or --config, not both');
    return validateConfig(config, args, output);
  },
};

async function validatePolicy(args: Arguments, output: Output): Promise<ExitCode> {
  const path = args.position(0, 'POLICY');
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await readInput(path, 'policy'));
  const { value: policy, problems } = parsePolicyText(text, path, args.value('server') ?? null);
  if (args.has('json')) await output.json({ kind: policy?.kind ?? null, policy: policy?.payload ?? null, problems });
  else {
    report(problems, output);
    if (policy !== null) await output.line(`${path}: the gateway accepts this ${policy.kind} policy`);
  }
  return codeOf(problems);
}

async function validateConfig(path: string, args: Arguments, output: Output): Promise<ExitCode> {
  const config = readGatewayConfig(await readConfigFile(path), { file: path, env: process.env });
  const all = await explainConfig(config.value, readGatewayEnvironment(args, process.env));
  const chosen = args.value('server');
  const account = { ...all, servers: all.servers.filter(({ server }) => chosen === undefined || server === chosen) };
  if (chosen !== undefined && account.servers.length === 0) {
    throw usage('validate', `"${path}" has no server "${chosen}"`);
  }
  const general = [...config.problems, ...account.problems];
  const every = [...general, ...account.servers.flatMap(({ problems }) => problems)];
  if (args.has('json')) await output.json({ ...plain(account), problems: general });
  else {
    report(general, output);
    for (const { server, problems } of account.servers) report(problems, output, `server "${server}": `);
    await output.line(`${path}: ${account.startError === null ? 'the gateway starts' : 'the gateway does not start'}`);
    for (const server of account.servers) {
      for (const line of ['', server.server, ...indented(server)]) await output.line(line);
    }
  }
  return account.startError === null ? codeOf(every) : exitCodes.differs;
}

function indented({ sentences }: ServerAccount): readonly string[] {
  return sentences.map((sentence) => `  ${sentence}`);
}

/** Converts maps of the account to plain objects for JSON. */
function plain({ startError, servers }: ConfigAccount): object {
  return {
    startError,
    servers: servers.map((server) => ({
      ...server,
      policy: server.policy?.payload ?? null,
      toolCallLimits: Object.fromEntries(server.toolCallLimits),
    })),
  };
}

function report(problems: readonly Problem[], output: Output, about = ''): void {
  for (const problem of problems) output.problem(problem, about);
}

function codeOf(problems: readonly Problem[]): ExitCode {
  return problems.some(({ severity }) => severity === 'error') ? exitCodes.differs : exitCodes.fine;
}
