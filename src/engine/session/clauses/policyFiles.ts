/** The files that have the policies of a view, with their texts and clauses. */
import {
  type ClauseInForce,
  clausesOfConfig,
  clausesOfPolicy,
  policiesOfConfig,
  policiesOfPolicy,
  type WrittenPolicy,
} from '../../../core/clauses/clausesOfFile.ts';
import { edited } from '../../../core/clauses/written.ts';
import { readInput } from '../../guard/readInput.ts';
import type { ReplaySettings } from '../runInputs.ts';

/** A policy file or a configuration. */
export interface PolicyFile {
  readonly path: string;
  readonly role: 'policy' | 'config';
}

/** A clause and its file. */
export interface FileClause extends ClauseInForce {
  readonly file: PolicyFile;
}

/** The policy comes first: it replaces the one of a server of the configuration. */
export function policyFilesOf({ policy, config }: ReplaySettings): readonly PolicyFile[] {
  return [
    ...(policy === null ? [] : [{ path: policy, role: 'policy' } as const]),
    ...(config === null ? [] : [{ path: config, role: 'config' } as const]),
  ];
}

/** The clauses of a text of such a file. */
export function clausesOf(file: PolicyFile, text: string): readonly FileClause[] {
  const { path, role } = file;
  const clauses = role === 'policy' ? clausesOfPolicy(text) : clausesOfConfig(text, path, process.env);
  return clauses.map((clause) => ({ ...clause, file }));
}

/** The policies of a text of such a file. */
export function policiesOf({ path, role }: PolicyFile, text: string): readonly WrittenPolicy[] {
  return role === 'policy' ? policiesOfPolicy(text) : policiesOfConfig(text, path, process.env);
}

/** The texts of the files; one that cannot be read has none. `texts` are in place of their content. */
export async function readPolicyFiles(
  files: readonly PolicyFile[],
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const read = new Map<string, string>();
  for (const { path } of files) {
    const text = texts.get(path) ?? (await contentOf(path));
    if (text !== null) read.set(path, text);
  }
  return read;
}

async function contentOf(path: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await readInput(path, 'policy'));
  } catch {
    return null;
  }
}

/** The texts without a clause; null when it is the widest value already. */
export function withoutClause(
  texts: ReadonlyMap<string, string>,
  { file, without }: FileClause,
): ReadonlyMap<string, string> | null {
  const text = texts.get(file.path);
  return text === undefined || without === null ? null : new Map([...texts, [file.path, edited(text, without)]]);
}
