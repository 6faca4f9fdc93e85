/**
 * The rules of {{name}}: labels for the tools of a server of notes. A note lies in a folder and has an author:
 *
 * - folder `public`: everybody may know it; any other: only agents that the policy clears for `notes/FOLDER`;
 * - author `staff`: approved; everybody else: unapproved.
 *
 * Change `labelResource`, `Note.of` and `labelAgent` to what your server does.
 */
import { ask, ERROR, INFO, log, Out, WARN } from './host';
import { Kind, parseJson, Value } from './json';

const LEVELS: string[] = ['none', 'unapproved', 'approved', 'merged'];
const BLOCKED: i32 = 0;
const UNAPPROVED: i32 = 2;
const APPROVED: i32 = 3;

/** The folders beside "public", for policies that clear an agent for all of them. */
const PRIVATE_FOLDERS: string[] = ['team', 'board'];

/** What is known of a note. Nothing is known of a note without a folder, so no agent is cleared for it. */
class Note {
  constructor(
    readonly folder: string,
    /** The number of levels that it has; 0 is blocked. */
    readonly level: i32,
  ) {}

  /** What nobody may read or write. */
  static blocked(): Note {
    return new Note('public', BLOCKED);
  }

  static of(described: Value): Note {
    const author = described.get('author');
    const staff = author.kind == Kind.Text && author.text == 'staff';
    return new Note(textOf(described.get('folder')), staff ? APPROVED : UNAPPROVED);
  }

  putLabels(out: Out, kind: string, name: string): void {
    out.put('{"description":"');
    out.put(kind);
    out.putEscaped(name);
    out.put('","integrity":[');
    putLevels(out, this.level);
    out.put('],"secrecy":[');
    if (this.folder != 'public') putFolder(out, this.folder);
    out.put(']}');
  }
}

function putLevels(out: Out, level: i32): void {
  if (level == BLOCKED) out.put('"blocked"'); // no agent has this tag
  for (let i = 0; i < level; i++) {
    out.put(i == 0 ? '"' : ',"');
    out.put(LEVELS[i]);
    out.put('"');
  }
}

function putFolder(out: Out, folder: string): void {
  out.put('"private:notes/');
  out.putEscaped(folder == '' ? 'unknown' : folder);
  out.put('"');
}

function textOf(value: Value): string {
  return value.kind == Kind.Text ? value.text : '';
}

/** What the policy clears the agent for, and how far it trusts what the agent reads. Like the two functions below, false when it refuses. */
export function labelAgent(policy: Value, out: Out): bool {
  const allowed = policy.get('allow-only');
  const least = textOf(allowed.get('min-integrity'));
  const level = LEVELS.indexOf(least) + 1;
  if (level == 0) return refuse(`min-integrity must be none, unapproved, approved or merged, not "${least}"`);
  const repos = allowed.get('repos');
  let folders: string[] = [];
  if (repos.kind == Kind.List) {
    for (let i = 0; i < repos.values.length; i++) {
      const scope = textOf(repos.values[i]);
      const folder = scope.startsWith('notes/') ? scope.substring(6) : '';
      if (folder == '*') folders = folders.concat(PRIVATE_FOLDERS);
      else if (folder == '' || folder.endsWith('*')) return refuse(`expected notes/FOLDER or notes/*, not "${scope}"`);
      else folders.push(folder);
    }
  } else if (textOf(repos) == 'all') {
    folders = PRIVATE_FOLDERS;
  } else if (textOf(repos) != 'public') {
    return refuse(`repos must be all, public or a list, not "${repos.text}"`);
  }
  out.put('{"agent":{"integrity":[');
  putLevels(out, level);
  out.put('],"secrecy":[');
  for (let i = 0; i < folders.length; i++) {
    if (i > 0) out.put(',');
    putFolder(out, folders[i]);
  }
  out.put(']},"difc_mode":"filter"}');
  return true;
}

function refuse(why: string): bool {
  log(ERROR, why);
  return false;
}

/** The kind of access, and the labels of what the call touches. */
export function labelResource(call: Value, out: Out): bool {
  const tool = textOf(call.get('tool_name'));
  const args = call.get('tool_args');
  let operation = 'read';
  // Anybody may ask for a list; label_response labels its notes.
  let note = new Note('public', APPROVED);
  let kind = '';
  let name = tool;
  if (tool == 'read_note' || tool == 'note_info' || tool == 'delete_note') {
    if (tool == 'delete_note') operation = 'write';
    note = lookUp(args.get('id'));
    kind = 'note:';
    name = textOf(args.get('id'));
  } else if (tool == 'add_note') {
    operation = 'write';
    name = textOf(args.get('folder'));
    note = new Note(name, APPROVED);
    kind = 'folder:';
  } else if (tool != 'list_notes' && tool != 'search_notes') {
    // A tool that the guard does not know may do anything.
    log(WARN, 'a tool without a rule: ' + tool);
    operation = 'write';
    note = Note.blocked();
    kind = 'tool:';
  }
  out.put('{"operation":"');
  out.put(operation);
  out.put('","resource":');
  note.putLabels(out, kind, name);
  out.put('}');
  log(INFO, `${tool}: ${operation} ${kind}${name}`);
  return true;
}

/** Folder and author of a note are not in the call, so the guard asks its server. What cannot be found out is blocked. */
function lookUp(id: Value): Note {
  if (id.kind != Kind.Text) return Note.blocked();
  const ids = Out.ofSize(6 * id.text.length + 16);
  ids.put('{"id":"');
  ids.putEscaped(id.text);
  ids.put('"}');
  const result = ask('note_info', ids);
  if (result === null) return Note.blocked();
  const info = jsonOf(result);
  return info !== null && info.get('folder').kind == Kind.Text ? Note.of(info) : Note.blocked();
}

/**
 * Labels for each note of a list, or for the one note of another result. An answer without `labeled_paths` hands the whole result to the agent,
 * whatever `label_resource` said: right for an error of the server, which has no notes in it, and for nothing else.
 */
export function labelResponse(call: Value, out: Out): bool {
  const result = call.get('tool_result');
  const failed = result.get('isError');
  if (failed.kind == Kind.Boolean && failed.text == 'true') {
    out.put('{}');
    return true;
  }
  const notes = jsonOf(result);
  out.put('{"labeled_paths":[');
  if (notes !== null && notes.kind == Kind.List) {
    for (let i = 0; i < notes.values.length; i++) {
      out.put(i == 0 ? '{"path":"/' : ',{"path":"/');
      out.put(i.toString());
      out.put('","labels":');
      putNote(notes.values[i], out);
      out.put('}');
    }
  }
  out.put('],"default_labels":');
  if (notes !== null && notes.kind == Kind.Map) putNote(notes, out);
  else Note.blocked().putLabels(out, 'something without a rule', '');
  out.put('}');
  return true;
}

/** The answer to a result that was not read. */
export function withhold(out: Out): void {
  out.put('{"labeled_paths":[],"default_labels":');
  Note.blocked().putLabels(out, 'too large', '');
  out.put('}');
}

function putNote(note: Value, out: Out): void {
  Note.of(note).putLabels(out, 'note:', textOf(note.get('id')));
}

/** The JSON in an MCP result: its text items, one after the other, as the gateway reads them. */
function jsonOf(result: Value): Value | null {
  const items = result.get('content').values;
  const texts: string[] = [];
  for (let i = 0; i < items.length; i++) {
    if (textOf(items[i].get('type')) == 'text') texts.push(textOf(items[i].get('text')));
  }
  return parseJson(texts.length == 1 ? texts[0] : texts.join(''));
}
