/** Made-up clauses behind the decisions of the preview: calls in turn are decided, not decided alone, searched for, too long, not known. */
import type { CallClauses, ClauseRow } from '../../../src/core/protocol/clauses.ts';

const row: ClauseRow = {
  id: 'repos=acme/widget',
  title: '"acme/widget" in repos',
  file: 'policy.json',
  how: 'decides',
  would: 'allowed',
  without: 'Without it',
};

const level: ClauseRow = {
  ...row,
  id: 'min-integrity',
  title: 'min-integrity "approved"',
  would: 'filtered 2/3',
  without: 'With "none" as min-integrity',
};

const named: ClauseRow = { ...row, how: 'named', would: '' };
const reason: ClauseRow = { ...level, how: 'reason', would: '' };
const labels: ClauseRow = { ...level, id: 'repos', title: 'repos 4 entries', how: 'labels', would: '' };

const states: readonly CallClauses[] = [
  { state: 'found', message: '', rows: [row, level, labels] },
  { state: 'found', message: '', rows: [reason, named] },
  { state: 'searching', message: '', rows: [named] },
  { state: 'long', message: 'about 40 s', rows: [] },
  { state: 'impossible', message: 'the gateway would refuse the policy', rows: [] },
];

export function clausesOf(index: number): CallClauses {
  return states[index % states.length] ?? { state: 'none', message: '', rows: [] };
}
