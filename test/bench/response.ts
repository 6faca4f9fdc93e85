/** Measures one `label_response` for 30 and 100 items, and the same export called by a minimal script. */
import { buildLabelAgentPayload } from '../../src/core/policy/payload.ts';
import { encodeLabelAgentInput, encodeLabelResponseInput } from '../../src/core/guard/encode.ts';
import { loadWasmGuard } from '../../src/engine/guard/loadGuard.ts';
import { isJsonObject } from '../../src/core/base/json.ts';
import { report, timeInTurns } from './measure.ts';
import { plainGuard } from './plainGuard.ts';
import { guardBytes, policy, searchCall, workerFile } from './subjects.ts';

const backend = { kind: 'none' } as const;

/** Small items take little guard time, so the overhead of the thread is visible; issues are what the gateway's own guard labels. */
const lists = [
  ['facts', 30],
  ['facts', 100],
  ['issue', 30],
  ['issue', 100],
] as const;

async function main(): Promise<void> {
  const loaded = await loadWasmGuard(guardBytes, { workerFile });
  if (!loaded.ok) throw new Error(loaded.error);
  const { guard } = loaded;
  const payload = buildLabelAgentPayload(policy, [], []);
  await guard.labelAgent(payload, { backend });
  const plain = await plainGuard(guardBytes);
  if (isJsonObject(payload)) plain.call('label_agent', encodeLabelAgentInput(payload));
  for (const [size, items] of lists) {
    const { tool, args, result } = searchCall(items, size);
    const input = encodeLabelResponseInput(tool, args, result, true);
    const check = await guard.labelResponse(tool, args, result, { backend });
    if (check.value?.items.length !== items) throw new Error(`expected ${items} labelled items: ${check.error}`);
    const timings = await timeInTurns(400, 100, {
      plain: () => plain.call('label_response', input),
      call: () => guard.raw('label_response', input, { backend }),
      guard: () => guard.labelResponse(tool, args, result, { backend }),
    });
    console.log(`${items} items of ${size}, input of ${input.length} characters`);
    report('plain script on V8', timings.plain);
    const ratio = (of: number): string => `${(of / timings.plain.median).toFixed(2)} times the plain script`;
    report(
      'our runtime, the same input',
      timings.call,
      `${ratio(timings.call.median)}; goal ${items === 30 ? 1.2 : 1.1}`,
    );
    report('with encoding, decoding and labels', timings.guard, ratio(timings.guard.median));
  }
  await guard.close();
}

void main();
