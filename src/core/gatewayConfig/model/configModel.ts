/** The part of the gateway's configuration that guards depend on, in one form for TOML files and for JSON on standard input. */
import type { JsonObject } from '../../base/json.ts';
import type { CircuitSettings } from '../../difc/monitor/circuitBreaker.ts';
import type { PayloadSettings } from '../../difc/monitor/payloadSettings.ts';
import type { Position } from '../../base/parsed.ts';
import type { Policy } from '../../policy/policy.ts';

/** The gateway's configuration after reading (gateway `internal/config/config_core.go`, spec 5). */
export interface GatewayConfig {
  readonly form: ConfigForm;
  /** In order of their ids. */
  readonly servers: readonly ServerConfig[];
  readonly guards: readonly GuardConfig[];
  /** `guards_mode` as written; null when the file has no such key. The JSON form never has it. */
  readonly guardsMode: string | null;
  /** Names that the gateway adds to every `label_agent` payload. */
  readonly trustedBots: readonly string[];
  /** Time limit of a tool call in milliseconds; null for no limit. */
  readonly toolTimeoutMs: number | null;
  /** null when the key is absent, which differs from true for exempt sinks. */
  readonly forcePublicRepos: boolean | null;
  readonly sinkVisibilityExemptServers: readonly string[];
  /** As the file sets it; variables of the environment come later. */
  readonly payload: PayloadSettings;
  /** The gateway's error when it refuses the file; null when it accepts it. */
  readonly refusal: string | null;
}

/** `--config` (TOML) or `--config-stdin` (JSON). */
export type ConfigForm = 'toml' | 'json';

/** One MCP server behind the gateway. */
export interface ServerConfig {
  readonly id: string;
  /** Name of its guard; empty when the key is absent. */
  readonly guard: string;
  /** Its policies as written; empty when the key is absent. */
  readonly guardPolicies: JsonObject;
  /** Tools that may be called, as written; empty for all tools. */
  readonly tools: readonly string[];
  /** Its own time limit of a tool call in milliseconds; null for the gateway's limit. */
  readonly toolTimeoutMs: number | null;
  /** As written in a TOML file, 0 for absent keys. The JSON form has no such keys. */
  readonly circuit: CircuitSettings;
  /** Programs of `tool_response_filters` by tool, as written. */
  readonly responseFilters: ReadonlyMap<string, string>;
  readonly places: ServerPlaces;
}

/** Positions of the parts of a server; an absent part has the position of the server. */
export interface ServerPlaces {
  readonly server: Position;
  readonly guard: Position;
  readonly policies: Position;
  /** The position of a key or a value inside its policies. */
  inPolicies(path: readonly (string | number)[], at: 'key' | 'value'): Position;
}

/** An entry of `guards`. */
export interface GuardConfig {
  readonly name: string;
  /** As written, usually `wasm` or `noop`; empty means noop. */
  readonly type: string;
  /** Path of the module; empty when the key is absent. */
  readonly path: string;
  /** null when the guard has no policy, or one that the gateway refuses. */
  readonly policy: Policy | null;
  readonly place: Position;
}

/** A fault of a configuration: an `error` that the gateway refuses, or a `warning` about something that it silently ignores. */
export interface ConfigFault {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Names and indexes from the root of the file. */
  readonly path: readonly (string | number)[];
  /** Whether the fault is about the last key of the path or about its value. */
  readonly at: 'key' | 'value';
  /** The position, for a fault that has no path. */
  readonly position?: Position;
}

/** The result of reading one form: the configuration, and all faults in the gateway's order. */
export interface ReadConfig {
  readonly config: Omit<GatewayConfig, 'refusal'>;
  readonly faults: readonly ConfigFault[];
  /** The gateway's error when it combines several faults in one text. */
  readonly refusal?: string;
  readonly locate: ConfigLocator;
}

/** Finds the position of a key or a value by its path. */
export interface ConfigLocator {
  key(path: readonly (string | number)[]): Position;
  value(path: readonly (string | number)[]): Position;
}

/** The gateway's defaults (gateway `internal/config/config_core.go`). */
export const configDefaults = { toolTimeoutS: 60, smallestToolTimeoutS: 10 } as const;
