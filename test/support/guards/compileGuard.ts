/** Compiles the guard project of AssemblyScript in this process, in a third of a second. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repoPath } from '../paths.ts';

/** The entry of the compiler. Its own types are not used, because they change those of arrays and texts in all files that are checked with them. */
type Compile = (
  args: readonly string[],
  system: {
    readonly stderr: { readonly write: (chunk: Uint8Array | string) => void };
    readonly readFile: (name: string) => string | null;
    readonly writeFile: (name: string, content: Uint8Array | string) => void;
    readonly listFiles: () => readonly string[];
  },
) => Promise<{ readonly error: Error | null }>;

/** The module of a project. `sources` stand in place of its files, by their paths in its folder. Throws what the compiler prints. */
export async function buildGuard(folder: string, sources: Readonly<Record<string, string>> = {}): Promise<Uint8Array> {
  const { options } = JSON.parse(readFileSync(join(folder, 'asconfig.json'), 'utf8')) as {
    readonly options: { readonly runtime: string; readonly maximumMemory: number; readonly use: readonly string[] };
  };
  const { runtime, maximumMemory, use } = options;
  const { main: compile } = (await import(pathToFileURL(repoPath('node_modules/assemblyscript/dist/asc.js')).href)) as {
    readonly main: Compile;
  };
  let module: Uint8Array | undefined;
  let printed = '';
  const stderr = {
    write: (chunk: Uint8Array | string) =>
      void (printed += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()),
  };
  const { error } = await compile(
    // With checks of indices, as the debug build of the project.
    [
      'assembly/index.ts',
      '--outFile',
      'guard.wasm',
      '--runtime',
      runtime,
      '--maximumMemory',
      String(maximumMemory),
    ].concat(use.flatMap((each) => ['--use', each])),
    {
      stderr,
      readFile: (name) => sources[name] ?? fileText(join(folder, name)),
      writeFile: (_, content) => {
        if (typeof content !== 'string') module = content;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || module === undefined) throw new Error(`asc failed in ${folder}:\n${printed}`);
  return module;
}

/** The compiler asks for files that may be absent. */
function fileText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
