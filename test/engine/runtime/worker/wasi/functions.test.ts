/** Every WASI function returns wazero's errno and checks its arguments in wazero's order (wazero spec 7.6). */
import { describe, expect, test } from 'vitest';
import { hostFunctions } from '../../../../../src/core/wasm/validate/imports.ts';
import { ExitSignal, HostPanic } from '../../../../../src/engine/runtime/shared/guestError.ts';
import { wasiFunctions, wasiModule } from '../../../../../src/engine/runtime/worker/wasi/functions.ts';
import { fixture, pageEnd, putBuffers, putText } from './fixture.ts';
import { proves } from '../../../../support/proves.ts';

const [ok, badf, fault, inval, nametoolong, nosys, notdir, notsup, perm] = [0, 8, 21, 28, 37, 52, 54, 58, 63];
const out = pageEnd - 4;

test('there are exactly the functions that a guard may import', () => {
  const offered = [...(hostFunctions.get(wasiModule)?.keys() ?? [])];
  const made = Object.keys(wasiFunctions(fixture().system, () => {}));
  const missing = offered.filter((name) => !made.includes(name));
  expect(missing.map((name) => `${name} can be imported, but wasi/functions.ts does not make it`)).toEqual([]);
  const refused = made.filter((name) => !offered.includes(name));
  expect(refused.map((name) => `${name} is made, but core/wasm/validate/imports.ts refuses its import`)).toEqual([]);
  expect(offered, 'preview 1 in wazero v1.12.0 has 46 functions (wazero spec 7.6)').toHaveLength(46);
});

describe('in a fresh system', () => {
  const rows: readonly (readonly [string, readonly (number | bigint)[], number])[] = [
    ['args_get', [pageEnd, pageEnd], ok],
    ['args_get', [pageEnd + 1, 0], fault],
    ['args_get', [0, -1], fault],
    ['environ_get', [0, pageEnd + 1], fault],
    ['args_sizes_get', [pageEnd - 4, 0], ok],
    ['args_sizes_get', [pageEnd - 3, 0], fault],
    ['environ_sizes_get', [0, pageEnd - 3], fault],
    ['clock_res_get', [2, 0], inval],
    ['clock_res_get', [9, -1], inval],
    ['clock_res_get', [0, pageEnd - 7], fault],
    ['clock_time_get', [3, 0n, -1], inval],
    ['clock_time_get', [1, 0n, pageEnd - 7], fault],
    ['fd_advise', [3, 0n, 0n, 9], badf],
    ['fd_advise', [0, 0n, 0n, 6], inval],
    ['fd_advise', [0, 0n, 0n, 0x105], ok],
    ['fd_allocate', [-1, 0n, 0n], badf],
    ['fd_allocate', [1, -5n, 4n], inval],
    ['fd_allocate', [1, 0n, 0n], ok],
    ['fd_allocate', [1, 1n, 0n], nosys],
    ['fd_allocate', [1, 0x7fffffffffffffffn, 1n], inval],
    ['fd_allocate', [1, -1n, 1n], ok],
    ['fd_close', [3], badf],
    ['fd_datasync', [0], ok],
    ['fd_datasync', [4], badf],
    ['fd_sync', [2], ok],
    ['fd_sync', [-1], badf],
    ['fd_fdstat_get', [9, pageEnd - 23], fault],
    ['fd_fdstat_get', [9, pageEnd - 24], badf],
    ['fd_fdstat_get', [0, pageEnd - 24], ok],
    ['fd_fdstat_set_flags', [9, 2], inval],
    ['fd_fdstat_set_flags', [9, 4], badf],
    ['fd_fdstat_set_flags', [1, 4], nosys],
    ['fd_fdstat_set_flags', [1, 1], ok],
    ['fd_fdstat_set_flags', [1, 0x10_0000], ok],
    ['fd_fdstat_set_rights', [9, 0n, 0n], nosys],
    ['fd_filestat_get', [9, pageEnd - 63], fault],
    ['fd_filestat_get', [9, pageEnd - 64], badf],
    ['fd_filestat_get', [1, 0], ok],
    ['fd_filestat_set_size', [9, 0n], badf],
    ['fd_filestat_set_size', [1, -1n], nosys],
    ['fd_filestat_set_times', [9, 0n, 0n, 3], badf],
    ['fd_filestat_set_times', [1, 0n, 0n, 3], inval],
    ['fd_filestat_set_times', [1, 0n, 0n, 12], inval],
    ['fd_pread', [9, 0, 0, 0n, -1], badf],
    ['fd_pread', [0, pageEnd + 1, 0, 0n, 0], fault],
    ['fd_pread', [0, 0, 0, 0n, out], ok],
    ['fd_prestat_get', [3, -1], badf],
    ['fd_prestat_get', [0, pageEnd - 7], fault],
    ['fd_prestat_get', [2, pageEnd - 8], ok],
    ['fd_prestat_dir_name', [3, 0, 1], badf],
    ['fd_prestat_dir_name', [0, pageEnd + 1, 1], nametoolong],
    ['fd_prestat_dir_name', [0, pageEnd + 1, 0], fault],
    ['fd_prestat_dir_name', [0, pageEnd, 0], ok],
    ['fd_pwrite', [9, 0, 0, 0n, 0], badf],
    ['fd_pwrite', [1, 0, 0, 0n, out], ok],
    ['fd_readdir', [9, 0, 23, 0n, 0], inval],
    ['fd_readdir', [0, 0, 24, 0n, 0], badf],
    ['fd_readdir', [0, 0, -1, 0n, 0], badf],
    ['fd_renumber', [3, 0], badf],
    ['fd_renumber', [0, -1], badf],
    ['fd_renumber', [0, 3], notsup],
    ['fd_seek', [3, 0n, 0, 0], badf],
    ['fd_seek', [0, 0n, 9, -1], nosys],
    ['fd_tell', [1, 0], nosys],
    ['fd_tell', [7, 0], badf],
    ['fd_write', [3, -1, 1, 0], badf],
    ['fd_write', [1, pageEnd - 7, 1, 0], fault],
    ['fd_write', [0, 0, 0, 0], ok],
    ['fd_write', [1, 0, 0x2000_0000, 0], ok],
    ['fd_write', [1, 0, 0, pageEnd - 3], fault],
    ['path_create_directory', [3, pageEnd, 1], fault],
    ['path_filestat_get', [0, 0, pageEnd + 1, 0, 0], fault],
    ['path_filestat_set_times', [0, 0, pageEnd, 1, 0n, 0n, 3], inval],
    ['path_filestat_set_times', [0, 0, pageEnd, 1, 0n, 0n, 2], fault],
    ['path_link', [9, 0, 0, 0, 0, pageEnd, 9], badf],
    ['path_open', [3, 0, 0, 0, 0, 0n, 0n, 0, 0], badf],
    ['path_open', [0, 0, 0, 0, 0, 0n, 0n, 0, 0], notdir],
    ['path_readlink', [9, pageEnd, 0, 0, 1, 0], inval],
    ['path_readlink', [9, pageEnd, 1, 0, 0, 0], inval],
    ['path_readlink', [9, pageEnd, 1, 0, 1, 0], fault],
    ['path_remove_directory', [2, 0, 0], notdir],
    ['path_rename', [2, 0, 0, 9, pageEnd, 9], notdir],
    ['path_symlink', [pageEnd, 9, 3, 0, 0], badf],
    ['path_symlink', [pageEnd, 9, 0, 0, 0], notdir],
    ['path_unlink_file', [-1, 0, 0], badf],
    ['poll_oneoff', [-1, -1, 0, -1], inval],
    ['poll_oneoff', [pageEnd - 47, 0, 1, 0], fault],
    ['poll_oneoff', [0, pageEnd - 31, 1, 0], fault],
    ['poll_oneoff', [0, 0, 1, pageEnd - 3], fault],
    ['proc_raise', [6], nosys],
    ['sched_yield', [], ok],
    ['random_get', [pageEnd, 0], ok],
    ['random_get', [pageEnd - 3, 4], fault],
    ['sock_accept', [0, 0, 0], badf],
    ['sock_recv', [0, 0, 0, 0xff, 0, 0], badf],
    ['sock_send', [9, 0, 0, 1, 0], notsup],
    ['sock_send', [0, 0, 0, 0, 0], badf],
    ['sock_shutdown', [1, 9], badf],
  ];
  test.each(rows.map(([name, args, expected]) => ({ title: `${name}(${args.join(', ')})`, name, args, expected })))(
    '$title returns $expected',
    ({ name, args, expected }) => {
      proves('wazero:7.6-all');
      expect(fixture().call(name, ...args)).toBe(expected);
    },
  );
});

test.each<[string, number]>([
  ['a/b', notdir],
  ['a/../b', notdir],
  ['./a/', notdir],
  ['', notdir],
  ['/a', perm],
  ['..', perm],
  ['a/../../b', perm],
  ['a//..//..', perm],
])('a path %j below a stream gives errno %i', (path, expected) => {
  const { call, memory } = fixture();
  const length = putText(memory, 100, path);
  expect(call('path_unlink_file', 0, 100, length)).toBe(expected);
  expect(call('path_unlink_file', 3, 100, length)).toBe(expected === notdir ? badf : expected);
});

test('a path that is not UTF-8 is refused before the descriptor is checked, unless `..` removes those bytes', () => {
  const { call, memory } = fixture();
  memory.write(0, Buffer.from('a\xff/../b', 'latin1'));
  expect(call('path_create_directory', 9, 0, 2)).toBe(perm);
  expect(call('path_create_directory', 9, 0, 7)).toBe(badf);
});

test('a reading that cannot be stored advances the clock, and setting times to now reads it once', () => {
  const { call, hex, system } = fixture();
  expect(call('clock_time_get', 0, 0n, -1)).toBe(fault);
  expect(() => call('fd_filestat_set_times', 0, 0n, 0n, 2 | 8)).toThrow(HostPanic);
  expect(call('path_filestat_set_times', 3, 0, 0, 0, 0n, 0n, 8)).toBe(badf);
  expect(call('clock_time_get', 0, 0n, 0)).toBe(ok);
  const expected = Buffer.alloc(8);
  expected.writeBigUInt64LE(1_640_995_200_003_000_000n);
  expect(hex(0, 8)).toBe(expected.toString('hex'));
  expect(system.state.clocks.readMonotonic()).toBe(0n);
});

test('descriptors are block devices, and a closed one stays closed', () => {
  const { call, hex } = fixture();
  expect(call('fd_fdstat_get', 1, 0)).toBe(ok);
  expect(hex(0, 24)).toBe('0100000000000000ff01e0080000000000000000'.padEnd(48, '0'));
  expect(call('fd_filestat_get', 0, 0)).toBe(ok);
  expect(hex(16, 16)).toBe('01000000000000000100000000000000');
  expect(call('fd_close', 1)).toBe(ok);
  expect(call('fd_close', 1)).toBe(badf);
  expect(call('fd_prestat_get', 1, 0)).toBe(badf);
  expect(call('fd_write', 1, 0, 0, 0)).toBe(badf);
});

test('fd_write writes buffer by buffer and stores the count only on success', () => {
  const { call, memory, hex, written } = fixture();
  putText(memory, 1000, 'hello');
  putBuffers(memory, 0, [
    [1000, 2],
    [0, 0],
    [1002, 3],
  ]);
  expect(call('fd_write', 1, 0, 3, 500)).toBe(ok);
  expect(hex(500, 4)).toBe('05000000');
  putBuffers(memory, 0, [
    [1000, 5],
    [pageEnd, 1],
  ]);
  expect(call('fd_write', 2, 0, 2, 600)).toBe(fault);
  expect(hex(600, 4)).toBe('00000000');
  expect(written).toEqual({ stdout: 'hello', stderr: 'hello' });
  expect(call('fd_write', 0, 0, 1, 600)).toBe(badf);
  putBuffers(memory, 0, [[1000, 0]]);
  expect(call('fd_write', 0, 0, 1, 600)).toBe(badf);
  expect(call('fd_pwrite', 1, 0, 1, 0n, 600)).toBe(ok);
  putBuffers(memory, 0, [[pageEnd + 1, 0]]);
  expect(call('fd_pwrite', 1, 0, 1, 0n, 600)).toBe(fault);
  putBuffers(memory, 0, [[1000, 1]]);
  expect(call('fd_pwrite', 1, 0, 1, 0n, 600)).toBe(badf);
});

test('fd_read finds standard input at its end, and other descriptors unreadable', () => {
  const { call, memory, hex } = fixture();
  putBuffers(memory, 0, [
    [1000, 4],
    [pageEnd, 9],
  ]);
  memory.writeU32(500, 77);
  expect(call('fd_read', 0, 0, 2, 500)).toBe(ok);
  expect(hex(500, 4)).toBe('00000000');
  expect(call('fd_read', 1, 0, 1, 500)).toBe(badf);
  expect(call('fd_pread', 0, 0, 1, 0n, 500)).toBe(badf);
  putBuffers(memory, 0, [[pageEnd + 1, 0]]);
  expect(call('fd_read', 2, 0, 1, 500)).toBe(ok);
});

describe('poll_oneoff', () => {
  const subscribe = (
    type: number,
    fields: { readonly fd?: number; readonly flags?: number; readonly user?: number },
  ) => {
    const bytes = Buffer.alloc(48);
    bytes.writeUInt8(fields.user ?? 1, 0);
    bytes.writeUInt8(type, 8);
    bytes.writeInt32LE(fields.fd ?? 0, 16);
    bytes.writeUInt16LE(fields.flags ?? 0, 40);
    return bytes;
  };
  const poll = (...subscriptions: Buffer[]) => {
    const { call, memory, hex } = fixture();
    memory.write(0, Buffer.concat(subscriptions));
    memory.write(1000, Buffer.alloc(32 * subscriptions.length, 0xee));
    const code = call('poll_oneoff', 0, 1000, subscriptions.length, 500);
    return { code, count: hex(500, 4), events: subscriptions.map((_, index) => hex(1000 + 32 * index, 14)) };
  };
  const event = (user: number, error: number, type: number) =>
    Buffer.from([user, 0, 0, 0, 0, 0, 0, 0, error, 0, type, 0, 0, 0]).toString('hex');

  test('reports standard input after all other events', () => {
    const { code, count, events } = poll(
      subscribe(1, { fd: 0, user: 1 }),
      subscribe(0, { user: 2 }),
      subscribe(2, { fd: 1, user: 3 }),
      subscribe(1, { fd: 9, user: 4 }),
      subscribe(2, { fd: 9, user: 5 }),
    );
    expect({ code, count }).toEqual({ code: ok, count: '05000000' });
    expect(events).toEqual([event(2, 0, 0), event(3, notsup, 2), event(4, badf, 1), event(5, badf, 2), event(1, 0, 1)]);
  });

  test.each([
    ['an absolute time', subscribe(0, { flags: 1 }), notsup],
    ['an unknown flag', subscribe(0, { flags: 2 }), inval],
    ['a negative descriptor', subscribe(1, { fd: -1 }), badf],
    ['an unknown type', subscribe(3, {}), inval],
  ])('stops at %s', (_, second, expected) => {
    const { code, count, events } = poll(subscribe(0, { user: 7 }), second);
    expect({ code, count }).toEqual({ code: expected, count: '02000000' });
    expect(events).toEqual([event(7, 0, 0), '00'.repeat(14)]);
  });

  test('fails when it waits for a closed standard input', () => {
    const { call, memory } = fixture();
    memory.write(0, subscribe(1, { fd: 1 }));
    call('fd_close', 0);
    expect(call('poll_oneoff', 0, 1000, 1, 500)).toBe(badf);
  });

  test('panics for a count whose size in bytes wraps', () => {
    const { call, hex } = fixture();
    const text = 'runtime error: index out of range [8] with length 0';
    expect(() => call('poll_oneoff', 0, 0, 0x1000_0000, 500)).toThrow(new HostPanic(text));
    expect(hex(500, 4)).toBe('00000010');
  });
});

describe('after proc_exit', () => {
  const exempt = new Set(['proc_exit', 'proc_raise', 'fd_fdstat_set_rights']);
  /** Arguments that pass the checks before the use of the closed system. */
  const args: Readonly<Record<string, readonly number[]>> = { poll_oneoff: [0, 0, 1, 0] };

  test.each(Object.keys(wasiFunctions(fixture().system, () => {})).filter((name) => !exempt.has(name)))(
    '%s panics with a nil dereference',
    (name) => {
      const { call } = fixture();
      expect(() => call('proc_exit', 0)).toThrow(ExitSignal);
      const advice = 'read system.state, or call system.requireOpen(), where wazero uses the closed system';
      expect(() => call(name, ...(args[name] ?? [0, 0, 0, 0, 0, 0, 0, 0, 0])), advice).toThrow(
        new HostPanic('runtime error: invalid memory address or nil pointer dereference'),
      );
    },
  );

  test('functions that do not use the system work as before', () => {
    const { call, exits } = fixture();
    expect(() => call('proc_exit', 0)).toThrow('module closed with exit_code(0)');
    expect(() => call('proc_exit', -1)).toThrow('module closed with context canceled');
    expect(exits).toEqual([0, 0xffff_ffff]);
    expect(call('proc_raise', 9)).toBe(nosys);
    expect(call('fd_fdstat_set_rights', 0, 0n, 0n)).toBe(nosys);
    expect(call('poll_oneoff', 0, 0, 0, 0)).toBe(inval);
    expect(call('clock_time_get', 7, 0n, 0)).toBe(inval);
  });
});
