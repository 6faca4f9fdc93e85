/** The invented account of a call: its phases, and what would make it pass. */
import { low, repo } from './data.mjs';

const notReached = ['Not reached.'];

/** One entry a phase; what follows the end of the call is skipped. */
export function phasesOf(row, resource, items) {
  const end = { denied: 2, error: 4, blocked: 5 }[row.status] ?? 7;
  const phase = (number, title, status, sentences) => ({
    id: String(number),
    title,
    status: number > end ? 'skipped' : number === end ? 'stopped' : status,
    sentences: number > end ? notReached : sentences,
  });
  const unlike = row.status === 'allowed' ? 'done' : 'warning';
  return [
    {
      id: 'init',
      title: 'Agent labels',
      status: 'done',
      sentences: [
        'The guard labelled the agent when this session first used the server (label_agent); the guard chose filter mode, which wins over the configured mode.',
      ],
    },
    phase(0, 'Agent', 'done', ['The agent carries 1 secrecy tag and 3 integrity tags.']),
    phase(1, 'Label resource', 'done', [`The guard calls this a ${row.operation} of "${resource.description}".`]),
    phase(2, 'Coarse check', unlike, coarseSentences(row, resource)),
    phase(3, 'Backend call', 'done', ['The recorded answer was used (5,231 bytes).']),
    phase(4, 'Label response', 'done', [
      row.status === 'error'
        ? 'The guard trapped: wasm error: out of bounds memory access.'
        : 'The guard labelled 12 of 14 items by path; 2 fall under the default labels.',
    ]),
    phase(5, 'Items', row.status === 'filtered' ? 'warning' : 'done', [
      items === null ? 'Nothing to filter.' : `${items.allowed} of ${items.total} items are accessible.`,
    ]),
    phase(6, 'Labels accumulate', 'done', ['Only propagate mode changes the agent’s labels; they stay as they are.']),
  ];
}

export function remediesOf({ status }) {
  if (status === 'denied') {
    return [
      `Let the policy leave "private:${repo}" off the agent: a scoped policy taints the agent from the start, so writes to a public repository are denied`,
      `Or let label_resource add "private:${repo}" to the resource when the repository is private`,
    ];
  }
  if (status !== 'filtered' && status !== 'blocked') return [];
  return [`Let the guard put "approved:${repo}" on the items, or lower min-integrity in the policy`];
}

function coarseSentences({ status }, resource) {
  if (status === 'allowed') return ['Every rule holds.'];
  if (status !== 'denied') {
    return [
      `Resource '${resource.description}' ${low}`,
      'A read goes on all the same: its items are checked one by one.',
    ];
  }
  return [
    `A write needs every secrecy tag of the agent on the resource; "private:${repo}" is missing.`,
    `Agent carries private (${repo})-scoped data that cannot be written to 'resource:create_issue' due to secrecy constraints. The target resource is not authorized to receive this sensitive data.`,
  ];
}
