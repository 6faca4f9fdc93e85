/** Stacks of traps through the whole engine, where the module was rewritten before V8 compiled it. */
import { expect, it } from 'vitest';
import { WorkerGuard } from '../../../../src/engine/runtime/host/workerGuard.ts';
import { debugGuardBytes } from '../../../support/guards/debugGuards.ts';
import { proves } from '../../../support/proves.ts';
import { workerFile } from '../../../support/paths.ts';
import { wazeroLines } from '../../../core/dwarf/debugTrace.ts';
import { alone, cache } from '../guards.ts';

it.each([
  ['label_agent', 'unreachable', ['0x4a: /guard/guard.cpp:31:15 (inlined)', '      /guard/guard.cpp:39:3']],
  [
    'label_resource',
    'integer divide by zero',
    [
      '0xd: /guard/labels.h:10:17 (inlined)',
      '     /guard/guard.cpp:9:10 (inlined)',
      '     /guard/guard.cpp:12:67',
      '0x79: /guard/guard.cpp:45:10',
    ],
  ],
  // The trap is in a check that was inserted before the call.
  ['label_response', 'invalid table access', ['0xab: /guard/guard.cpp:27:10', '0x9e: /guard/guard.cpp:49:10']],
])('gives the places of the guard’s own file for %s', async (name, trap, lines) => {
  proves('own:places-like-wazero');
  const bytes = debugGuardBytes('cpp');
  const loaded = await WorkerGuard.load(bytes, { workerFile, cache });
  if (!loaded.ok) throw new Error(loaded.error);
  const { error, stack } = await loaded.guard.call(name, '{}', alone);
  await loaded.guard.close();
  expect(error).toBe(`WASM function call failed: wasm error: ${trap}`);
  expect(wazeroLines(bytes, stack ?? { frames: [], notes: [] })).toEqual(lines);
});
