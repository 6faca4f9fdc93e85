/** The findings that need more than one call: tags and scopes of a session, failures that repeat. Those about the whole session are notes. */
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { DecisionRecord } from '../../difc/record/decision.ts';
import { FailureTally } from './repeatedFailures.ts';
import { ScopeUse } from './unmatchedScopes.ts';
import { TagUse } from './tagUse.ts';

/** What is counted for one server: its guard fails and its policy names scopes on their own. */
interface ServerUse {
  readonly scopes: ScopeUse;
  readonly failures: FailureTally;
  calls: number;
}

/** Lints a session call by call. What a call gets depends on the calls before it only, so that a growing trace changes no finding. */
export class SessionLint {
  /** Of all servers, because tags go with the agent from server to server. */
  readonly #tags: TagUse;
  readonly #servers = new Map<string, ServerUse>();
  readonly #policies: ReadonlyMap<string, JsonValue | undefined>;

  /** `policies`: the payload of `label_agent` by server; undefined without a policy. */
  constructor(policies: ReadonlyMap<string, JsonValue | undefined>) {
    this.#policies = policies;
    this.#tags = new TagUse([...policies.values()]);
  }

  /** Lints a session with these rules, by server. */
  static of(rules: ReadonlyMap<string, { readonly policy?: JsonValue | undefined }>): SessionLint {
    return new SessionLint(new Map([...rules].map(([server, { policy }]) => [server, policy ?? undefined])));
  }

  /** Takes the next decision of the session; returns the findings that belong to it. */
  add(record: DecisionRecord): readonly Problem[] {
    const use = this.#useOf(record.server);
    use.calls++;
    use.failures.add(record);
    use.scopes.add(record);
    return this.#tags.add(record);
  }

  /** The findings about the session so far. */
  findings(): readonly Problem[] {
    const ofServers = [...this.#servers.values()].flatMap(({ scopes, failures, calls }) => [
      ...failures.findings(calls),
      ...scopes.findings(calls),
    ]);
    return [...ofServers, ...this.#tags.findings()];
  }

  #useOf(server: string): ServerUse {
    const known = this.#servers.get(server);
    if (known !== undefined) return known;
    const use = { scopes: new ScopeUse(this.#policies.get(server)), failures: new FailureTally(), calls: 0 };
    this.#servers.set(server, use);
    return use;
  }
}
