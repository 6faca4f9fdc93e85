/** The gateway's checks of a guard's exports, and the functions that a guard may import. */
import { describe, expect, it } from 'vitest';
import { checkGuardShape } from '../../../src/core/wasm/describe/guardShape.ts';
import { hostFunctions } from '../../../src/core/wasm/validate/imports.ts';
import { fromText, prepared, refusal } from './support.ts';
import { proves } from '../../support/proves.ts';

const ok = '(param i32 i32 i32 i32) (result i32) (i32.const 0)';

function shape(exports: Readonly<Record<string, string>>): string | null {
  const functions = Object.entries(exports).map(([name, rest]) => `(func (export "${name}") ${rest})`);
  return checkGuardShape(prepared(fromText(`(module ${functions.join(' ')})`)).description);
}

describe('exports', () => {
  it('three functions with the label signature are accepted', () => {
    expect(shape({ label_agent: ok, label_resource: ok, label_response: ok })).toBeNull();
  });

  it.each([
    [{}, 'WASM module must export label_resource and label_response functions'],
    [{ label_agent: ok, label_resource: ok }, 'WASM module must export label_resource and label_response functions'],
    [{ label_resource: ok, label_response: ok }, 'WASM module must export label_agent'],
    [{ _start: '', label_resource: ok }, 'WASM module must export label_resource and label_response functions'],
    [
      { label_agent: '(result i32) (i32.const 0)', label_resource: ok, label_response: '' },
      'WASM module function label_response must have signature (i32,i32,i32,i32)->i32, got []->[]',
    ],
    [
      { label_agent: '(param f32 f64) (result i64) (i64.const 0)', label_resource: ok, label_response: ok },
      'WASM module function label_agent must have signature (i32,i32,i32,i32)->i32, got [125 124]->[126]',
    ],
  ])('%j are refused', (exports, error) => expect(shape(exports)).toBe(error));

  it.each([[{ _start: '' }], [{ _start: '', label_agent: ok, label_response: ok }]])(
    '%j are refused as those of standard Go',
    (exports) => {
      expect(shape(exports)).toMatch(/^WASM module does not export guard functions\. .*TinyGo 0\.34 .* for details$/);
    },
  );
});

describe('imports', () => {
  it('46 functions of WASI and two of the gateway may be imported', () => {
    proves('wazero:3.2-host-exports');
    expect(hostFunctions.get('wasi_snapshot_preview1')?.size).toBe(46);
    expect(hostFunctions.get('env')?.size).toBe(2);
    expect(hostFunctions.get('wasi_snapshot_preview1')?.get('path_open')).toBe('i32i32i32i32i32i64i64i32i32_i32');
    expect(hostFunctions.get('wasi_snapshot_preview1')?.get('sched_yield')).toBe('v_i32');
  });

  it('all may be imported with their signatures', () => {
    const all = [...hostFunctions].flatMap(([module, functions]) =>
      [...functions].map(([name, signature]) => {
        const [params = '', results = ''] = signature
          .split('_')
          .map((side) => side.match(/[if]\d\d/g)?.join(' ') ?? '');
        return `(import "${module}" "${name}" (func (param ${params}) (result ${results})))`;
      }),
    );
    expect(refusal(fromText(`(module ${all.join('\n')})`))).toBeNull();
  });

  it.each([
    ['(import "nope" "f" (func))', 'module[nope] not instantiated'],
    ['(import "env" "f" (func))', '"f" is not exported in module "env"'],
    ['(import "wasi_unstable" "fd_write" (func))', 'module[wasi_unstable] not instantiated'],
    ['(import "env" "memory" (memory 1))', '"memory" is not exported in module "env"'],
    ['(import "env" "host_log" (memory 1))', 'export "host_log" in module "env" is a func, not a memory'],
    ['(import "env" "host_log" (table 1 funcref))', 'export "host_log" in module "env" is a func, not a table'],
    ['(import "env" "host_log" (global i32))', 'export "host_log" in module "env" is a func, not a global'],
    ['(import "env" "host_log" (func))', 'import func[env.host_log]: signature mismatch: v_v != i32i32i32_v'],
    [
      '(import "env" "host_log" (func (param i32 i32 i32))) (import "env" "x" (func)) (import "y" "z" (func))',
      '"x" is not exported in module "env"',
    ],
    ['(import "" "f" (func))', 'import[0] has an empty module name'],
  ])('with the declaration %s are refused with the text of wazero', (declaration, error) =>
    expect(refusal(fromText(`(module ${declaration})`))).toBe(error),
  );

  it('are checked after bodies, so a bad body is reported first', () => {
    expect(refusal(fromText('(module (import "nope" "f" (func)) (func (i32.add) (drop)))'))).toBe(
      'invalid function[0]: cannot pop the 1st operand for i32.add: i32 missing',
    );
  });
});
