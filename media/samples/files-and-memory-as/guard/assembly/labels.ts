/** Labels, the policy, and the rule of each folder. */
import { Kind, Value } from './json';
import { Out } from './out';

const LEVELS: string[] = ['none', 'unapproved', 'approved', 'merged'];
const PRIVATE_FOLDERS: string[] = ['customers', 'private'];

export const UNAPPROVED: i32 = 1;
export const MERGED: i32 = 3;

/** What one must be cleared for (folders), and how far it is trusted (0 to 3; below 0: nobody may touch it). */
export class Label {
  constructor(
    readonly folders: string[],
    readonly level: i32,
  ) {}

  static blocked(): Label {
    return new Label([], -1);
  }

  /** For reading two things at once: as secret as both, trusted as the weaker one. */
  join(other: Label): Label {
    const folders = this.folders.slice(0);
    for (let i = 0; i < other.folders.length; i++) {
      if (!folders.includes(other.folders[i])) folders.push(other.folders[i]);
    }
    return new Label(folders, min(this.level, other.level));
  }

  /** For writing to two places at once: only what both may hold, with the demands of the stricter one. */
  meet(other: Label): Label {
    const folders: string[] = [];
    for (let i = 0; i < this.folders.length; i++) {
      if (other.folders.includes(this.folders[i])) folders.push(this.folders[i]);
    }
    return new Label(folders, this.level < 0 || other.level < 0 ? -1 : max(this.level, other.level));
  }

  put(out: Out, description: string): void {
    out.put('{"description":');
    out.putQuoted(description);
    out.put(',"integrity":');
    out.putAllQuoted(this.level < 0 ? ['blocked:workspace'] : levelTags(this.level));
    out.put(',"secrecy":');
    out.putAllQuoted(secrecyTags(this.folders));
    out.put('}');
  }
}

/** Which folders the agent may know, and how trusted its sources must be. `repos` scopes read `workspace/<folder>`. */
export class Policy {
  /** Names and prefixes (`cust*`); `*` alone clears every folder. */
  names: string[] = [];
  onlyPublic: bool = false;
  minLevel: i32 = 0;

  /** Reads the member `allow-only` of the payload of label_agent. The text says what is wrong with it; empty: nothing. */
  read(rules: Value): string {
    if (rules.kind != Kind.Map) return 'the policy has no "allow-only" object';
    const level = rules.get('min-integrity').text;
    this.minLevel = LEVELS.indexOf(level.trim().toLowerCase());
    if (this.minLevel < 0) return `min-integrity "${level}" is none of none, unapproved, approved, merged`;
    const repos = rules.get('repos');
    if (repos.kind == Kind.Text && repos.text == 'all') this.names.push('*');
    else if (repos.kind == Kind.Text && repos.text == 'public') this.onlyPublic = true;
    else if (repos.kind == Kind.List && repos.items.length > 0) return this.readScopes(repos.items);
    else return 'repos must be all, public or a list of scopes';
    return '';
  }

  clears(folder: string): bool {
    if (this.onlyPublic) return !PRIVATE_FOLDERS.includes(folder);
    for (let i = 0; i < this.names.length; i++) {
      const name = this.names[i];
      if (name.endsWith('*') ? folder.startsWith(name.slice(0, -1)) : folder == name) return true;
    }
    return false;
  }

  clearedPrivateFolders(): string[] {
    const cleared: string[] = [];
    for (let i = 0; i < PRIVATE_FOLDERS.length; i++) {
      if (this.clears(PRIVATE_FOLDERS[i])) cleared.push(PRIVATE_FOLDERS[i]);
    }
    return cleared;
  }

  scopeKind(): string {
    if (this.onlyPublic) return 'public';
    if (this.names.includes('*')) return 'all';
    return this.names.length == 1 ? 'repo' : 'composite';
  }

  /** The label of something in a top folder. */
  classify(folder: string, level: i32): Label {
    const secret = PRIVATE_FOLDERS.includes(folder) || !this.clears(folder);
    return new Label(secret ? [folder] : [], level);
  }

  private readScopes(scopes: Value[]): string {
    for (let i = 0; i < scopes.length; i++) {
      const scope = scopes[i].text;
      if (!scope.startsWith('workspace/') || scope == 'workspace/') {
        return `scope "${scope}" does not have the form "workspace/<folder>"`;
      }
      this.names.push(scope.substring('workspace/'.length));
    }
    return '';
  }
}

/** The reference monitor compares sets of tags, so a level lists every lower one too. */
export function levelTags(level: i32): string[] {
  const tags: string[] = [];
  for (let i = 0; i <= level; i++) tags.push(LEVELS[i] + ':workspace');
  return tags;
}

export function secrecyTags(folders: string[]): string[] {
  const tags: string[] = [];
  for (let i = 0; i < folders.length; i++) tags.push('private:' + folders[i]);
  return tags.sort((a: string, b: string) => (a < b ? -1 : 1));
}

export function levelName(level: i32): string {
  return level < 0 ? 'blocked' : LEVELS[level];
}

/** How far the content of a folder is trusted; README.md has the same table. */
export function folderLevel(parts: string[]): i32 {
  const folder = parts[0];
  if (folder == 'docs') return parts.length > 1 && parts[1] == 'drafts' ? 2 : MERGED;
  return folder == 'customers' || folder == 'private' || folder == 'outbox' ? 2 : UNAPPROVED;
}
