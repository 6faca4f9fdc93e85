/** Creates decision records for tests: an allowed call with the changes of a test. */
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import type { GuardCallRecord } from '../../../src/core/difc/record/guardCall.ts';

export function decision(patch: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    index: 0,
    time: '2026-03-04T10:15:30.101Z',
    server: 'files',
    tool: 'read_file',
    args: { path: '/workspace/docs/a.md' },
    agent: 'default',
    mode: 'filter',
    operation: 'read',
    resource: { description: 'file:docs/a.md', secrecy: [], integrity: [] },
    coarse: { outcome: 'allowed', decision: 'allow', reason: '', secrecyToAdd: [], integrityToDrop: [] },
    items: null,
    outcome: 'allowed',
    error: null,
    endedIn: null,
    client: { result: { content: [{ type: 'text', text: 'hello' }] } },
    backendResult: { content: [{ type: 'text', text: 'hello' }] },
    agentBefore: { secrecy: [], integrity: [] },
    agentAfter: { secrecy: [], integrity: [] },
    guardCalls: [guardCall()],
    problems: [],
    ...patch,
  };
}

export function guardCall(patch: Partial<GuardCallRecord> = {}): GuardCallRecord {
  return {
    function: 'label_resource',
    input: '{"capabilities":{},"tool_args":{},"tool_name":"read_file"}',
    output: '{"resource":{},"operation":"read"}',
    attempts: [{ bufferSize: 4_194_304, code: 34, hint: null }],
    backendCalls: [],
    log: [],
    logDropped: 0,
    stdout: '',
    stderr: '',
    memory: { before: 1_114_112, after: 5_308_416, peak: 5_308_416 },
    grows: [],
    durationMs: 0.25,
    error: null,
    trace: null,
    poisoned: false,
    ...patch,
  };
}
