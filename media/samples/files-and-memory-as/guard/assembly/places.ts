/** Paths: from what a caller wrote to a place in the workspace, and the rule of that place. */
import { ask, log, resultText, INFO, WARN } from './host';
import { folderLevel, Label, MERGED, Policy } from './labels';

/** Parts below the workspace's root, without `.` and `..`. */
export class Place {
  constructor(
    readonly inside: bool,
    readonly parts: string[],
  ) {}

  /** The rule for what lies here; `isEntry`: for the name of a top folder, which belongs to the root. */
  label(policy: Policy, isEntry: bool): Label {
    if (!this.inside) return Label.blocked();
    if (this.parts.length == 0) return new Label([], MERGED);
    const folder = this.parts[0];
    if (this.parts.length > 1 || !isEntry) return policy.classify(folder, folderLevel(this.parts));
    const isFile = folder.includes('.');
    return isFile ? new Label([], MERGED) : policy.classify(folder, MERGED);
  }

  /** For messages. The gateway shows them to the agent, so a place that it may not know keeps its name to itself. */
  describe(policy: Policy): string {
    if (!this.inside) return 'path:outside the workspace';
    if (this.parts.length == 0) return 'path:.';
    const inRoot = this.parts.length == 1 && this.parts[0].includes('.');
    return 'path:' + (inRoot || policy.clears(this.parts[0]) ? this.parts.join('/') : this.parts[0] + '/*');
  }

  child(name: string): Place {
    return new Place(this.inside, this.parts.concat([name]));
  }
}

let roots: string[] = [];
let rootsKnown: bool = false;

/** Resolves a path of the file server. Its root is asked once and kept. */
export function resolve(path: string): Place {
  if (!path.startsWith('/')) return path.startsWith('~') ? new Place(false, []) : fromParts(path);
  if (!rootsKnown) learnRoots();
  const place = fromParts(path);
  for (let i = 0; i < roots.length; i++) {
    const root = fromParts(roots[i]).parts;
    if (place.inside && startsWith(place.parts, root)) return new Place(true, place.parts.slice(root.length));
  }
  return new Place(false, []);
}

/** Resolves a path that is relative to the workspace by agreement, such as an entity's source. */
export function resolveRelative(path: string): Place {
  return path.startsWith('/') || path.startsWith('~') ? new Place(false, []) : fromParts(path);
}

function learnRoots(): void {
  const result = ask('list_allowed_directories', '{}');
  if (result === null) {
    log(WARN, 'list_allowed_directories failed: absolute paths are refused until it answers');
    return;
  }
  roots = resultText(result).split('\n').slice(1);
  rootsKnown = true;
  log(INFO, 'the workspace is ' + roots.join(', '));
}

/** No file system has longer ones. */
const LONGEST_PATH: i32 = 4096;

function fromParts(path: string): Place {
  if (path.length > LONGEST_PATH) return new Place(false, []);
  const parts: string[] = [];
  const names = path.split('/');
  for (let i = 0; i < names.length; i++) {
    if (names[i] == '' || names[i] == '.') continue;
    if (names[i] != '..') parts.push(names[i]);
    else if (parts.length == 0) return new Place(false, []);
    else parts.pop();
  }
  return new Place(true, parts);
}

function startsWith(parts: string[], root: string[]): bool {
  if (parts.length < root.length) return false;
  for (let i = 0; i < root.length; i++) if (parts[i] != root[i]) return false;
  return true;
}
