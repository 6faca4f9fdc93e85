/** What a lane takes of a trace: the entries of a cassette on demand stay unmade. */
import { expect, test } from 'vitest';
import { ServerLane } from '../../../src/core/replay/serverLane.ts';
import { readTrace } from '../../../src/core/trace/reader.ts';
import { gatewayRequestLine, gatewayResponseLine } from '../../../src/core/trace/write.ts';

const time = '2026-01-01T00:00:00.000Z';
const trace = readTrace(
  gatewayRequestLine(time, 's', 'tools/call', { name: 'a', arguments: { n: 1 } }) +
    gatewayResponseLine(time, 's', { result: 'A' }),
);

test('a cassette on demand is taken without making its entries', () => {
  let reads = 0;
  const calls = trace.calls.map((call) => ({
    ...call,
    get answer() {
      reads++;
      return call.answer;
    },
  }));
  const taken = new ServerLane('s', { readsAnswers: 'on-demand' }).take({ ...trace, calls }, calls);
  expect(reads).toBe(0);
  expect(taken?.cassette?.entries).toHaveLength(1);
  expect(reads).toBeGreaterThan(0);
});
