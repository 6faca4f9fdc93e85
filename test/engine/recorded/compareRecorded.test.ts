/** What was recorded as the baseline of a view: a captured guard's answers, a log of the gateway, and traces that say nothing. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/base/json.ts';
import type { CallRow } from '../../../src/core/protocol/rows.ts';
import { compareRecorded, recordedLabel } from '../../../src/engine/recorded/compareRecorded.ts';
import type { TraceView } from '../../../src/engine/session/traceView.ts';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { calls, cleanUp, closeSessions, file, log, sessionOf } from '../session/sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

const publicPolicy = samplePath('files-and-memory', 'policy-public.json');
const captured = readFileSync(samplePath('files-and-memory', 'trace.guardtrace.jsonl'), 'utf8').trimEnd().split('\n');

async function compared(session: TraceView): Promise<readonly CallRow[]> {
  await session.replay();
  await compareRecorded(session);
  const rows = Array.from({ length: session.trace.calls.length }, (_, index) => session.row(index));
  return rows.filter(({ changes }) => changes !== undefined);
}

/** A view of a capture with other lines. */
async function viewOf(name: string, lines: readonly string[]): Promise<TraceView> {
  const path = file(name, `${lines.join('\n')}\n`);
  return sessionOf({}, await readTraceFile(path), path);
}

function lineOf(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}

describe('a capture with a guard', () => {
  test('has the decisions of that guard: the same one decides all calls alike', async () => {
    const session = sessionOf();
    expect(await compared(session)).toEqual([]);
    expect(session.comparison.state).toMatchObject({ label: recordedLabel, pinned: true, kinds: {}, uncompared: 0 });
    expect(session.comparison.record(28)?.outcome).toBe('denied');
  });

  test('is the baseline of another policy, with records on both sides', async () => {
    proves('own:recorded-baseline');
    const session = sessionOf({ policy: publicPolicy });
    const changed = await compared(session);
    expect(changed).toHaveLength(18);
    expect(session.comparison.state).toMatchObject({ uncompared: 0, kinds: { outcome: 9 } });
    const flipped = session.row(28);
    expect(flipped).toMatchObject({ status: 'allowed', was: 'denied' });
    expect(session.comparison.changes(28)[0]).toMatchObject({ kind: 'outcome', text: 'was denied, is allowed' });
    // It stays when the calls are decided anew.
    await session.replay();
    expect(session.comparison.state.label).toBe(recordedLabel);
    expect(session.row(28)).toMatchObject({ was: 'denied' });
  });

  test('that was there for a part of the session leaves the other calls uncompared, and says how many', async () => {
    const from = captured.findIndex((line) => lineOf(line)['t'] !== undefined && Number(lineOf(line)['t']) > 8_000);
    const session = await viewOf(
      'late.guardtrace.jsonl',
      captured.filter((line, at) => at >= from || lineOf(line)['guard'] === undefined),
    );
    const firsts = session.trace.calls.filter(({ guardLines }) => guardLines === undefined).length;
    expect(firsts).toBeGreaterThan(3);
    expect(firsts).toBeLessThan(calls - 3);
    await compared(session);
    expect(session.comparison.state.uncompared).toBeGreaterThanOrEqual(firsts);
    expect(session.comparison.state.uncompared).toBeLessThan(calls);
  });

  test('whose guard lines cannot be read compares the calls that it can', async () => {
    const broken = captured.map((line) => {
      const { guard } = lineOf(line);
      return guard === undefined || !line.includes('"label_response"') ? line : line.replace('"input"', '"inputs"');
    });
    const session = await viewOf('broken.guardtrace.jsonl', broken);
    await compared(session);
    const { uncompared } = session.comparison.state;
    expect(uncompared).toBeGreaterThan(10);
    expect(uncompared).toBeLessThan(calls);
  });
});

describe('a log of the gateway', () => {
  test('says how calls ended, and what a decision differs in', async () => {
    const session = sessionOf({ policy: publicPolicy, server: 'files' }, log);
    const changed = await compared(session);
    expect(changed.length).toBeGreaterThan(5);
    const denied = changed.find(({ was }) => was === 'denied');
    const items = changed.find(({ changes }) => changes?.includes('items'));
    expect(denied?.changes).toEqual(['outcome']);
    expect(session.comparison.changes(denied?.index ?? -1)).toEqual([
      { kind: 'outcome', text: expect.stringMatching(/^was denied, is /) as string, pointer: '/outcome' },
    ]);
    expect(session.comparison.end(denied?.index ?? -1)?.reason).toMatch(/\S/);
    expect(session.comparison.changes(items?.index ?? -1)).toEqual([
      {
        kind: 'items',
        text: expect.stringMatching(/^was filtered, \d+ withheld, is \d+ withheld$/) as string,
        pointer: '/items',
      },
    ]);
    expect(session.comparison.record(denied?.index ?? -1)).toBeUndefined();
  });

  test('of the same guard and policy has no difference', async () => {
    const session = sessionOf({ server: 'files' }, log);
    expect(await compared(session)).toEqual([]);
    expect(session.comparison.state.uncompared).toBe(0);
  });
});

test('a capture without a guard says nothing, and the comparison stays as it was', async () => {
  const session = await viewOf(
    'bare.guardtrace.jsonl',
    captured.filter((line) => lineOf(line)['guard'] === undefined),
  );
  await session.replay();
  await expect(compareRecorded(session)).rejects.toMatchObject({ code: 'session/nothing-recorded' });
  expect(session.comparison.state).toMatchObject({ label: '', uncompared: 0 });
});
