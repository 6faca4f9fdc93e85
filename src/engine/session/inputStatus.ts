/** What a run has reported about its inputs so far: the state of the guards, problems of files, and the servers that are not decided. */
import type { Problem } from '../../core/base/parsed.ts';
import { type GuardStatus, initialGuardStatus, type RunReport } from './runReport.ts';
import { type ReplaySettings, type WhyUndecided, whyUndecided } from './runInputs.ts';

/** Begins with what is known before a run. */
export class InputStatus {
  guard: GuardStatus;
  guardProblems: readonly Problem[] = [];
  policyProblems: readonly Problem[] = [];
  configProblems: readonly Problem[] = [];
  /** The server of the run, which stays the same while the trace grows. */
  server: string | null = null;
  /** What the run says about the servers that it does not decide; null before it has read its inputs. */
  why: WhyUndecided | null = null;
  /** The servers of the configuration; null without one. */
  configured: ReadonlySet<string> | null = null;
  /** The files that the run decides with, beside the trace. */
  files: readonly string[] = [];

  constructor(settings: ReplaySettings) {
    this.guard = initialGuardStatus(settings);
  }

  /** Why the calls of a server are not decided, as the end of a sentence; null when they are. `main`: the server that a guard was chosen for. */
  undecided(server: string, { config }: ReplaySettings, main: string | null): string | null {
    if (this.why !== null) return this.why(server);
    // What a configuration decides is known when it was read.
    return config === null ? whyUndecided(null, main)(server) : null;
  }

  /** Whether a guard can be chosen for a server: the configuration has it, or there is none. */
  isConfigured(server: string): boolean {
    return this.configured?.has(server) ?? true;
  }

  /** The problems of the configuration, the guards and the policy, in this order. */
  get problems(): readonly Problem[] {
    return [...this.configProblems, ...this.guardProblems, ...this.policyProblems];
  }

  /** The files that the decisions rest on, beside the trace: those of the settings, and what they name. */
  filesWith({ config, guard, policy }: ReplaySettings): readonly string[] {
    const chosen = [config, guard, policy].flatMap((path) => (path === null || path === 'noop' ? [] : [path]));
    return [...new Set([...chosen, ...this.files])];
  }

  /** Takes the members of a report that have changed. */
  apply(report: RunReport): void {
    this.guard = report.guard ?? this.guard;
    this.guardProblems = report.guardProblems ?? this.guardProblems;
    this.policyProblems = report.policyProblems ?? this.policyProblems;
    this.configProblems = report.configProblems ?? this.configProblems;
    this.why = report.why ?? this.why;
    this.files = report.files ?? this.files;
    if (report.server !== undefined) this.server = report.server;
    if (report.configured !== undefined) this.configured = report.configured;
  }
}
