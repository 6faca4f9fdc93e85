/** The decisions of the command line for a trace, which the panel's decisions are compared with. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { run } from '../support/processes/process.ts';
import { root } from './install.ts';

/** The members of a decision record that the panel is compared with. */
export interface Decision {
  readonly index: number;
  readonly tool: string;
  readonly outcome: string;
  readonly args: unknown;
  readonly client: unknown;
  readonly coarse: { readonly secrecyToAdd: readonly string[]; readonly integrityToDrop: readonly string[] };
  readonly items: readonly { readonly allowed: boolean }[];
  readonly guardCalls: readonly { readonly function: string }[];
  readonly problems: readonly { readonly docs?: string }[];
}

/** The inputs of a replay, relative to the workspace. */
export interface ReplayInputs {
  readonly trace?: string;
  readonly policy?: string;
  /** The gateway's configuration, in place of the guard and the policy. Its relative paths are below its folder. */
  readonly config?: string;
}

/** The decision records of `guardscope replay`, in order. */
export async function decisions(
  workspace: string,
  { trace = 'trace.guardtrace.jsonl', policy = 'policy.json', config }: ReplayInputs = {},
): Promise<readonly Decision[]> {
  const guard = ['--guard', join(workspace, 'guard.wasm'), '--policy', join(workspace, policy)];
  const inputs = config === undefined ? guard : ['--config', join(workspace, config)];
  const args = ['replay', join(workspace, trace), ...inputs, '--json'];
  const cwd = config === undefined ? workspace : dirname(join(workspace, config));
  const { code, output, stdout } = await run(process.execPath, [join(root, 'dist', 'cli.js'), ...args], { cwd });
  assert.equal(code, 0, output);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Decision);
}
