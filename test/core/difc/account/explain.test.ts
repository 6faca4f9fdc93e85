/** The accounts of typical calls as text, each in its own golden file. */
import { expect, test } from 'vitest';
import { explainDecision, explainItem } from '../../../../src/core/difc/account/explain.ts';
import { refuseCall } from '../../../../src/core/difc/monitor/pipeline.ts';
import { findQuirks } from '../../../../src/core/difc/account/quirks.ts';
import { makeResource } from '../../../../src/core/difc/monitor/resource.ts';
import type { DecisionRecord } from '../../../../src/core/difc/record/decision.ts';
import { approved, type Call, decide, guardCall, textResultOf } from '../monitor/decide.ts';
import { proves } from '../../../support/proves.ts';

const trusted = { secrecy: [], integrity: approved('acme') };
const secretive = { secrecy: ['private:acme/app'], integrity: approved('acme') };
const two = textResultOf([{ number: 1 }, { number: 2 }]);
const good = makeResource('issue:acme/app#8', [], approved('acme'));
const poor = makeResource('issue:acme/app#7', [], ['none:acme']);
const secretPoor = makeResource('issue:acme/app#9', ['private:acme/other'], ['approved:acme/app']);

const calls: Readonly<Record<string, Call>> = {
  'read-allowed': {
    agent: trusted,
    resource: makeResource('issues', [], approved('acme')),
    backend: two,
    labels: { defaults: good },
    guardCalls: [guardCall('label_resource', '{}', ['search_repositories', 'search_repositories'])],
  },
  'read-filtered': {
    agent: trusted,
    resource: makeResource('issues', [], ['none:acme']),
    backend: two,
    labels: { paths: { '/0': poor, '/1': good } },
  },
  'read-filtered-for-two-reasons': {
    agent: trusted,
    resource: makeResource('issues', [], []),
    backend: two,
    labels: { paths: { '/0': secretPoor }, defaults: makeResource('rest', ['private:acme/app'], approved('acme')) },
  },
  'read-unlabeled-after-deny': {
    agent: trusted,
    resource: makeResource('file', ['private:x'], []),
    tool: 'get_file',
    backend: { content: [{ type: 'text', text: 'secret' }] },
    labels: null,
    guardCalls: [guardCall('label_response', '')],
  },
  'single-item-blocked': {
    agent: trusted,
    tool: 'issue_read',
    backend: textResultOf({ number: 7 }),
    labels: { defaults: poor },
  },
  'strict-blocked': { mode: 'strict', agent: trusted, backend: two, labels: { paths: { '/0': poor, '/1': good } } },
  'write-denied-integrity': {
    agent: trusted,
    tool: 'merge_pull_request',
    operation: 'write',
    resource: makeResource('acme/app main', [], [...approved('acme'), 'merged:acme']),
  },
  'write-denied-secrecy': {
    mode: 'propagate',
    agent: secretive,
    tool: 'create_issue',
    operation: 'write',
    resource: makeResource('public issue', ['private:acme'], []),
  },
  'write-denied-spelling': {
    agent: { secrecy: [], integrity: ['Approved:acme'] },
    tool: 'create_issue',
    operation: 'write',
    resource: makeResource('issue', [], ['approved:acme']),
    guardCalls: [guardCall('label_resource', '{"resource":{},"operation":"wirte"}')],
  },
  'write-allowed': { agent: trusted, tool: 'create_issue', operation: 'write', resource: good },
  'read-write-strict': {
    mode: 'strict',
    agent: trusted,
    tool: 'update_issue',
    operation: 'read-write',
    resource: makeResource('issue', [], approved('acme')),
  },
  'read-write-blocked-after-the-change': {
    mode: 'propagate',
    agent: secretive,
    tool: 'update_issue',
    operation: 'read-write',
    resource: makeResource('issue', ['private:acme/app'], approved('acme')),
    backend: textResultOf([1]),
    labels: { defaults: good },
  },
  'propagate-gains-and-loses': {
    mode: 'propagate',
    agent: trusted,
    resource: makeResource('files', [], []),
    backend: two,
    labels: { paths: { '/0': makeResource('a', ['private:acme/app'], ['none:acme']), '/1': poor } },
  },
  'propagate-empty-list': { mode: 'propagate', agent: trusted, backend: textResultOf([]), labels: { defaults: good } },
  'rate-limit': { backend: { content: [{ type: 'text', text: 'API rate limit exceeded' }], isError: true } },
  'guard-failed': { resourceError: 'WASM function returned error code: -1' },
  'label-response-failed': { backend: two, labels: { itemsPath: '/items' } },
  'backend-failed': { backendError: 'failed to connect to backend github: connection refused' },
  'arguments-refused': { args: [1] },
  'not-convertible': { backend: { content: ['x'] }, labels: null },
  'legacy-item-without-labels': {
    backend: textResultOf([1]),
    collection: { items: [{ data: 1, labels: null, origin: 'legacy', path: '' }] },
    guardCalls: [guardCall('label_response', '{"items":[{"data":0,"labels":{}},{"data":1}]}')],
  },
};

test.each(Object.entries(calls))('the account of the call "%s" matches its golden', async (name, call) => {
  proves('own:decision-explained');
  await expect(print(decide(call).record)).toMatchFileSnapshot(`explain/${name}.txt`);
});

test('the account of a call that was refused before the guard has only its text and no phases', () => {
  const call = { server: 'github', tool: 'get_x', args: {}, agentId: 'default', mode: 'strict' } as const;
  const refused = refuseCall(call, trusted, 'tool "get_x" is not in the allowed-tools list for this server');
  const { headline, phases, remedies } = explainDecision({
    index: 0,
    time: null,
    guardCalls: [],
    problems: [],
    ...refused,
  });
  expect(headline).toBe(
    'Refused before the guard was called: tool "get_x" is not in the allowed-tools list for this server',
  );
  expect(phases.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'init stopped',
    ...[0, 1, 2, 3, 4, 5, 6].map((id) => `${id} skipped`),
  ]);
  expect(remedies).toEqual([]);
});

/** The account as text: headline, phases with their tags, items, quirks and remedies. */
function print(record: DecisionRecord): string {
  const { headline, phases, remedies } = explainDecision(record);
  const account = phases.flatMap(({ id, title, status, sentences, tags }) => [
    `${id} ${title} [${status}]`,
    ...sentences.map((sentence) => `    ${sentence}`),
    ...(tags ?? []).map(({ role, kind, tags: list }) => `    (${role} ${kind}: ${list.join(' ')})`),
  ]);
  const items = (record.items ?? []).map((item) => `item ${item.index} ${item.path}: ${explainItem(item, record)}`);
  const quirks = findQuirks(record).map(
    ({ severity, code, message, hint }) =>
      `${severity} ${code}: ${message}${hint === undefined ? '' : `\n    ${hint}`}`,
  );
  const parts = [[headline], account, items, quirks, remedies.map((remedy) => `- ${remedy}`)];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}
