/** What each tool touches, and what each part of its answer is. */
import { isError, log, resultText, WARN } from './host';
import { parseJson, quote, Kind, Value } from './json';
import { Label, MERGED, Policy, UNAPPROVED } from './labels';
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

export function resourceOf(policy: Policy, tool: string, args: Value): Resource {
  if (tool == 'list_allowed_directories')
    return new Resource('server:allowed directories', new Label([], MERGED), 'read');
  if (tool == 'read_graph' || tool == 'search_nodes' || tool == 'open_nodes') {
    return new Resource('memory:entities', new Label([], UNAPPROVED), 'read');
  }
  if (tool == 'create_entities') return created(policy, args.get('entities').items);
  if (tool == 'read_multiple_files') return contents(policy, args.get('paths').texts());
  const operation = operationOf(tool);
  if (operation == '') {
    log(WARN, tool + ' is a tool that this guard does not know; it is blocked');
    return new Resource('tool:' + tool, Label.blocked(), 'write');
  }
  const path = args.get('path');
  if (path.kind != Kind.Text) return refused(tool, 'argument "path" is missing or no text');
  const place = resolve(path.text);
  const isEntry = tool != 'list_directory' && tool != 'search_files';
  return new Resource(place.describe(policy), place.label(policy, isEntry), operation);
}

/** Labels for the items of an answer, as JSON; empty when the answer is one thing. */
export function labelItems(policy: Policy, tool: string, args: Value, result: Value): string {
  if (isError(result)) return '';
  const text = resultText(result);
  if (tool == 'list_directory' && text != '') return labelLines(policy, text, resolve(args.get('path').text), true);
  if (tool == 'search_files' && text != 'No matches found')
    return labelLines(policy, text, new Place(false, []), false);
  if (tool == 'read_graph' || tool == 'search_nodes' || tool == 'open_nodes') return labelEntities(policy, text);
  return '';
}

function operationOf(tool: string): string {
  if (tool == 'write_file' || tool == 'create_directory') return 'write';
  // The server answers an edit with a diff, so an edit also reads.
  if (tool == 'edit_file') return 'read-write';
  return READS.includes(tool) ? 'read' : '';
}

function contents(policy: Policy, paths: string[]): Resource {
  if (paths.length == 0) return refused('read_multiple_files', 'argument "paths" must name at least one file');
  let label = resolve(paths[0]).label(policy, true);
  for (let i = 1; i < paths.length; i++) label = label.join(resolve(paths[i]).label(policy, true));
  return new Resource(`files:${paths.length} paths`, label, 'read');
}

function created(policy: Policy, entities: Value[]): Resource {
  if (entities.length == 0) return refused('create_entities', 'argument "entities" must hold at least one entity');
  let label = entityLabel(policy, entities[0]);
  let names = entities[0].get('name').text;
  for (let i = 1; i < entities.length; i++) {
    label = label.meet(entityLabel(policy, entities[i]));
    names += ', ' + entities[i].get('name').text;
  }
  return new Resource('entities:' + names, label, 'write');
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
function labelLines(policy: Policy, text: string, parent: Place, isListing: bool): string {
  const lines = text.split('\n');
  let items = '';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const place = isListing ? parent.child(line.substring(line.indexOf(' ') + 1)) : resolve(line);
    const labels = place.label(policy, true).toJson(place.describe(policy));
    items += (i == 0 ? '' : ',') + `{"data":${quote(line)},"labels":${labels}}`;
  }
  return `{"items":[${items}]}`;
}

/** JSON with `entities`: the gateway can find the items itself, so paths are enough. */
function labelEntities(policy: Policy, text: string): string {
  const graph = parseJson(text);
  if (graph === null || graph.get('entities').kind != Kind.List) return '';
  const entities = graph.get('entities').items;
  let paths = '';
  for (let i = 0; i < entities.length; i++) {
    const label = entityLabel(policy, entities[i]);
    let name = entities[i].get('name').text;
    for (let j = 0; j < label.folders.length; j++) if (!policy.clears(label.folders[j])) name = '*';
    paths += (i == 0 ? '' : ',') + `{"labels":${label.toJson('entity:' + name)},"path":"/entities/${i}"}`;
  }
  const missed = Label.blocked().toJson('an item without a label');
  return `{"default_labels":${missed},"items_path":"/entities","labeled_paths":[${paths}]}`;
}

function refused(tool: string, why: string): Resource {
  const resource = new Resource('', Label.blocked(), 'write');
  resource.problem = tool + ': ' + why;
  return resource;
}
