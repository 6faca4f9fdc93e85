/** Finds violations of the source layout: import cycles, full folders, names exported twice, and code in the wrong world. */
import type { SourceFile } from './sourceFiles.ts';

/** The room of a file: the longest prefix among the rooms; undefined for a file outside of all. */
export function roomOf(path: string, rooms: readonly string[]): string | undefined {
  return rooms.filter((room) => path.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0];
}

/**
 * The cycles of a graph, one for each that a depth-first search finds, as `a → b → a`. An edge to a node outside of the graph is
 * ignored.
 */
export function circles(edges: ReadonlyMap<string, Iterable<string>>): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) found.push([...path.slice(start), node].join(' → '));
    if (start >= 0 || done.has(node)) return;
    for (const target of edges.get(node) ?? []) if (edges.has(target)) visit(target, [...path, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return found;
}

/** The imports between files, types included. */
export function fileGraph(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  return new Map(files.map(({ path, imports }) => [path, imports]));
}

/** The imports between rooms; imports within a room are left out. */
export function roomGraph(
  files: readonly SourceFile[],
  rooms: readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const from = roomOf(path, rooms);
    if (from === undefined) continue;
    const targets = graph.get(from) ?? new Set();
    graph.set(from, targets);
    for (const target of imports) {
      const to = roomOf(target, rooms);
      if (to !== undefined && to !== from) targets.add(to);
    }
  }
  return graph;
}

/** Folders with more files than the limit, as `folder: N files`. */
export function fullFolders(files: readonly SourceFile[], limit: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > limit).map(([folder, count]) => `${folder}: ${count} files`);
}

/** Names that two files export, as `name: file, file`. */
export function doubledExports(files: readonly SourceFile[]): readonly string[] {
  const exporters = new Map<string, string[]>();
  for (const { path, text } of files) {
    for (const name of new Set(exportedNames(text))) exporters.set(name, [...(exporters.get(name) ?? []), path]);
  }
  return [...exporters].filter(([, paths]) => paths.length > 1).map(([name, paths]) => `${name}: ${paths.join(', ')}`);
}

function exportedNames(text: string): readonly string[] {
  const declared = text.matchAll(/^export (?:abstract |async )?(?:function\*?|class|interface|type|const|let) (\w+)/gm);
  return [...declared].map((match) => match[1] ?? '');
}

/**
 * Whether a file needs the platform of Node: it imports a module of Node or a package, it uses a global that only the
 * platform has, or it awaits (core awaits nothing).
 */
export function needsNode({ text, imports }: SourceFile): boolean {
  const foreign = imports.some((target) => !target.startsWith('src/') && !target.startsWith('webview/'));
  return foreign || nodeNames.test(withoutComments(text));
}

const nodeNames =
  /\b(?:async|await|Promise|setTimeout|setImmediate|AbortController|Buffer|process\.\w|performance|Atomics|SharedArrayBuffer|Date\.now|URL|__dirname)\b/;

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
