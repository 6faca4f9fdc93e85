/** The decisions of the command line for a trace, which the panel's decisions are compared with. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { run } from '../support/process.ts';
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
}

/** The decision records of `guardscope replay`, in order. */
export async function decisions(
  workspace: string,
  { trace = 'trace.guardtrace.jsonl', policy = 'policy.json' }: ReplayInputs = {},
): Promise<readonly Decision[]> {
  const inputs = [
    join(workspace, trace),
    '--guard',
    join(workspace, 'guard.wasm'),
    '--policy',
    join(workspace, policy),
  ];
  const args = ['replay', ...inputs, '--json'];
  const { code, output, stdout } = await run(process.execPath, [join(root, 'dist', 'cli.js'), ...args]);
  assert.equal(code, 0, output);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Decision);
}
