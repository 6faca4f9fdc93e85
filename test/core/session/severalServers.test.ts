/** Several servers and agents: labels go with the agent from server to server, and nothing goes from one agent to another (gateway spec 3.10). */
import { describe, expect, test } from 'vitest';
import { makeResource } from '../../../src/core/difc/monitor/resource.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { type DecidableCall, decideCall } from '../../../src/core/session/decideCall.ts';
import type { SessionAnswer, SessionQuestion } from '../../../src/core/session/sessionQuestions.ts';
import type { SessionRules } from '../../../src/core/session/sessionRules.ts';
import { agentIn, initialSessionState, type SessionState } from '../../../src/core/session/sessionState.ts';

const policy = { 'allow-only': {} };
const rules: SessionRules = new Map([
  ['files', { policy, toolCallLimits: new Map([['limited', 1]]), circuit: { threshold: 1, cooldownMs: 60_000 } }],
  ['mail', { policy, circuit: { threshold: 1, cooldownMs: 60_000 } }],
]);

/** A guard of each server: `label_agent` adds a tag with the server's name; reading `secret` is private; `send` writes to a public place. */
function answer(question: SessionQuestion): SessionAnswer {
  switch (question.ask) {
    case 'labelAgent': {
      const agent = { secrecy: [], integrity: [question.server] };
      const value = { agent, mode: 'propagate' as const, modeText: 'propagate', normalizedPolicy: null };
      return { value, error: null, calls: [] };
    }
    case 'labelResource': {
      const operation = question.tool === 'send' ? 'write' : 'read';
      const secrecy = question.tool === 'secret' ? ['private'] : [];
      const resource = makeResource(question.tool, secrecy, operation === 'read' ? ['files', 'mail'] : []);
      return { value: { resource, operation }, error: null, calls: [] };
    }
    case 'callBackend': {
      const text = question.tool === 'busy' ? 'API rate limit exceeded' : '';
      return { answer: { ok: true, value: { content: [{ type: 'text', text }], isError: question.tool === 'busy' } } };
    }
    case 'labelResponse':
      return { value: null, error: null, calls: [] };
  }
}

interface Made {
  readonly records: readonly DecisionRecord[];
  readonly asked: readonly string[];
  readonly state: SessionState;
}

/** Decides calls of the form `agent server tool`, one second apart. */
function session(...lines: readonly string[]): Made {
  let state = initialSessionState;
  const asked: string[] = [];
  const records = lines.map((line, index) => {
    const [agent = '', server = '', tool = ''] = line.split(' ');
    const time = new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString();
    const call: DecidableCall = {
      index,
      server,
      tool,
      args: {},
      time,
      durationMs: 1,
      ...(agent === '-' ? {} : { agent }),
    };
    const decision = decideCall(state, call, rules);
    let step = decision.next();
    while (step.done !== true) {
      asked.push(`${step.value.ask} ${step.value.server}`);
      step = decision.next(answer(step.value));
    }
    ({ state } = step.value);
    return step.value.record;
  });
  return { records, asked, state };
}

const outcomes = ({ records }: Made): readonly string[] => records.map(({ outcome }) => outcome);

describe('labels', () => {
  test('that an agent got from one server forbid its writes to another', () => {
    const made = session('a files secret', 'a mail send');
    expect(outcomes(made)).toEqual(['allowed', 'denied']);
    expect(made.records[1]?.agentBefore.secrecy).toEqual(['private']);
  });

  test('of one agent do not reach another', () => {
    const made = session('a files secret', 'b mail send', 'a mail send', 'b mail send');
    expect(outcomes(made)).toEqual(['allowed', 'allowed', 'denied', 'allowed']);
    expect(made.records.map(({ agent }) => agent)).toEqual(['a', 'b', 'a', 'b']);
  });

  test('are the union over label_agent of the servers that the agent has used', () => {
    const { records, asked, state } = session('a files read', 'a mail send', 'a files read');
    expect(records.map(({ agentStart }) => agentStart?.integrity)).toEqual([[], ['files'], undefined]);
    expect(asked.filter((ask) => ask.startsWith('labelAgent'))).toEqual(['labelAgent files', 'labelAgent mail']);
    expect(agentIn(state, 'a').labels.integrity).toEqual(['files', 'mail']);
  });

  test('are kept in order: an earlier write passes that a later one does not', () => {
    expect(outcomes(session('a mail send', 'a files secret', 'a mail send'))).toEqual(['allowed', 'allowed', 'denied']);
  });

  test('of calls without an agent belong to the agent "default"', () => {
    expect(session('- files secret', '- mail send').records.map(({ agent, outcome }) => [agent, outcome])).toEqual([
      ['default', 'allowed'],
      ['default', 'denied'],
    ]);
  });
});

test('label_agent runs for each agent on each server, once', () => {
  const { asked } = session('a files read', 'b files read', 'a files read', 'b mail send');
  expect(asked.filter((ask) => ask.startsWith('labelAgent'))).toEqual([
    'labelAgent files',
    'labelAgent files',
    'labelAgent mail',
  ]);
});

test('a budget belongs to an agent and a server', () => {
  const made = session('a files limited', 'a files limited', 'b files limited', 'a mail limited');
  expect(outcomes(made)).toEqual(['allowed', 'error', 'allowed', 'allowed']);
});

test('a circuit belongs to a server, whichever agent met the rate limit', () => {
  const made = session('a files busy', 'b files read', 'a mail read');
  expect(made.records.map(({ error }) => error?.slice(0, 26) ?? 'ok')).toEqual([
    'ok',
    'rate limit circuit breaker',
    'ok',
  ]);
});

test('a thousand agents have their own labels', () => {
  const agents = Array.from({ length: 1_000 }, (_, at) => `agent-${at}`);
  const made = session(
    ...agents.map((agent, at) => `${agent} files ${at % 2 === 0 ? 'secret' : 'read'}`),
    ...agents.map((agent) => `${agent} mail send`),
  );
  expect(outcomes(made).slice(1_000)).toEqual(agents.map((_, at) => (at % 2 === 0 ? 'denied' : 'allowed')));
});

test('a call of a server that the session does not have is a mistake of the caller', () => {
  expect(() => session('a other read')).toThrow('the session has no server "other"');
});
