/** Misbehaving guards in the WebAssembly text format, for tests of the panel. */
import { writeFileSync } from 'node:fs';
import wabt from 'wabt';

const agent = '{"agent":{"secrecy":[],"integrity":[]},"difc_mode":"filter"}';

/** Writes a guard whose `label_resource` has the given body, an i32. */
export async function writeGuard(file: string, body: string): Promise<void> {
  const text = `(module
    (import "env" "call_backend" (func (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "env" "host_log" (func (param i32 i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) ${JSON.stringify(agent)})
    (func (export "label_agent") (param i32 i32 i32 i32) (result i32)
      (memory.copy (local.get 2) (i32.const 16) (i32.const ${agent.length}))
      (i32.const ${agent.length}))
    (func (export "label_resource") (param i32 i32 i32 i32) (result i32) ${body})
    (func (export "label_response") (param i32 i32 i32 i32) (result i32) (i32.const 0)))`;
  const module = (await wabt()).parseWat(file, text, { bulk_memory: true });
  writeFileSync(file, module.toBinary({}).buffer);
  module.destroy();
}

/** Never returns. */
export const endless = '(loop $again (br $again)) (unreachable)';

/** Traps immediately. */
export const trapping = '(unreachable)';
