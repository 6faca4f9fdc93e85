/** Fills in the variables of an `mcp.json`: VS Code does so for its own servers, not for those that an extension publishes. */

/** Gives the value of a variable (`env:HOME`, `input:token`, `workspaceFolder`); null leaves it as it stands. */
export type VariableLookup = (variable: string) => Promise<string | null>;

const variable = /\$\{([^{}]+)\}/g;

/**
 * Every text of a value with its variables filled in; each variable is looked up once. Only texts change: names of members, numbers and
 * the rest stay.
 */
export async function fillIn<T>(value: T, lookup: VariableLookup): Promise<T> {
  const names = new Set<string>();
  eachText(value, (text) => {
    for (const [, name = ''] of text.matchAll(variable)) names.add(name);
    return text;
  });
  const values = new Map<string, string | null>();
  // One after the other: some ask the user.
  for (const name of names) values.set(name, await lookup(name));
  return eachText(value, (text) => text.replaceAll(variable, (whole, name: string) => values.get(name) ?? whole));
}

/** What the variables mean that need nobody to be asked; null for others. */
export function plainVariable(
  name: string,
  around: {
    readonly folder: string | null;
    readonly home: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly separator: string;
  },
): string | null {
  const { folder, home, env, separator } = around;
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

function eachText<T>(value: T, map: (text: string) => string): T {
  if (typeof value === 'string') return map(value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => eachText(each, map)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, eachText(each, map)])) as T;
}
