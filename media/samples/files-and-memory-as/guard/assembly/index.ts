/** A guard for the MCP servers `server-filesystem` and `server-memory`: the exports that the gateway calls. */
import { log, DEBUG, ERROR, INFO, WARN } from './host';
import { parseJson, quoteAll, Kind, Value } from './json';
import { levelName, levelTags, Policy, secrecyTags } from './labels';
import { labelItems, resourceOf } from './tools';

let policy: Policy | null = null;

/** The gateway asks for memory for its input and for the output. */
export function alloc(size: u32): usize {
  return heap.alloc(size);
}

/** The gateway gives it back after a call: then nothing of the call is in use, and it can be swept. */
export function dealloc(pointer: usize, size: u32): void {
  heap.free(pointer);
  __collect();
}

/** Policy in, the agent's labels out. */
export function label_agent(input: usize, length: u32, output: usize, capacity: u32): i32 {
  const payload = read('label_agent', input, length);
  if (payload === null) return -1;
  const next = new Policy();
  const problem = next.read(payload);
  if (problem != '') return refuse('label_agent', problem);
  policy = next;
  const secrecy = secrecyTags(next.clearedPrivateFolders());
  log(
    INFO,
    `policy: scope ${next.scopeKind()}, min-integrity ${levelName(next.minLevel)}, cleared for ${secrecy.join(', ')}`,
  );
  const agent = `{"integrity":${quoteAll(levelTags(next.minLevel))},"secrecy":${quoteAll(secrecy)}}`;
  const normalized = `{"min-integrity":"${levelName(next.minLevel)}","scope_kind":"${next.scopeKind()}"}`;
  return write(
    'label_agent',
    `{"agent":${agent},"difc_mode":"filter","normalized_policy":${normalized}}`,
    output,
    capacity,
  );
}

/** Tool call in, the labels of what it touches and the kind of access out. */
export function label_resource(input: usize, length: u32, output: usize, capacity: u32): i32 {
  const call = read('label_resource', input, length);
  const rules = policy;
  if (call === null) return -1;
  if (rules === null) return refuse('label_resource', 'label_agent has not been called');
  const tool = call.get('tool_name').text;
  const resource = resourceOf(rules, tool, call.get('tool_args'));
  if (resource.problem != '') return refuse('label_resource', resource.problem);
  log(INFO, `${tool}: ${resource.operation} ${resource.description}, ${levelName(resource.label.level)}`);
  const labels = resource.label.toJson(resource.description);
  return write('label_resource', `{"operation":"${resource.operation}","resource":${labels}}`, output, capacity);
}

/** Tool result in, labels for its items out. */
export function label_response(input: usize, length: u32, output: usize, capacity: u32): i32 {
  const call = read('label_response', input, length);
  const rules = policy;
  if (call === null) return -1;
  if (rules === null) return refuse('label_response', 'label_agent has not been called');
  const tool = call.get('tool_name').text;
  const args = call.get('tool_args');
  const items = labelItems(rules, tool, args, call.get('tool_result'));
  if (items != '') return write('label_response', items, output, capacity);
  const resource = resourceOf(rules, tool, args);
  if (resource.problem != '') return refuse('label_response', resource.problem);
  const labels = resource.label.toJson(resource.description);
  return write('label_response', `{"default_labels":${labels},"labeled_paths":[]}`, output, capacity);
}

/** AssemblyScript's own failures: the message in the log, then the trap. */
export function onAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  log(ERROR, (message === null ? 'abort' : message) + ` at ${line}:${column}`);
  unreachable();
}

function read(name: string, input: usize, length: u32): Value | null {
  log(DEBUG, `${name}: ${length} bytes in`);
  const value = parseJson(String.UTF8.decodeUnsafe(input, length));
  if (value === null || value.kind != Kind.Map) {
    refuse(name, 'the input is no JSON object');
    return null;
  }
  return value;
}

/** -2: the buffer is too small, and holds the size that is needed. */
function write(name: string, text: string, output: usize, capacity: u32): i32 {
  const bytes = String.UTF8.encode(text);
  const length = <u32>bytes.byteLength;
  if (length > capacity) {
    log(WARN, `${name}: the answer needs ${length} bytes, ${capacity} are there`);
    if (capacity >= 4) store<u32>(output, length);
    return -2;
  }
  memory.copy(output, changetype<usize>(bytes), length);
  log(DEBUG, `${name}: ${length} bytes out`);
  return length;
}

function refuse(name: string, why: string): i32 {
  log(ERROR, `${name}: ${why}`);
  return -1;
}
