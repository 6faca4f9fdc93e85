/** What lies in media/samples, as data: for the command that opens a sample, for `npm start`, and for tests. */

/** A folder with a guard that builds, policies, and captured sessions to replay. Paths but `folder` are relative to the folder. */
export interface Sample {
  /** The folder's name. */
  readonly id: string;
  /** From the root of the repository and of the extension. */
  readonly folder: string;
  readonly title: string;
  /** What to expect, as a sentence without a full stop. */
  readonly description: string;
  /** What the guard is written in. */
  readonly language: 'rust' | 'assemblyscript';
  readonly guard: string;
  /** The policy that the sessions were captured under. */
  readonly policy: string;
  /** Policies under which the same sessions end differently. */
  readonly otherPolicies: readonly string[];
  /** The first one is the one to open. */
  readonly traces: readonly string[];
}

/** Every sample; the first one is the one to show. */
export const samples: readonly Sample[] = [
  {
    id: 'files-and-memory',
    folder: 'media/samples/files-and-memory',
    title: 'Files and memory (Rust)',
    description: 'A guard for the MCP servers for files and memory that looks up what it cannot know',
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
