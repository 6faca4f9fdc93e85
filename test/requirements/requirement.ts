/** A requirement of the ledger: the promise, its source, and functions that build the lists. */

/** `gateway:034`, `wazero:6.2-exit-0` or `own:exit-codes`. */
export type RequirementId = `gateway:${string}` | `wazero:${string}` | `own:${string}`;

export interface Requirement {
  readonly id: RequirementId;
  readonly group: string;
  /** One sentence. */
  readonly promise: string;
  /** The gateway's own test below its folder `internal`, the engine, or the document that makes the promise. */
  readonly source: string;
}

/** Behaviours of the gateway, by number. */
export function gatewayBehaviours(
  group: string,
  rows: readonly (readonly [behaviour: number, promise: string, source: string])[],
): readonly Requirement[] {
  return rows.map(([behaviour, promise, source]) => ({
    id: `gateway:${String(behaviour).padStart(3, '0')}`,
    group,
    promise,
    source,
  }));
}

/** Facts of the engine, by section and key. */
export function engineFacts(
  group: string,
  rows: readonly (readonly [key: string, promise: string])[],
): readonly Requirement[] {
  return rows.map(([key, promise]) => ({ id: `wazero:${key}`, group, promise, source: 'wazero v1.12.0, measured' }));
}

/** Our own promises, each with the document that makes it. */
export function ownPromises(
  group: string,
  rows: readonly (readonly [key: string, promise: string, source: string])[],
): readonly Requirement[] {
  return rows.map(([key, promise, source]) => ({ id: `own:${key}`, group, promise, source }));
}
