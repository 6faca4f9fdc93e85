/** Catalog of media/samples, for the command that opens a sample, for `npm start` and for tests. */

/** A folder with a guard and its source, policies, and captured sessions. Paths other than `folder` are relative to the folder. */
export interface Sample {
  /** The folder's name. */
  readonly id: string;
  /** Path from the root of the repository. The extension has the first sample at the same path. */
  readonly folder: string;
  readonly title: string;
  /** One sentence about the sample, without a full stop. */
  readonly description: string;
  /** Source language of the guard. */
  readonly language: 'rust' | 'assemblyscript';
  readonly guard: string;
  /** The policy that the sessions were captured under. */
  readonly policy: string;
  /** Policies that lead to other decisions for the same sessions. */
  readonly otherPolicies: readonly string[];
  /** The first trace is the one to open. */
  readonly traces: readonly string[];
}

/** All samples; the first one is opened by default. */
export const samples: readonly Sample[] = [
  {
    id: 'files-and-memory',
    folder: 'media/samples/files-and-memory',
    title: 'Files and memory (Rust)',
    description: 'A guard for the file and memory MCP servers that makes look-ups',
    language: 'rust',
    guard: 'guard.wasm',
    policy: 'policy.json',
    otherPolicies: ['policy-public.json', 'policy-mail.json'],
    traces: ['trace.guardtrace.jsonl', 'memory.guardtrace.jsonl', 'gateway-log/rpc-messages.jsonl'],
  },
  {
    id: 'files-and-memory-as',
    folder: 'media/samples/files-and-memory-as',
    title: 'Files and memory, smaller (AssemblyScript)',
    description: 'The main rules of the Rust guard in a guard that builds with npm alone',
    language: 'assemblyscript',
    guard: 'guard.wasm',
    policy: 'policy.json',
    otherPolicies: [],
    traces: ['trace.guardtrace.jsonl', 'memory.guardtrace.jsonl'],
  },
];
