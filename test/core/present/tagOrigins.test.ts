/** Which call brought the tags of an agent. */
import { describe, expect, it } from 'vitest';
import { tagGains, TagOrigins } from '../../../src/core/present/tagOrigins.ts';
import type { DecisionRecord, LabelPair } from '../../../src/core/difc/record/decision.ts';
import { decision } from '../../support/records/decisions.ts';

const labels = (secrecy: readonly string[], integrity: readonly string[] = []): LabelPair => ({ secrecy, integrity });

function call(index: number, server: string, patch: Partial<DecisionRecord>): DecisionRecord {
  return decision({ index, server, tool: `tool_${index}`, agent: 'a', ...patch });
}

function originsOf(records: readonly DecisionRecord[]): TagOrigins {
  const origins = new TagOrigins();
  for (const record of records) origins.add(record, tagGains(record));
  return origins;
}

/** Each origin in one line. */
function lines(origins: TagOrigins, record: DecisionRecord): readonly string[] {
  return origins.of(record).map(({ kind, tag, index, server, by }) => `${kind} ${tag}: ${index} ${server} ${by}`);
}

describe('the origins of tags', () => {
  const first = call(0, 'files', {
    agentStart: labels([]),
    agentBefore: labels(['p'], ['approved']),
    agentAfter: labels(['p', 'q'], ['approved']),
  });
  const second = call(1, 'slack', { agentBefore: labels(['p', 'q'], ['approved']), agentAfter: labels(['p', 'q']) });

  it('are label_agent and the calls that gained the tags, on whatever server', () => {
    expect(lines(originsOf([first, second]), second)).toEqual([
      'secrecy p: 0 files label_agent',
      'secrecy q: 0 files tool_0',
      'integrity approved: 0 files label_agent',
    ]);
  });

  it('of the call itself are those of its own label_agent only', () => {
    expect(lines(originsOf([first]), first)).toEqual([
      'secrecy p: 0 files label_agent',
      'integrity approved: 0 files label_agent',
    ]);
  });

  it('are the last gain before the call, when a tag was lost and came again', () => {
    const again = call(2, 'mail', { agentBefore: labels(['p', 'q']), agentAfter: labels(['p', 'q'], ['approved']) });
    const last = call(3, 'slack', {
      agentBefore: labels(['p'], ['approved']),
      agentAfter: labels(['p'], ['approved']),
    });
    const origins = originsOf([first, second, again, last]);
    expect(lines(origins, last)).toContain('integrity approved: 2 mail tool_2');
    expect(lines(origins, second)).toContain('integrity approved: 0 files label_agent');
  });

  it('of one agent are not those of another', () => {
    const other = call(1, 'slack', { agent: 'b', agentBefore: labels(['p']), agentAfter: labels(['p']) });
    expect(lines(originsOf([first]), other)).toEqual([]);
  });

  it('go with a call that is taken back, and come with the one that replaces it', () => {
    const origins = originsOf([first, second]);
    origins.delete(0);
    origins.delete(7);
    expect(lines(origins, second)).toEqual([]);
    origins.add(first, tagGains(first));
    expect(lines(origins, second)).toHaveLength(3);
    origins.clear();
    expect(lines(origins, second)).toEqual([]);
  });
});
