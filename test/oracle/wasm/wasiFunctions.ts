/** The signatures of the functions that a guard can import: one letter per parameter, `i` for i32 and `I` for i64 (wazero spec 7.6). */
import { type TypeByte, types } from './code.ts';

export const wasiModule = 'wasi_snapshot_preview1';

/** Parameters of the 46 functions of WASI preview 1; all except `proc_exit` return an i32. */
export const wasiParameters: Readonly<Record<string, string>> = {
  args_get: 'ii',
  args_sizes_get: 'ii',
  environ_get: 'ii',
  environ_sizes_get: 'ii',
  clock_res_get: 'ii',
  clock_time_get: 'iIi',
  fd_advise: 'iIIi',
  fd_allocate: 'iII',
  fd_close: 'i',
  fd_datasync: 'i',
  fd_fdstat_get: 'ii',
  fd_fdstat_set_flags: 'ii',
  fd_fdstat_set_rights: 'iII',
  fd_filestat_get: 'ii',
  fd_filestat_set_size: 'iI',
  fd_filestat_set_times: 'iIIi',
  fd_pread: 'iiiIi',
  fd_prestat_get: 'ii',
  fd_prestat_dir_name: 'iii',
  fd_pwrite: 'iiiIi',
  fd_read: 'iiii',
  fd_readdir: 'iiiIi',
  fd_renumber: 'ii',
  fd_seek: 'iIii',
  fd_sync: 'i',
  fd_tell: 'ii',
  fd_write: 'iiii',
  path_create_directory: 'iii',
  path_filestat_get: 'iiiii',
  path_filestat_set_times: 'iiiiIIi',
  path_link: 'iiiiiii',
  path_open: 'iiiiiIIii',
  path_readlink: 'iiiiii',
  path_remove_directory: 'iii',
  path_rename: 'iiiiii',
  path_symlink: 'iiiii',
  path_unlink_file: 'iii',
  poll_oneoff: 'iiii',
  proc_exit: 'i',
  proc_raise: 'i',
  sched_yield: '',
  random_get: 'ii',
  sock_accept: 'iii',
  sock_recv: 'iiiiii',
  sock_send: 'iiiii',
  sock_shutdown: 'ii',
};

/** Module, name and type of an import. */
export interface HostImport {
  readonly module: string;
  readonly name: string;
  readonly params: readonly TypeByte[];
  readonly results: readonly TypeByte[];
}

export const hostLog: HostImport = { module: 'env', name: 'host_log', params: letters('iii'), results: [] };
export const callBackend: HostImport = {
  module: 'env',
  name: 'call_backend',
  params: letters('iiiiii'),
  results: [types.i32],
};

export function wasiImport(name: string): HostImport {
  const results = name === 'proc_exit' ? [] : [types.i32];
  return { module: wasiModule, name, params: letters(wasiParameters[name] ?? ''), results };
}

function letters(params: string): readonly TypeByte[] {
  return params.split('').map((letter) => (letter === 'I' ? types.i64 : types.i32));
}
