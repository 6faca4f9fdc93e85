/** The functions that a guard may import, and wazero's errors for other imports (wazero spec 3.2). */
import { quoteGo } from '../../go/goText.ts';
import type { DecodedModule } from '../decode/module.ts';
import { signatureText } from '../decode/valueTypes.ts';

/** Module → name → signature in wazero's notation, of each function that a guard may import. */
export const hostFunctions: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    'env',
    new Map([
      ['call_backend', 'i32i32i32i32i32i32_i32'],
      ['host_log', 'i32i32i32_v'],
    ]),
  ],
  ['wasi_snapshot_preview1', wasiFunctions()],
]);

/**
 * wazero's text for the first import, in the order of the binary, that cannot be resolved; null when all can. When imports of several
 * modules fail, wazero reports one of them at random.
 */
export function importError({ imports, types }: DecodedModule): string | null {
  for (const each of imports) {
    const host = hostFunctions.get(each.module);
    if (host === undefined) return `module[${each.module}] not instantiated`;
    const offered = host.get(each.name);
    if (offered === undefined) return `${quoteGo(each.name)} is not exported in module ${quoteGo(each.module)}`;
    if (each.kind !== 'func') {
      return `export ${quoteGo(each.name)} in module ${quoteGo(each.module)} is a func, not a ${each.kind}`;
    }
    const type = types[each.typeIndex];
    const asked = type === undefined ? '' : signatureText(type);
    if (asked !== offered) {
      return `import func[${each.module}.${each.name}]: signature mismatch: ${asked} != ${offered}`;
    }
  }
  return null;
}

/** The 46 functions of WASI preview 1. In the table `i` is i32 and `I` is i64; all but proc_exit return an i32 errno (wazero spec 7.6). */
function wasiFunctions(): Map<string, string> {
  const table = `
    args_get ii, args_sizes_get ii, environ_get ii, environ_sizes_get ii, clock_res_get ii, clock_time_get iIi,
    fd_advise iIIi, fd_allocate iII, fd_close i, fd_datasync i, fd_fdstat_get ii, fd_fdstat_set_flags ii,
    fd_fdstat_set_rights iII, fd_filestat_get ii, fd_filestat_set_size iI, fd_filestat_set_times iIIi,
    fd_pread iiiIi, fd_prestat_get ii, fd_prestat_dir_name iii, fd_pwrite iiiIi, fd_read iiii, fd_readdir iiiIi,
    fd_renumber ii, fd_seek iIii, fd_sync i, fd_tell ii, fd_write iiii, path_create_directory iii,
    path_filestat_get iiiii, path_filestat_set_times iiiiIIi, path_link iiiiiii, path_open iiiiiIIii,
    path_readlink iiiiii, path_remove_directory iii, path_rename iiiiii, path_symlink iiiii, path_unlink_file iii,
    poll_oneoff iiii, proc_exit i, proc_raise i, sched_yield v, random_get ii, sock_accept iii, sock_recv iiiiii,
    sock_send iiiii, sock_shutdown ii`;
  const functions = new Map<string, string>();
  for (const [, name = '', params = ''] of table.matchAll(/(\w+) (\w+)/g)) {
    const spelled = params.replaceAll('i', 'i32').replaceAll('I', 'i64');
    functions.set(name, `${spelled}_${name === 'proc_exit' ? 'v' : 'i32'}`);
  }
  return functions;
}
