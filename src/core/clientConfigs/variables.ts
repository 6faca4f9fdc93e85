/** Replaces variables of an `mcp.json`. VS Code does so for its own servers, but not for those that an extension publishes. */

/** Returns the value of a variable (`env:HOME`, `input:token`, `workspaceFolder`); null leaves the variable in the text. */
export type VariableLookup = (variable: string) => Promise<string | null>;

const variable = /\$\{([^{}]+)\}/g;

/** Replaces the variables in all strings of a value, but not in member names. Each variable is looked up once. */
export async function fillIn<T>(value: T, lookup: VariableLookup): Promise<T> {
  const names = new Set<string>();
  mapStrings(value, (text) => {
    for (const [, name = ''] of text.matchAll(variable)) names.add(name);
    return text;
  });
  const values = new Map<string, string | null>();
  // Sequentially, because a look-up may ask the user.
  for (const name of names) values.set(name, await lookup(name));
  return mapStrings(value, (text) => text.replaceAll(variable, (whole, name: string) => values.get(name) ?? whole));
}

/** The value of a variable that depends only on the platform and the workspace; null for other variables. */
export function plainVariable(
  name: string,
  platform: {
    readonly folder: string | null;
    readonly home: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly separator: string;
  },
): string | null {
  const { folder, home, env, separator } = platform;
  if (name.startsWith('env:')) return env[name.slice('env:'.length)] ?? '';
  switch (name) {
    case 'workspaceFolder':
    case 'cwd':
      return folder;
    case 'workspaceFolderBasename':
      return folder === null ? null : (folder.split(separator).at(-1) ?? null);
    case 'userHome':
      return home;
    case 'pathSeparator':
    case '/':
      return separator;
    default:
      return null;
  }
}

function mapStrings<T>(value: T, map: (text: string) => string): T {
  if (typeof value === 'string') return map(value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => mapStrings(each, map)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapStrings(each, map)])) as T;
}
