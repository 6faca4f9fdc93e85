/** The codes of failures and problems that the source raises, found by their form: `'room/what'` in single quotes. */
import { type SourceFile, sourceFiles } from './sourceFiles.ts';

/** Prefixes of literals that look like codes but are media types, MCP methods or packages. */
const otherRooms: ReadonlySet<string> = new Set([
  'application',
  'image',
  'logging',
  'notifications',
  'preact',
  'prompts',
  'resources',
  'server',
  'text',
  'tools',
]);

/** The text before a code that is compared or looked up instead of raised. */
const read = /(?:[=!]== |\.(?:count|has|includes|startsWith)\(|new Set\(\[[^\]]*)$/;

/** Roles of the files of a replay. */
const inputs = ['guard', 'policy', 'lookups', 'changes'] as const;

/** Codes that are composed at run time: the template, and its codes. */
const dynamicCodes: ReadonlyMap<string, (files: readonly SourceFile[]) => readonly string[]> = new Map([
  ['`difc/${name}`', quirkCodes],
  ['`policy/${kind}`', () => ['missing', 'type', 'unsupported-field', 'value'].map((kind) => `policy/${kind}`)],
  ['`${role}/unreadable`', () => inputs.map((role) => `${role}/unreadable`)],
  ['`${role}/unusable`', () => ['lookups/unusable', 'changes/unusable']],
  ['`${role}/too-large`', () => inputs.map((role) => `${role}/too-large`)],
]);

const dynamicCode = /`(?:(?:[a-z]+\/\$\{[\w.]+\})|(?:\$\{[\w.]+\}\/[a-z][a-z-]+))`/g;

/** Names that are passed to `quirk` and `note`, which add the prefix `difc/`. */
function quirkCodes(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => /\/difc\/.*[qQ]uirks\.ts$/.test(path))
    .flatMap(({ text }) => [...text.matchAll(/\b(?:quirk|note)\(\s*[^,]+,\s*'([\w-]+)'/g)])
    .map((match) => `difc/${match[1] ?? ''}`);
}

/** Code → the files that raise it, relative to `src`. */
export function raisedCodes(): ReadonlyMap<string, ReadonlySet<string>> {
  const raised = new Map<string, Set<string>>();
  const add = (code: string, path: string): void => {
    const files = raised.get(code) ?? new Set();
    raised.set(code, files.add(path.replace(/^src\//, '')));
  };
  const files = sourceFiles('src', 'webview');
  for (const file of files) {
    for (const line of file.text.split('\n').filter((each) => !/^\s*(?:import|\} from)\b/.test(each))) {
      for (const { index, 1: room = '', 2: what = '' } of line.matchAll(/'([a-z]+)\/([a-z][a-z0-9-]*)'/g)) {
        if (!otherRooms.has(room) && !read.test(line.slice(0, index))) add(`${room}/${what}`, file.path);
      }
    }
    for (const template of dynamicOf(file)) {
      for (const code of dynamicCodes.get(template)?.([file]) ?? []) add(code, file.path);
    }
  }
  for (const file of files) for (const code of quirkCodes([file])) add(code, file.path);
  return new Map([...raised].map(([code, paths]) => [code, new Set([...paths].sort())]));
}

/** Templates that look like codes but are not listed above. */
export function unexpectedDynamicCodes(): readonly string[] {
  return sourceFiles('src', 'webview').flatMap((file) =>
    dynamicOf(file)
      .filter((template) => !dynamicCodes.has(template))
      .map((template) => `${file.path}: ${template}`),
  );
}

function dynamicOf({ text }: SourceFile): readonly string[] {
  return text
    .split('\n')
    .filter((line) => /\bcode:|new Failure\(|^\s*`/.test(line))
    .flatMap((line) => line.match(dynamicCode) ?? []);
}
