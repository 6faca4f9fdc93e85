/** Replays recorded sessions of the gateway and compares them with what their clients received; expected.ts has the known differences. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { DecisionRecord } from '../../src/core/difc/record/decision.ts';
import { guardscopeHere } from '../cli/run.ts';
import { proves } from '../support/proves.ts';
import { compareSession } from './compare.ts';
import { expected } from './expected.ts';
import { lines, readSession, type Session, sessionNames, writeConfig } from './session.ts';

const scratch = mkdtempSync(join(tmpdir(), 'guardscope-sessions-'));
const names = sessionNames();

afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe('recorded sessions', () => {
  it('are the ones that the table of differences names', () => {
    expect(names.length).toBeGreaterThanOrEqual(30);
    expect(Object.keys(expected).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(names)('%s', async (name) => {
    const session = readSession(name);
    const records = await replayed(session);
    const found = compareSession(session, records);
    const known = new Set((expected[name] ?? []).flatMap(({ differences }) => differences));
    const details = found.filter(({ what }) => !known.has(what)).map(({ what, detail }) => `${what}\n      ${detail}`);
    expect(details, 'differences that expected.ts does not name').toEqual([]);
    const gone = [...known].filter((what) => !found.some((difference) => difference.what === what));
    expect(gone, 'differences that are gone: remove them from expected.ts').toEqual([]);
    const unexplained = witnessed(records).filter(
      ({ call }) => ![...known].some((what) => what.includes(` ${call}: `)),
    );
    expect(unexplained, 'the log says otherwise than the replay, at a call that has no known difference').toEqual([]);
  });

  it('with policies that were forced to public are decided as such without --repository and the variables of the gateway', async () => {
    proves('own:forced-public-from-log');
    const session = readSession('forced-public');
    const records = await replayed({ ...session, visibility: null, env: {} });
    expect(compareSession(session, records).map(({ what }) => what)).toEqual(
      (expected['forced-public'] ?? []).flatMap(({ differences }) => differences),
    );
    expect(witnessed(records)).toEqual([]);
    // What the user says counts more than the log.
    const otherwise = await replayed({ ...session, visibility: 'private', env: {} });
    expect(new Set(witnessed(otherwise).map(({ message }) => message.slice(0, 40)))).toContain(
      'The recorded session gave label_agent of',
    );
  });
});

/** What the log itself says against the replay. */
function witnessed(records: readonly DecisionRecord[]): readonly { readonly call: string; readonly message: string }[] {
  return records.flatMap(({ server, tool, problems }) =>
    problems
      .filter(({ code }) => witnessCodes.has(code))
      .map(({ message }) => ({ call: `${server} ${tool}`, message })),
  );
}

const witnessCodes: ReadonlySet<string> = new Set([
  'replay/policy-differs',
  'replay/label-agent-differs',
  'replay/agent-labels-differ',
  'replay/denial-differs',
  'replay/received-differs',
]);

/** The records of all servers of a session. */
async function replayed(session: Session): Promise<readonly DecisionRecord[]> {
  for (const [name, value] of Object.entries(session.env)) vi.stubEnv(name, value);
  const flags = [
    ...['--config', writeConfig(session.name, scratch)],
    ...(session.visibility === null ? [] : ['--repository', session.visibility]),
    ...(session.mode === null ? [] : ['--mode', session.mode]),
  ];
  const records: DecisionRecord[] = [];
  for (const server of session.servers) {
    const { stdout } = await guardscopeHere(['replay', session.trace, '--json', '--server', server, ...flags]);
    const printed = lines(stdout) as unknown as readonly DecisionRecord[];
    records.push(...printed.filter((record) => 'tool' in record && record.server === server));
  }
  return records;
}
