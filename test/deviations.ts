/** What V8 cannot reproduce of production, as data: each entry is asserted to differ in exactly this way. */

/** One parity case that does not pass. */
export interface Deviation {
  /** `group/case` below test/parity. */
  readonly name: string;
  /** Every line that differs, counted from 1, with what is printed instead of what was recorded. */
  readonly differences: readonly { readonly line: number; readonly member: string; readonly printed: unknown }[];
  /** Why V8 cannot do what wazero does. */
  readonly why: string;
  /** What the user is told, and where. */
  readonly told: string;
}

export const deviations: readonly Deviation[] = [];

/** A difference that no recorded case shows. `test/deviations.test.ts` holds a test of the same id, which asserts what happens here. */
export interface KnownDifference {
  readonly id: string;
  /** What the gateway does, and what Guardscope does. */
  readonly production: string;
  readonly here: string;
  readonly why: string;
  /** What the user is told, and where. */
  readonly told: string;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    id: 'deadline-grace',
    production:
      'A guard whose deadline has passed goes on to its next loop header or return, and its dealloc still runs',
    here: 'It may go on for 100 ms, wherever it is, then its thread is ended; dealloc does not run',
    why: 'Another thread cannot stop V8 at a chosen place; the error, the poisoning and everything logged before are the same',
    told: 'The call shows the error of the deadline; log lines and look-ups of the 100 ms may be more than production would show',
  },
  {
    id: 'recursion-past-the-deadline',
    production:
      'A recursion without a loop is not stopped by the deadline: it ends by stack overflow, which does not poison',
    here: 'It ends with its thread 100 ms after the deadline, which poisons',
    why: 'As above; a stack overflow takes well under a second, so this needs a deadline that is nearly over',
    told: 'The call shows the error of the deadline',
  },
  {
    id: 'stack-depth',
    production: 'Some 5.3 million calls of a small function fit on the stack',
    here: 'Some 2.4 million fit; the error is the same',
    why: 'Frames of V8 and of wazero differ in size, as they do between processors in production itself',
    told: 'The call shows "stack overflow"',
  },
  {
    id: 'nan-bits',
    production: 'min and max of a NaN give that NaN, made quiet; so do additions of two NaNs',
    here: 'min and max give the one NaN of the processor',
    why: 'V8 makes NaNs canonical there; only a guard that reads the bits of a NaN can tell',
    told: 'Nothing: no label is made of the bits of a NaN',
  },
  {
    id: 'table-size',
    production: 'A table may grow beyond ten million entries',
    here: 'table.grow answers -1 there, and a larger table at start is refused with the text of V8',
    why: 'A limit of V8',
    told: 'The load error names the limit',
  },
  {
    id: 'function-limits',
    production: 'A function may have more than 1,000 parameters or 50,000 locals',
    here: 'Such a module is refused with the text of V8',
    why: 'Limits of V8; no compiler makes such a function',
    told: 'The load error names the limit',
  },
  {
    id: 'invalid-for-v8',
    production:
      'A module loads although a typed select names another type than its operands have, or a ref.null that of exceptions',
    here: 'Such a module is refused with the text of V8',
    why: 'wazero leaves these two checks out, so the code is not valid; no compiler makes it',
    told: 'The load error names the instruction and its place',
  },
  {
    id: 'import-exported-again',
    production:
      'An import that the guard exports under a name of the ABI works on the module that it comes from: it sees no memory of the guard',
    here: 'It is called as an export of the guard, and works on its memory',
    why: 'Nobody builds such a guard; doing as wazero does would need a second set of host functions without a guest',
    told: 'Nothing: the call shows what the function answered',
  },
  {
    id: 'long-output',
    production: 'What a guard writes to its standard output and error goes to the log of the gateway in full',
    here: 'The first MiB of each is kept in the record of a call',
    why: 'A record is kept for every call of a session',
    told: 'The text ends with how much was kept',
  },
  {
    id: 'import-order',
    production: 'Of unmet imports from several modules the error names any one, another one at the next load',
    here: 'It names the first',
    why: 'wazero goes through a map of Go, whose order is random',
    told: 'The load error names one that is unmet',
  },
  {
    id: 'sdk-error-texts',
    production:
      "A backend's result with a member of a wrong type is refused with the Go type and field that it did not fit",
    here: 'It is refused with the value in their place',
    why: "The text names types inside of the gateway's library, which say nothing to anybody else",
    told: 'The error of the call quotes the value',
  },
  {
    id: 'sdk-repeated-keys',
    production: "A backend's result that has a member twice is refused when the first of them is of a wrong type",
    here: 'The last one counts',
    why: 'The text of the result is read once, for everything that looks at it; the first one is gone by then',
    told: 'Nothing: no server writes a member twice',
  },
  {
    id: 'circuit-times',
    production: 'The circuit breaker of rate limits goes by the time at which the gateway asks the backend',
    here: 'It goes by the recorded times of the calls, and passes over calls without one',
    why: 'A replay takes no time; what the guard takes of it in production is milliseconds, and the circuit stays open for a minute',
    told: 'The phase of the backend names the refusal and when the limit ends',
  },
  {
    id: 'one-agent',
    production: 'Client sessions with different credentials are different agents, each with labels of its own',
    here: 'All sessions of a capture are one agent',
    why: 'Credentials are not written down, so the sessions of a capture cannot be told apart by them',
    told: 'The first call has the problem replay/one-agent',
  },
  {
    id: 'guard-per-live-session',
    production: 'One guard instance serves all sessions of a server',
    here: 'A guard that watches or enforces over HTTP is another instance in each session',
    why: "A guard that ends in a trap in one session of somebody who works on it must not take the others' answers away",
    told: 'README.md, at tap --http',
  },
  {
    id: 'v128-in-a-signature',
    production: 'An alloc or dealloc with a v128 parameter is called with raw bits',
    here: 'It cannot be called; the call has an error of our own',
    why: 'V8 has no value for v128 outside of a module',
    told: 'The error says so',
  },
  {
    id: 'ended-while-asking',
    production:
      'When the deadline passes while the guard waits for its backend, the module is closed beside the guard, which goes on at once: a ' +
      'WASI function that it calls next may still work, or find the module closed and fail with a nil dereference',
    here: 'The module is closed before the guard goes on',
    why: 'Which of two goroutines of wazero comes first is not decided; one of the two outcomes had to be chosen',
    told: 'The call shows an error either way; the nil dereference names WASI as its place',
  },
];
