/** Gates of an HTTP tap with a real guard, in this process. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gates } from '../../../../src/engine/tap/gate/gate.ts';
import type { RecordingSink } from '../../../../src/engine/recording/tapSide/recordingSink.ts';
import { closingBoth } from '../../../../src/engine/tap/gate/closingBoth.ts';
import { GuardGate } from '../../../../src/engine/liveGuard/guardGate.ts';
import { LiveGuard } from '../../../../src/engine/liveGuard/liveGuard.ts';
import { workerFile } from '../../../support/paths.ts';
import { cache, type GuardText, guardBytes } from '../../runtime/guards.ts';

/** A guard whose label_resource answers with this JSON text. */
export function labelling(resource: string, before = ''): GuardText {
  return {
    rest: `(data (i32.const 1000) "${resource.replaceAll('"', '\\"')}")`,
    label_resource: `${before} (memory.copy (local.get $out) (i32.const 1000) (i32.const ${resource.length})) (i32.const ${resource.length})`,
  };
}

/** Makes the gates of a tap whose guard is this one. `worker`: the bundle that runs guards. */
export function gatesOf(
  text: GuardText,
  mode: 'watch' | 'enforce',
  worker: string = workerFile,
): (recording: RecordingSink) => Gates {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-http-gate-'));
  const path = join(folder, 'guard.wasm');
  writeFileSync(path, guardBytes(text));
  return (recording) => ({
    enforces: () => mode === 'enforce',
    make: (wire) => {
      const guard = new LiveGuard({
        ...{ server: 's', guard: path, policy: null, mode, enforcement: 'strict', trustedBots: [], deadlineMs: 5000 },
        ...{ services: { workerFile: worker, cache }, capture: join(folder, 'c.guardtrace.jsonl') },
        onChange: () => undefined,
        onLint: () => undefined,
      });
      const gate = new GuardGate({ guard, wire, recording, server: 's', deadlineMs: 3000 });
      return closingBoth(gate, guard);
    },
  });
}
