/** Finds the guard file of a server as the gateway does (gateway `FindGuardFile`, `internal/guard/wasm_lifecycle.go`, spec 1.1). */
import { posix } from 'node:path';
import { quoteGo, sortUtf8, toLower } from '../../core/go/goText.ts';
import { inspectModule } from '../../core/wasm/inspect.ts';
import type { Environment } from '../../core/policy/override.ts';
import { guardsRoot, isDiscoveryOff } from '../../core/gatewayConfig/model/environment.ts';

/** Access to the files that the gateway sees. */
export interface GuardFiles {
  list(folder: string): Promise<FolderListing>;
  exists(path: string): Promise<boolean>;
  read(path: string): Promise<FileContent>;
}

/** The entries of a folder in any order; `error` is Go's text, such as `open /x: permission denied`. */
export type FolderListing =
  | { readonly ok: true; readonly entries: readonly { readonly name: string; readonly isFolder: boolean }[] }
  | { readonly ok: false; readonly isMissing: boolean; readonly error: string };

/** The bytes of a file; `error` is Go's text. */
export type FileContent =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly error: string };

/** The guard file, or the gateway's error when it cannot search for one. */
export type FoundGuard =
  | { readonly kind: 'found'; readonly path: string; readonly origin: 'container' | 'folder' }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly error: string };

/** The guard in the container image, which only the server with the id `github` gets. */
export const containerGuard = '/guards/github/00-github-guard.wasm';

/** The guard file of a server: for `github` that of the container image, otherwise the first `.wasm` in the server's folder of guards. */
export async function findGuardFile(serverId: string, env: Environment, files: GuardFiles): Promise<FoundGuard> {
  if (serverId === 'github') {
    if (isDiscoveryOff(env)) return { kind: 'none' };
    if (await files.exists(containerGuard)) return { kind: 'found', path: containerGuard, origin: 'container' };
  }
  return findInFolder(serverId, env, files);
}

/** The gateway's error for a file that it cannot load as a guard; null when it can. Does not detect a trap in a start section. */
export async function loadErrorOf(path: string, files: GuardFiles): Promise<string | null> {
  const content = await files.read(path);
  return content.ok ? inspectModule(content.bytes).value.loadError : `failed to read WASM file: ${content.error}`;
}

async function findInFolder(serverId: string, env: Environment, files: GuardFiles): Promise<FoundGuard> {
  const root = guardsRoot(env);
  if (root === '') return { kind: 'none' };
  const folder = posix.join(root, serverId);
  const listing = await files.list(folder);
  if (!listing.ok) {
    if (listing.isMissing) return { kind: 'none' };
    return { kind: 'error', error: `failed to read server guard directory ${quoteGo(folder)}: ${listing.error}` };
  }
  const names = listing.entries.filter(({ isFolder }) => !isFolder).map(({ name }) => name);
  const first = sortUtf8(names).find((name) => toLower(name).endsWith('.wasm'));
  return first === undefined ? { kind: 'none' } : { kind: 'found', path: posix.join(folder, first), origin: 'folder' };
}
