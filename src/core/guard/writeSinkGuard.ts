/** The guard of an output channel: takes writes of agents whose secrecy the policy accepts (gateway `internal/guard/write_sink.go`, spec 3.11). */
import { toLower, trimSpace } from '../go/goText.ts';
import { makeResource } from '../difc/monitor/resource.ts';
import type { WriteSinkPolicy } from '../policy/policy.ts';
import type { Guard } from './guard.ts';
import { answer } from './noopGuard.ts';

/** What the effective visibility of a sink depends on beside its policy. */
export interface SinkSurroundings {
  readonly serverId: string;
  /** Server is in `sinkVisibilityExemptServers` (or `*` is), or `forcePublicRepos` is false. */
  readonly exempt: boolean;
  /** Visibility of the workflow's repository; null when it is not known. */
  readonly workflowRepository: 'public' | 'private' | 'internal' | null;
}

/** Entries of `accept` become the tags of the resource as they are written; a public sink accepts only agents without secrecy. */
export function createWriteSinkGuard(policy: Pick<WriteSinkPolicy, 'accept' | 'sinkVisibility'>): Guard {
  const isPublic = toLower(trimSpace(policy.sinkVisibility)) === 'public';
  return {
    name: 'write-sink',
    kind: 'write-sink',
    healthy: true,
    useCassette: () => undefined,
    labelAgent: () =>
      answer({ agent: { secrecy: [], integrity: [] }, mode: 'filter', modeText: 'filter', normalizedPolicy: null }),
    labelResource: (tool) => {
      const resource = isPublic
        ? makeResource(`write-sink:public (${tool})`, [], [])
        : makeResource(`write-sink (${tool})`, policy.accept, []);
      return answer({ resource, operation: 'write' });
    },
    labelResponse: () => answer(null),
    close: () => Promise.resolve(),
  };
}

/** The visibility that the gateway gives a sink when it registers its guard; empty for none (gateway spec 3.11, steps 1 to 4). */
export function effectiveSinkVisibility(configured: string, around: SinkSurroundings): string {
  const { serverId, exempt, workflowRepository } = around;
  if (configured !== '') return workflowRepository === 'public' ? 'public' : configured;
  if (!isSafeOutputs(serverId)) return exempt ? '' : 'public';
  return workflowRepository === 'public' ? 'public' : '';
}

/** Whether a server id is one of the two names of the safe-outputs server; exact, as the gateway compares it. */
export function isSafeOutputs(serverId: string): boolean {
  return serverId === 'safe-outputs' || serverId === 'safeoutputs';
}
