/** What makes a server entry ambiguous: members of another type, or that stand twice, which clients read in different ways. */
import type { Node } from 'jsonc-parser';
import type { EntryFault } from './clientModel.ts';
import { isJsonRecord } from './jsonRecord.ts';

/** A fault without the entry that it is about. */
type OwnFault = Omit<EntryFault, 'path'>;

const addresses = ['url', 'httpUrl', 'serverUrl'] as const;
const members = ['command', 'args', 'env', 'cwd', 'type', 'transport', ...addresses];

/** The faults of an entry's values, in either format. */
export function valueFaults(entry: Readonly<Record<string, unknown>>): readonly OwnFault[] {
  const { command, args, env } = entry;
  const faults: OwnFault[] = [];
  const wrongType = (name: string, hint: string): void => {
    faults.push({ what: `its "${name}" is ${kindOf(entry[name])}`, hint });
  };
  if (command !== undefined && typeof command !== 'string') {
    wrongType('command', 'Write its "command" as a string, and the arguments as "args"');
  }
  if (args !== undefined && !isScalarList(args)) wrongType('args', 'Write its "args" as a list of strings');
  if (env !== undefined && !isJsonRecord(env))
    wrongType('env', 'Write its "env" as an object of strings, or remove it');
  const urls = addresses.filter((name) => entry[name] !== undefined);
  for (const name of urls) {
    if (typeof entry[name] !== 'string') wrongType(name, `Write its "${name}" as a string`);
  }
  const ways = [...(command === undefined ? [] : ['command']), ...urls];
  if (ways.length > 1) {
    const listed = ways.map((name) => `"${name}"`).join(' and ');
    faults.push({ what: `it has ${listed}, and clients differ in which one they use`, hint: 'Keep one of them' });
  }
  faults.push(...typeFaults(entry, ways), ...caseFaults(entry));
  if (ways.length === 0) {
    faults.push({ what: 'it has neither a "command" nor a "url"', hint: 'Write how the client starts or reaches it' });
  }
  return faults;
}

/** The faults of a JSON entry that its values do not show: names that stand twice, in the entry and above it. */
export function duplicateFaults(root: Node, path: readonly string[]): readonly OwnFault[] {
  const faults: OwnFault[] = [];
  let node: Node | undefined = root;
  for (const [depth, key] of path.entries()) {
    const names = namesOf(node);
    const same = names.filter((name) => name === key).length;
    // Names of servers and projects may differ in case only; those of the format may not.
    const isFixed = depth === 0 || (depth === path.length - 2 && path.length > 2);
    const alike = isFixed ? names.filter((name) => name.toLowerCase() === key.toLowerCase()).length : same;
    if (same > 1) faults.push({ what: `"${key}" stands ${same} times in one object`, hint: 'Keep one of them' });
    else if (alike > 1) faults.push({ what: `"${key}" stands in two spellings`, hint: 'Keep one of them' });
    node = lastMember(node, key);
  }
  for (const [where, object] of [
    ['it', node],
    ['its "env"', lastMember(node, 'env')],
    ['its "command"', lastMember(node, 'command')],
  ] as const) {
    const names = namesOf(object);
    for (const name of new Set(names.filter((each, at) => names.indexOf(each) !== at))) {
      faults.push({
        what: `${where} has "${name}" twice, and clients differ in which one they use`,
        hint: 'Keep one of them',
      });
    }
  }
  // Older versions of Zed have the arguments and the environment inside the command.
  const outside = namesOf(node).filter((name) => name === 'args' || name === 'env');
  if (lastMember(node, 'command')?.type === 'object' && outside.length > 0) {
    const what = `its "command" is an object, and it has "${outside.join('" and "')}" beside it`;
    faults.push({ what, hint: 'Write the command as a string, or everything inside it' });
  }
  return faults;
}

/** The value of a member; of duplicate keys the last one counts, as in the parsers of the clients. */
export function lastMember(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  return node.children?.findLast(({ children }) => children?.[0]?.value === name)?.children?.[1];
}

function namesOf(node: Node | undefined): readonly string[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).map(({ children }) => String(children?.[0]?.value));
}

function typeFaults(entry: Readonly<Record<string, unknown>>, ways: readonly string[]): readonly OwnFault[] {
  const name = entry['type'] === undefined ? 'transport' : 'type';
  const type = entry[name];
  if (typeof type !== 'string' || ways.length !== 1) return [];
  const isLocal = ['stdio', 'local', 'command', ''].includes(type);
  if (isLocal === (ways[0] === 'command')) return [];
  const what = `its "${name}" is "${type}", but it has a "${ways[0] ?? ''}"`;
  return [{ what, hint: `Correct its "${name}", or remove it` }];
}

function caseFaults(entry: Readonly<Record<string, unknown>>): readonly OwnFault[] {
  return Object.keys(entry).flatMap((key) => {
    const known = members.find((name) => name !== key && name.toLowerCase() === key.toLowerCase());
    if (known === undefined || members.includes(key)) return [];
    const what = `it has "${key}", which only clients that ignore case read as "${known}"`;
    return [{ what, hint: Object.hasOwn(entry, known) ? 'Remove one of the two' : `Write "${known}"` }];
  });
}

function isScalarList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value))
    return value.some((item) => typeof item === 'object') ? 'a list with other values than strings' : 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
