/** A guard for the MCP servers `server-filesystem` and `server-memory`: the exports that the gateway calls. */
import { log, DEBUG, ERROR, INFO, WARN } from './host';
import { Members } from './json';
import { levelName, levelTags, Policy, secrecyTags } from './labels';
import { Out } from './out';
import { putItems, putWhole, resourceOf, withhold } from './tools';

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
  const payload = read('label_agent', input, length, capacity);
  if (payload === null) return -1;
  const next = new Policy();
  const problem = next.read(payload.get('allow-only'));
  if (problem != '') return refuse('label_agent', problem);
  policy = next;
  const secrecy = secrecyTags(next.clearedPrivateFolders());
  const level = levelName(next.minLevel);
  log(INFO, `policy: scope ${next.scopeKind()}, min-integrity ${level}, cleared for ${secrecy.join(', ')}`);
  const out = new Out(output, capacity);
  out.put('{"agent":{"integrity":');
  out.putAllQuoted(levelTags(next.minLevel));
  out.put(',"secrecy":');
  out.putAllQuoted(secrecy);
  out.put('},"difc_mode":"filter","normalized_policy":');
  out.put(`{"min-integrity":"${level}","scope_kind":"${next.scopeKind()}"}}`);
  return finish('label_agent', out);
}

/** Tool call in, the labels of what it touches and the kind of access out. */
export function label_resource(input: usize, length: u32, output: usize, capacity: u32): i32 {
  const call = read('label_resource', input, length, capacity);
  const rules = policy;
  if (call === null) return -1;
  if (rules === null) return refuse('label_resource', 'label_agent has not been called');
  const tool = call.get('tool_name').text;
  const resource = resourceOf(rules, tool, call.members('tool_args'));
  if (resource.problem != '') return refuse('label_resource', resource.problem);
  log(INFO, `${tool}: ${resource.operation} ${resource.description}, ${levelName(resource.label.level)}`);
  const out = new Out(output, capacity);
  out.put(`{"operation":"${resource.operation}","resource":`);
  resource.label.put(out, resource.description);
  out.put('}');
  return finish('label_resource', out);
}

/** Tool result in, labels for its items out. */
export function label_response(input: usize, length: u32, output: usize, capacity: u32): i32 {
  const call = read('label_response', input, length, capacity);
  const rules = policy;
  if (call === null) return -1;
  if (rules === null) return refuse('label_response', 'label_agent has not been called');
  const tool = call.get('tool_name').text;
  const out = new Out(output, capacity);
  if (!putItems(out, rules, tool, call)) {
    const resource = resourceOf(rules, tool, call.members('tool_args'));
    if (resource.problem != '') return refuse('label_response', resource.problem);
    putWhole(out, resource.label, resource.description);
  }
  return finish('label_response', out);
}

/** AssemblyScript's own failures: the message in the log, then the trap. */
export function onAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  log(ERROR, (message === null ? 'abort' : message) + ` at ${line}:${column}`);
  unreachable();
}

function read(name: string, input: usize, length: u32, capacity: u32): Members | null {
  log(DEBUG, `${name}: ${length} bytes in`);
  const members = Members.ofInput(input, length, capacity);
  if (members === null) refuse(name, 'the input is no JSON object');
  return members;
}

/** The gateway takes no longer answer. */
const LONGEST_ANSWER: u32 = 16 << 20;

/** The length of the answer. -2: the buffer is too small, and holds the size that is needed. */
function finish(name: string, out: Out): i32 {
  if (out.length > LONGEST_ANSWER) {
    log(WARN, `${name}: an answer of ${out.length} bytes is longer than the gateway takes`);
    withhold(out);
  }
  if (out.length > out.capacity) {
    log(WARN, `${name}: the answer needs ${out.length} bytes, ${out.capacity} are there`);
    if (out.capacity >= 4) store<u32>(out.at, out.length);
    return -2;
  }
  log(DEBUG, `${name}: ${out.length} bytes out`);
  return out.length;
}

function refuse(name: string, why: string): i32 {
  log(ERROR, `${name}: ${why}`);
  return -1;
}
