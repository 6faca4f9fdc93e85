/** Differences from production that V8, a recording or another machine makes unavoidable, as data; tests assert each entry. */

/** One parity case that does not pass. */
export interface Deviation {
  /** `group/case` below test/parity. */
  readonly name: string;
  /** Every line that differs, counted from 1, with what is printed instead of what was recorded. */
  readonly differences: readonly { readonly line: number; readonly member: string; readonly printed: unknown }[];
  /** Why V8 cannot behave like wazero. */
  readonly why: string;
  /** What the user is shown, and where. */
  readonly shown: string;
}

export const deviations: readonly Deviation[] = [];

/** A difference that no recorded case covers. `test/deviations.test.ts` has a test of the same id that asserts the behaviour of Guardscope. */
export interface KnownDifference {
  readonly id: string;
  /** What the gateway does, and what Guardscope does. */
  readonly production: string;
  readonly here: string;
  readonly why: string;
  /** What the user is shown, and where. */
  readonly shown: string;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    id: 'deadline-grace',
    production:
      'A guard whose deadline has passed goes on to its next loop header or return, and its dealloc still runs',
    here: 'It may go on for 100 ms, wherever it is, then its thread is ended; dealloc does not run',
    why: 'Another thread cannot stop V8 at a chosen instruction; the error, the poisoning and everything logged before are the same',
    shown:
      'The call shows the error of the deadline; log lines and look-ups of the 100 ms may be more than production would show',
  },
  {
    id: 'recursion-past-the-deadline',
    production:
      'A recursion without a loop is not stopped by the deadline: it ends by stack overflow, which does not poison',
    here: 'It ends with its thread 100 ms after the deadline, which poisons',
    why: 'See deadline-grace; a stack overflow takes well under a second, so this needs a deadline that is nearly over',
    shown: 'The call shows the error of the deadline',
  },
  {
    id: 'stack-depth',
    production: 'Some 5.3 million calls of a small function fit on the stack',
    here: 'Some 2.4 million fit; the error is the same',
    why: 'Frames of V8 and of wazero differ in size, as they do between processors in production itself',
    shown: 'The call shows "stack overflow"',
  },
  {
    id: 'zero-compared-with-and',
    production:
      'A branch on a comparison of a constant 0 with the result of an and behind it, such as 0 < (x & 127), is taken as if the two stood ' +
      'in the other order (wazero v1.12.0 on amd64)',
    here: 'The branch is taken as the comparison says',
    why:
      'wazero replaces the comparison by a test instruction and keeps the condition, which holds for the other order. Compilers write the ' +
      'constant behind the and, and there wazero is right',
    shown: 'Nothing: such a branch cannot be told from others without following the values of the function',
  },
  {
    id: 'nan-bits',
    production: 'min and max of a NaN give that NaN, made quiet; so do additions of two NaNs',
    here: 'min and max give the one NaN of the processor',
    why: 'V8 makes NaNs canonical there, which only a guard that reads the bits of a NaN can observe',
    shown: 'Nothing: no label depends on the bits of a NaN',
  },
  {
    id: 'table-size',
    production: 'A table may grow beyond ten million entries',
    here: 'table.grow answers -1 there, and a larger table at start is refused with the text of V8',
    why: 'A limit of V8',
    shown: 'The load error names the limit',
  },
  {
    id: 'function-limits',
    production: 'A function may have more than 1,000 parameters or 50,000 locals',
    here: 'Such a module is refused with the text of V8',
    why: 'Limits of V8; no compiler generates such a function',
    shown: 'The load error names the limit',
  },
  {
    id: 'invalid-for-v8',
    production:
      'A module loads although a typed select names another type than its operands have, or a ref.null that of exceptions',
    here: 'Such a module is refused with the text of V8',
    why: 'wazero omits these two checks, so it accepts invalid code; no compiler generates it',
    shown: 'The load error names the instruction and its position',
  },
  {
    id: 'newer-types',
    production: 'A module loads although its element segments have types of a later proposal, such as (ref func)',
    here: 'A V8 that does not know the types (Node 20) refuses the module with its own text; a newer one loads it',
    why: 'wazero reads the prefix of such a type; no compiler generates it for the features that the gateway enables',
    shown: 'The load error names the type and its position',
  },
  {
    id: 'import-exported-again',
    production:
      'An import that the guard exports under a name of the ABI runs in its own module, without the memory of the guard',
    here: 'It is called as an export of the guard, with its memory',
    why: 'Such guards do not occur in practice, and the behaviour of wazero would need a second set of host functions without a guest',
    shown: 'Nothing: the call shows the result of the function',
  },
  {
    id: 'long-output',
    production: 'The complete standard output and error of a guard are written to the log of the gateway',
    here: 'The first MiB of each is stored in the record of a call',
    why: 'A record is stored for every call of a session',
    shown: 'The text ends with the number of recorded bytes',
  },
  {
    id: 'import-order',
    production:
      'With missing imports from several modules the error names any one of them, which may change with each load',
    here: 'The error names the first',
    why: 'wazero iterates over a Go map, whose order is random',
    shown: 'The load error names one missing import',
  },
  {
    id: 'sdk-error-texts',
    production: "The error for a backend's result with a member of a wrong type names the Go type and field",
    here: 'The error has the value instead',
    why: "The text names internal types of the gateway's library, which do not help a user",
    shown: 'The error of the call quotes the value',
  },
  {
    id: 'sdk-repeated-keys',
    production: "A backend's result with a repeated member is refused when the first occurrence has a wrong type",
    here: 'Only the last occurrence is checked',
    why: 'The result is parsed once for all uses, which drops the first occurrence',
    shown: 'Nothing: servers do not repeat members',
  },
  {
    id: 'circuit-times',
    production: 'The circuit breaker of rate limits uses the time at which the gateway calls the backend',
    here: 'It uses the recorded times of the calls, and ignores calls without a time',
    why: 'A replay does not wait. The time of the guard in production is milliseconds, and the circuit stays open for a minute',
    shown: 'The phase of the backend has the refusal and the end of the limit',
  },
  {
    id: 'one-agent',
    production: 'Client sessions with different credentials are different agents, each with its own labels',
    here: 'All sessions of a capture are one agent when the capture does not mark their agents',
    why: 'A capture of an older tap has no sign of the credentials, so they cannot distinguish its sessions; newer taps mark each session that has one',
    shown: 'The first call has the problem replay/one-agent',
  },
  {
    id: 'missing-guard',
    production: 'A server whose guard cannot be created runs with the noop guard, which allows every call',
    here: 'The calls of the server are not decided; the command line ends with exit code 3 when no server can be decided',
    why: 'The file is more probably missing on this machine than in production, and decisions of another guard would mislead',
    shown: 'The failure guard/not-created, whose hint says how to replay with the noop guard',
  },
  {
    id: 'unset-variables',
    production: 'The gateway does not start when the configuration refers to a variable that is not set',
    here: 'The editor leaves such a reference as it is written; the command line refuses it, as the gateway does',
    why: 'Most of these variables are secrets of servers, which no guard sees, and an editor is not started with them',
    shown: 'The problem gateway/variable-not-set names the variables',
  },
  {
    id: 'payload-path',
    production: 'The path of a payload file has a random query id',
    here: 'The path has {query-id} in its place',
    why: 'A random id cannot be repeated',
    shown: 'The call has the problem replay/payload-path, and `unknown` of its record names the place',
  },
  {
    id: 'codes-of-a-log',
    production: "A client gets the JSON-RPC code of a backend's error",
    here: "A replay of a gateway's log gives the code 0",
    why: 'The log has the text of the error, not the code',
    shown: 'The call has the problem replay/error-code-unknown',
  },
  {
    id: 'lost-arguments',
    production: 'The guard gets the arguments of the client',
    here: 'The guard gets no arguments for a call of a log whose secrets are removed together with the arguments around them',
    why: 'The sanitiser of the log ends a secret at the next space, and removes the JSON between',
    shown: 'The trace has the problem trace/destroyed-payload, and the call has replay/redacted',
  },
  {
    id: 'times-of-calls',
    production: 'Calls of a client run at the same time, each with the labels at its arrival and at its answer',
    here: 'Calls without a recorded time or duration are decided one after the other, in the order of the trace',
    why: 'Such a recording does not say which calls were at the backend together',
    shown: 'Nothing: the record has no time',
  },
  {
    id: 'input-rounds',
    production:
      'The gateway has nobody to ask: a call whose server asks for elicitation or sampling ends with an error; asked for roots alone, ' +
      'the gateway calls again by itself with an empty list, at most ten times',
    here:
      'A replay decides the call with the answer that the client got after its retry; without a retry, and at a tap that enforces, the call ' +
      'ends with the error of the gateway, or with that of the tenth round',
    why: 'The labels of the answer are what the guard is written for, and a recording has no answer to a call with an empty list of roots',
    shown: 'The call has the problem replay/input-required, whose hint says what the gateway does',
  },
  {
    id: 'guard-per-live-session',
    production: 'One guard instance serves all sessions of a server',
    here: 'A guard that watches or enforces over HTTP is another instance in each session',
    why: 'A trap in one session must not affect the answers of other sessions',
    shown: 'README.md, at tap --http',
  },
  {
    id: 'lists-of-a-tap',
    production:
      'The tools and prompts of a server are read once, at the start; no later change of a list reaches the client',
    here:
      'A tap that enforces passes lists on when the client asks, and that a list has changed, without more; a tool that is not listed is ' +
      'refused once the client has a complete list',
    why: 'A tap asks a server for nothing that its client does not ask for',
    shown: 'README.md, at Enforce Guard on Live Session',
  },
  {
    id: 'stricter-messages',
    production:
      'The library of the gateway reads the last of members that stand twice, ignores members of other case, and cuts the fraction of an id off',
    here: 'A tap that enforces refuses such a message',
    why: 'The client and the server of a tap may read it otherwise, and both are on the same connection',
    shown: 'The error names the member or the id; README.md, at Enforce Guard on Live Session',
  },
  {
    id: 'no-listening',
    production:
      'A client of MCP 2026-07-28 may open a stream for changes of lists (subscriptions/listen), which the gateway serves itself',
    here: 'A tap that enforces answers that the method does not exist',
    why: 'What such a stream carries passes on the streams that a tap has anyway',
    shown: 'The error names the method',
  },
  {
    id: 'v128-in-a-signature',
    production: 'An alloc or dealloc with a v128 parameter is called with raw bits',
    here: 'It cannot be called; the call has an error of Guardscope',
    why: 'V8 has no representation of v128 values outside of a module',
    shown: 'The error names the reason',
  },
  {
    id: 'ended-while-asking',
    production:
      'When the deadline passes while the guard waits for its backend, the module is closed while the guard continues: a ' +
      'WASI function that it calls next may still work, or find the module closed and fail with a nil dereference',
    here: 'The module is closed before the guard continues',
    why: 'The order of two goroutines of wazero is random, so one of the two outcomes was chosen',
    shown: 'The call shows an error in both cases; the nil dereference names a WASI function',
  },
  {
    id: 'jq-functions',
    production: 'A response filter may use every function of gojq',
    here:
      'now, localtime, strflocaltime, builtins, modulemeta, frexp, drem, remainder, fma, nextafter, nexttoward, the gamma, error and Bessel ' +
      'functions, and rarer directives of dates do not exist',
    why: 'They depend on the time or the place of the gateway, or are not worth their code; no answer of a server needs them',
    shown:
      'The call has the problem replay/filter-not-supported with the word; validate warns with config/filter-not-supported',
  },
  {
    id: 'jq-regexp-errors',
    production: 'The error of an invalid regular expression quotes the part of it that Go could not read',
    here: 'The error quotes a shorter part for an invalid \\x{…}, and may name another of several mistakes',
    why: 'Only a filter that returns the error of its own invalid expression shows it',
    shown: 'Nothing: the filter fails in both cases',
  },
  {
    id: 'jq-last-digit',
    production: 'Functions such as exp, log and sin give the result of the Go library, which does not round correctly',
    here: 'They give the result of V8, which may differ in the last digit',
    why: 'Neither library is exact; the difference is one unit in the last place',
    shown: 'Nothing: rounded results are equal',
  },
  {
    id: 'jq-bytes',
    production: 'A string of jq may hold bytes that are not UTF-8, for example after @base64d',
    here: 'Such bytes become U+FFFD at once, so length and slices count them as characters',
    why: 'Strings of JavaScript hold no bytes; the client of the gateway gets U+FFFD, too',
    shown: 'Nothing: the text for the client is the same unless the filter cuts it inside such bytes',
  },
  {
    id: 'jq-work',
    production: 'A response filter is ended after 5 seconds, and an expression of any depth is read',
    here: 'It is ended after an amount of work that depends on the length of the answer, and a program that nests more than 500 times is not read',
    why: 'A replay gives the same each time and on every machine, and a filter that loops must not hold it up',
    shown: 'The call has the problem replay/filter-overran or replay/filter-not-supported',
  },
];
