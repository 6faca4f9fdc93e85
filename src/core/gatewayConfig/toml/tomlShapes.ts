/** The shape of a TOML configuration (gateway `internal/config/config_core.go`, spec 5.1). */

/**
 * The type that the gateway decodes a value to. `any` accepts every value. A `map` is a table with arbitrary keys; the gateway ignores a
 * value of another type. A `struct` is a table with the listed fields, whose names match in any case.
 */
export type TomlShape =
  | { readonly kind: 'string' | 'integer' | 'boolean' | 'float' | 'any' }
  | { readonly kind: 'list'; readonly of: TomlShape }
  | { readonly kind: 'map'; readonly of: TomlShape }
  | TomlStruct;

/** A table with the listed fields. */
export interface TomlStruct {
  readonly kind: 'struct';
  /** Name of the Go type, for errors. */
  readonly type: string;
  readonly fields: Readonly<Record<string, TomlShape>>;
}

const string: TomlShape = { kind: 'string' };
const integer: TomlShape = { kind: 'integer' };
const boolean: TomlShape = { kind: 'boolean' };
const anything: TomlShape = { kind: 'any' };
const strings: TomlShape = { kind: 'list', of: string };

function map(of: TomlShape): TomlShape {
  return { kind: 'map', of };
}

function struct(type: string, fields: Readonly<Record<string, TomlShape>>): TomlStruct {
  return { kind: 'struct', type, fields };
}

const allowOnly = struct('config.AllowOnlyPolicy', {
  repos: anything,
  'min-integrity': string,
  'tool-call-limits': map(integer),
  'blocked-users': strings,
  'refusal-labels': strings,
  'approval-labels': strings,
  'trusted-users': strings,
  'endorsement-reactions': strings,
  'disapproval-reactions': strings,
  'disapproval-integrity': string,
  'endorser-min-integrity': string,
  'promotion-label': string,
  'demotion-label': string,
});

const guard = struct('config.GuardConfig', {
  type: string,
  path: string,
  config: map(anything),
  policy: struct('config.GuardPolicy', {
    'allow-only': allowOnly,
    'write-sink': struct('config.WriteSinkPolicy', { accept: strings, 'sink-visibility': string }),
  }),
});

const server = struct('config.ServerConfig', {
  type: string,
  command: string,
  args: strings,
  env: map(string),
  working_directory: string,
  url: string,
  headers: map(string),
  auth: struct('config.AuthConfig', { type: string, audience: string }),
  tools: strings,
  tool_response_filters: map(string),
  registry: string,
  guard_policies: map(anything),
  guard: string,
  connect_timeout: integer,
  tool_timeout: integer,
  rate_limit_threshold: integer,
  rate_limit_cooldown: integer,
});

const tracing = struct('config.TracingConfig', {
  endpoint: string,
  headers: string,
  trace_id: string,
  span_id: string,
  service_name: string,
  sample_rate: { kind: 'float' },
  signal_path: string,
  exporter_timeout: integer,
});

const gateway = struct('config.GatewayConfig', {
  port: integer,
  agent_id: string,
  api_key: string,
  domain: string,
  startup_timeout: integer,
  tool_timeout: integer,
  container_runtime: string,
  container_runtime_command: string,
  container_runtime_args: strings,
  keepalive_interval: integer,
  payload_dir: string,
  payload_path_prefix: string,
  payload_size_threshold: integer,
  trusted_bots: strings,
  force_public_repos: boolean,
  sink_visibility_exempt_servers: strings,
  tracing,
  opentelemetry: tracing,
});

/** The whole file. */
export const tomlConfig: TomlStruct = struct('config.Config', {
  servers: map(server),
  guards: map(guard),
  gateway,
  guards_mode: string,
  sequential_launch: boolean,
});
