/** The gateway's configuration as far as guards depend on it, in one form for TOML files and for the JSON of its standard input. */
import type { JsonObject } from '../../base/json.ts';
import type { CircuitSettings } from '../../difc/monitor/circuitBreaker.ts';
import type { Position } from '../../base/parsed.ts';
import type { Policy } from '../../policy/policy.ts';

/** What the gateway keeps of a configuration once it has read it (gateway `internal/config/config_core.go`, spec 5). */
export interface GatewayConfig {
  readonly form: ConfigForm;
  /** In order of their ids. */
  readonly servers: readonly ServerConfig[];
  readonly guards: readonly GuardConfig[];
  /** As written at the top of the file; null when the file does not say (the JSON form has no key for it). */
  readonly guardsMode: string | null;
  /** Names that every `label_agent` payload gets. */
  readonly trustedBots: readonly string[];
  /** How long a tool call may take, in milliseconds; null: as long as it likes. */
  readonly toolTimeoutMs: number | null;
  /** null when the file does not say, which is not the same as true for exempt sinks. */
  readonly forcePublicRepos: boolean | null;
  readonly sinkVisibilityExemptServers: readonly string[];
  /** The text with which the gateway refuses the file; null when it starts reading its servers. */
  readonly refusal: string | null;
}

/** `--config` (TOML) or `--config-stdin` (JSON). */
export type ConfigForm = 'toml' | 'json';

/** One MCP server behind the gateway. */
export interface ServerConfig {
  readonly id: string;
  /** Name of its guard; empty when it names none. */
  readonly guard: string;
  /** Its policies as written; empty when there are none. */
  readonly guardPolicies: JsonObject;
  /** Tools that may be called, as written; empty: all of them. */
  readonly tools: readonly string[];
  /** Its own limit for a tool call, in milliseconds; null: that of the gateway. */
  readonly toolTimeoutMs: number | null;
  /** As written in a TOML file, 0 where it is not; the JSON form has no keys for it. */
  readonly circuit: CircuitSettings;
  readonly places: ServerPlaces;
}

/** Where the parts of a server stand in the file; what is not written has the place of the server. */
export interface ServerPlaces {
  readonly server: Position;
  readonly guard: Position;
  readonly policies: Position;
}

/** An entry of `guards`. */
export interface GuardConfig {
  readonly name: string;
  /** `wasm`, `noop`, or another word as written; empty: noop. */
  readonly type: string;
  /** Of the module; empty when it is not given. */
  readonly path: string;
  /** Checked; null when there is none, or a refused one. */
  readonly policy: Policy | null;
  readonly place: Position;
}

/** Something wrong with a configuration: what the gateway refuses (`error`) or takes without a word (`warning`). */
export interface ConfigFault {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Names and indexes from the root of the file. */
  readonly path: readonly (string | number)[];
  /** Whether it is about the key that the path ends with, or its value. */
  readonly at: 'key' | 'value';
  /** The place itself, where no path leads to it. */
  readonly position?: Position;
}

/** What a reader of one form gives: the configuration without places, and all faults in the gateway's order. */
export interface ReadConfig {
  readonly config: Omit<GatewayConfig, 'refusal'>;
  readonly faults: readonly ConfigFault[];
  /** The gateway's text where it says several faults in one. */
  readonly refusal?: string;
  readonly locate: ConfigLocator;
}

/** Finds the place of a part of the file. */
export interface ConfigLocator {
  key(path: readonly (string | number)[]): Position;
  value(path: readonly (string | number)[]): Position;
}

/** The gateway's defaults (gateway `internal/config/config_core.go`). */
export const configDefaults = { toolTimeoutS: 60, smallestToolTimeoutS: 10 } as const;
