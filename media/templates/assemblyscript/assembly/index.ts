/** The five functions that the gateway calls. The rules are in labels.ts. */
import { ERROR, log, Out, WARN } from './host';
import { fits, Kind, parseJson, Value } from './json';
import { labelAgent, labelResource, labelResponse, withhold } from './labels';

/** The gateway asks for memory for its input and for the output. */
export function alloc(size: u32): usize {
  return heap.alloc(size);
}

/** The gateway gives it back after a call: then nothing of the call is in use, and it can be swept. */
export function dealloc(pointer: usize, size: u32): void {
  heap.free(pointer);
  __collect();
}

export function label_agent(input: usize, length: u32, output: usize, capacity: u32): i32 {
  return run('label_agent', input, length, new Out(output, capacity), labelAgent);
}

export function label_resource(input: usize, length: u32, output: usize, capacity: u32): i32 {
  return run('label_resource', input, length, new Out(output, capacity), labelResource);
}

export function label_response(input: usize, length: u32, output: usize, capacity: u32): i32 {
  const out = new Out(output, capacity);
  if (fits(input, length)) return run('label_response', input, length, out, labelResponse);
  // A result that is too large to be read is withheld as a whole.
  log(WARN, 'label_response: the input needs more memory than a guard has');
  withhold(out);
  return finish('label_response', out);
}

/** AssemblyScript's own failures: the message in the log, then the trap. */
export function onAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  log(ERROR, (message === null ? 'abort' : message) + ` at ${line}:${column}`);
  unreachable();
}

/** Answers the input. -1: it was refused, and the log says why. */
function run(name: string, input: usize, length: u32, out: Out, answer: (input: Value, out: Out) => bool): i32 {
  if (!fits(input, length)) {
    log(ERROR, name + ': the input needs more memory than a guard has');
    return -1;
  }
  const value = parseJson(String.UTF8.decodeUnsafe(input, length));
  if (value === null || value.kind != Kind.Map) {
    log(ERROR, name + ': the input is not a JSON object');
    return -1;
  }
  return answer(value, out) ? finish(name, out) : -1;
}

/** The length of the answer. -2: the output buffer is too small, and holds the size that is needed. */
function finish(name: string, out: Out): i32 {
  if (out.length <= out.capacity) return out.length;
  log(WARN, `${name}: the answer needs ${out.length} bytes, ${out.capacity} are there`);
  if (out.capacity >= 4) store<u32>(out.at, out.length);
  return -2;
}
