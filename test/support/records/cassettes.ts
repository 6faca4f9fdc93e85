/** The cassette of a whole trace. */
import { CassetteMaker } from '../../../src/core/replay/traceCassette.ts';
import type { CassetteData } from '../../../src/core/trace/model/cassette.ts';
import type { Trace } from '../../../src/core/trace/model/traceModel.ts';

/** The cassette of one server, and how many of the agent's answers did not fit into `limit` bytes. */
export function makeCassette(
  trace: Trace,
  server: string,
  limit?: number,
): { readonly data: CassetteData; readonly leftOut: number } {
  const maker = new CassetteMaker(server, limit === undefined ? {} : { limit });
  return { data: maker.take(trace), leftOut: maker.leftOut };
}
