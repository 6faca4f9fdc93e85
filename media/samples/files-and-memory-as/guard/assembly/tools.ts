/** What each tool touches, and what each part of its answer is. */
import { isError, log, resultText, WARN } from './host';
import { parseJson, Kind, Members, Value } from './json';
import { Label, MERGED, Policy, UNAPPROVED } from './labels';
import { Out } from './out';
import { resolve, resolveRelative, Place } from './places';

/** The reading tools of the file server that answer about one thing, or line by line. */
const READS: string[] = [
  'read_file',
  'read_text_file',
  'read_media_file',
  'get_file_info',
  'list_directory',
  'search_files',
];

/** What a call touches; `problem` says why it cannot be told. */
export class Resource {
  problem: string = '';

  constructor(
    readonly description: string,
    readonly label: Label,
    readonly operation: string,
  ) {}
}

export function resourceOf(policy: Policy, tool: string, args: Members): Resource {
  if (tool == 'list_allowed_directories')
    return new Resource('server:allowed directories', new Label([], MERGED), 'read');
  if (isAboutEntities(tool)) return new Resource('memory:entities', new Label([], UNAPPROVED), 'read');
  if (tool == 'create_entities') return created(policy, args);
  if (tool == 'read_multiple_files') return contents(policy, args);
  const operation = operationOf(tool);
  if (operation == '') {
    log(WARN, tool + ' is a tool that this guard does not know; it is blocked');
    return new Resource('tool:' + tool, Label.blocked(), 'write');
  }
  const path = args.get('path');
  if (args.problem != '') return refused(tool, args.problem);
  if (path.kind != Kind.Text) return refused(tool, 'argument "path" is missing or no text');
  const place = resolve(path.text);
  const isEntry = tool != 'list_directory' && tool != 'search_files';
  return new Resource(place.describe(policy), place.label(policy, isEntry), operation);
}

/** Labels for the items of an answer; false when the answer is one thing. Only tools whose answers have items need to look at the answer. */
export function putItems(out: Out, policy: Policy, tool: string, call: Members): bool {
  const isListing = tool == 'list_directory';
  if (!isListing && tool != 'search_files' && !isAboutEntities(tool)) return false;
  const result = call.get('tool_result');
  if (call.problem != '') {
    log(WARN, `${tool}: ${call.problem}; it is withheld`);
    withhold(out);
    return true;
  }
  if (isError(result)) return false;
  const text = resultText(result);
  if (isAboutEntities(tool)) return putEntities(out, policy, text);
  if (text == (isListing ? '' : 'No matches found')) return false;
  const parent = isListing ? resolve(call.members('tool_args').get('path').text) : new Place(false, []);
  putLines(out, policy, text, parent, isListing);
  return true;
}

/** An answer that cannot be read, or whose labels are too long: nobody gets it. */
export function withhold(out: Out): void {
  out.length = 0;
  putWhole(out, Label.blocked(), 'a result that is too large to be labelled');
}

export function putWhole(out: Out, label: Label, description: string): void {
  out.put('{"default_labels":');
  label.put(out, description);
  out.put(',"labeled_paths":[]}');
}

function isAboutEntities(tool: string): bool {
  return tool == 'read_graph' || tool == 'search_nodes' || tool == 'open_nodes';
}

function operationOf(tool: string): string {
  if (tool == 'write_file' || tool == 'create_directory') return 'write';
  // The server answers an edit with a diff, so an edit also reads.
  if (tool == 'edit_file') return 'read-write';
  return READS.includes(tool) ? 'read' : '';
}

function contents(policy: Policy, args: Members): Resource {
  const paths = args.get('paths').texts();
  if (args.problem != '') return refused('read_multiple_files', args.problem);
  if (paths.length == 0) return refused('read_multiple_files', 'argument "paths" must name at least one file');
  let label = resolve(paths[0]).label(policy, true);
  for (let i = 1; i < paths.length; i++) label = label.join(resolve(paths[i]).label(policy, true));
  return new Resource(`files:${paths.length} paths`, label, 'read');
}

function created(policy: Policy, args: Members): Resource {
  const entities = args.get('entities').items;
  if (args.problem != '') return refused('create_entities', args.problem);
  if (entities.length == 0) return refused('create_entities', 'argument "entities" must hold at least one entity');
  let label = entityLabel(policy, entities[0]);
  const names = [entities[0].get('name').text];
  for (let i = 1; i < entities.length; i++) {
    label = label.meet(entityLabel(policy, entities[i]));
    names.push(entities[i].get('name').text);
  }
  return new Resource('entities:' + names.join(', '), label, 'write');
}

/** An entity is labelled like the source that its observations name, at most approved; without one it is anybody's word. */
function entityLabel(policy: Policy, entity: Value): Label {
  const observations = entity.get('observations').texts();
  let label: Label | null = null;
  for (let i = 0; i < observations.length; i++) {
    if (!observations[i].startsWith('source: ')) continue;
    const source = resolveRelative(observations[i].substring(8).trim()).label(policy, true);
    label = label === null ? source : label.join(source);
  }
  return label === null ? new Label([], UNAPPROVED) : new Label(label.folders, min(label.level, 2));
}

/** Text lines: the guard hands over the pieces, because the gateway cannot take a text apart. */
function putLines(out: Out, policy: Policy, text: string, parent: Place, isListing: bool): void {
  const lines = text.split('\n');
  out.put('{"items":[');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const place = isListing ? parent.child(line.substring(line.indexOf(' ') + 1)) : resolve(line);
    out.put(i == 0 ? '{"data":' : ',{"data":');
    out.putQuoted(line);
    out.put(',"labels":');
    place.label(policy, true).put(out, place.describe(policy));
    out.put('}');
  }
  out.put(']}');
}

/** JSON with `entities`: the gateway can find the items itself, so paths are enough. */
function putEntities(out: Out, policy: Policy, text: string): bool {
  const bytes = String.UTF8.encode(text);
  const graph = parseJson(changetype<usize>(bytes), bytes.byteLength);
  if (graph === null || graph.get('entities').kind != Kind.List) return false;
  const entities = graph.get('entities').items;
  out.put('{"default_labels":');
  Label.blocked().put(out, 'an item without a label');
  out.put(',"items_path":"/entities","labeled_paths":[');
  for (let i = 0; i < entities.length; i++) {
    const label = entityLabel(policy, entities[i]);
    let name = entities[i].get('name').text;
    for (let j = 0; j < label.folders.length; j++) if (!policy.clears(label.folders[j])) name = '*';
    out.put(i == 0 ? '{"labels":' : ',{"labels":');
    label.put(out, 'entity:' + name);
    out.put(`,"path":"/entities/${i}"}`);
  }
  out.put(']}');
  return true;
}

function refused(tool: string, why: string): Resource {
  const resource = new Resource('', Label.blocked(), 'write');
  resource.problem = tool + ': ' + why;
  return resource;
}
