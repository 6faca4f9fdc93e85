/** The guard of an output channel: it accepts writes of agents whose secrecy tags the policy accepts (gateway `internal/guard/write_sink.go`, spec 3.11). */
import { toLower, trimSpace } from '../go/goText.ts';
import { makeResource } from '../difc/monitor/resource.ts';
import type { WriteSinkPolicy } from '../policy/policy.ts';
import type { Guard } from './guard.ts';
import { answer, type BuiltInAnswers, builtInGuard } from './builtInAnswers.ts';

/** What the effective visibility of a sink depends on, besides its policy. */
export interface SinkSurroundings {
  readonly serverId: string;
  /** Server is in `sinkVisibilityExemptServers` (or `*` is), or `forcePublicRepos` is false. */
  readonly exempt: boolean;
  /** Visibility of the workflow's repository; null when unknown. */
  readonly workflowRepository: 'public' | 'private' | 'internal' | null;
}

/** Entries of `accept` become the tags of the resource verbatim; a public sink accepts only agents without secrecy tags. */
export function writeSinkAnswers(policy: Pick<WriteSinkPolicy, 'accept' | 'sinkVisibility'>): BuiltInAnswers {
  const isPublic = toLower(trimSpace(policy.sinkVisibility)) === 'public';
  return {
    kind: 'write-sink',
    labelAgent: () =>
      answer({ agent: { secrecy: [], integrity: [] }, mode: 'filter', modeText: 'filter', normalizedPolicy: null }),
    labelResource: (tool) => {
      const resource = isPublic
        ? makeResource(`write-sink:public (${tool})`, [], [])
        : makeResource(`write-sink (${tool})`, policy.accept, []);
      return answer({ resource, operation: 'write' });
    },
    labelResponse: () => answer(null),
  };
}

export function createWriteSinkGuard(policy: Pick<WriteSinkPolicy, 'accept' | 'sinkVisibility'>): Guard {
  return builtInGuard(writeSinkAnswers(policy));
}

/** The visibility that the gateway gives a sink when it registers its guard; empty when none (gateway spec 3.11, steps 1 to 4). */
export function effectiveSinkVisibility(configured: string, surroundings: SinkSurroundings): string {
  const { serverId, exempt, workflowRepository } = surroundings;
  if (configured !== '') return workflowRepository === 'public' ? 'public' : configured;
  if (!isSafeOutputs(serverId)) return exempt ? '' : 'public';
  return workflowRepository === 'public' ? 'public' : '';
}

/** Whether a server id is one of the two names of the safe-outputs server; case-sensitive, as in the gateway. */
export function isSafeOutputs(serverId: string): boolean {
  return serverId === 'safe-outputs' || serverId === 'safeoutputs';
}
