/** The findings that need more than one call: tags and scopes of a session, failures that repeat. Those about the whole session are notes. */
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { DecisionRecord } from '../../difc/record/decision.ts';
import { FailureTally } from './repeatedFailures.ts';
import { ScopeUse } from './unmatchedScopes.ts';
import { TagUse } from './tagUse.ts';

/** Lints a session call by call. What a call gets depends on the calls before it only, so that a growing trace changes no finding. */
export class SessionLint {
  readonly #tags: TagUse;
  readonly #scopes: ScopeUse;
  readonly #failures = new FailureTally();
  #calls = 0;

  /** `policy` is the payload of `label_agent`; undefined without a policy. */
  constructor(policy: JsonValue | undefined) {
    this.#tags = new TagUse(policy);
    this.#scopes = new ScopeUse(policy);
  }

  /** Takes the next decision of the session; returns the findings that belong to it. */
  add(record: DecisionRecord): readonly Problem[] {
    this.#calls++;
    this.#failures.add(record);
    this.#scopes.add(record);
    return this.#tags.add(record);
  }

  /** The findings about the session so far. */
  findings(): readonly Problem[] {
    return [...this.#failures.findings(this.#calls), ...this.#scopes.findings(this.#calls), ...this.#tags.findings()];
  }
}
