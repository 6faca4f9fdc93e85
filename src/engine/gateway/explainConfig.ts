/** Says what the gateway would do with a configuration, server by server (gateway `NewUnified`, `registerGuard`, spec 3.9 to 3.12). */
import { quoteGo } from '../../core/base/goText.ts';
import { failureToProblem } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { Environment, PolicyFlags, PolicyOverride } from '../../core/policy/override.ts';
import { resolvePolicyOverride } from '../../core/policy/override.ts';
import type { ConfigAccount } from './account.ts';
import type { GuardFiles } from './discovery.ts';
import { workflowRepositoryOf } from './environment.ts';
import { explainServer } from './explainServer.ts';
import { serverWideMode } from './mode.ts';
import type { GatewayConfig } from './model.ts';
import { decideForcePublic, forcedWarning, forceOverride, type Visibility } from './visibility.ts';

/** How the gateway is started: what counts beside its configuration. */
export interface Circumstances {
  readonly env: Environment;
  readonly files: GuardFiles;
  /** Flags for a policy of all servers. */
  readonly policyFlags?: PolicyFlags;
  /** `--guards-mode` */
  readonly modeFlag?: string;
  /** GitHub's answer about the workflow's repository; null: none. */
  readonly workflowVisibility: Visibility | null;
}
