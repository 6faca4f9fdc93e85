/** The table of what a JSON configuration may hold (gateway `internal/config/schema/mcp-gateway-config.schema.json`, spec 5.2). */
import type { JsonValue } from '../../base/json.ts';

/** What a value must be. `also` lists values that are taken beside. */
export type JsonShape =
  | { readonly kind: 'boolean' | 'any' }
  | {
      readonly kind: 'string';
      readonly filled?: boolean;
      readonly pattern?: string;
      readonly words?: readonly string[];
      readonly also?: readonly JsonValue[];
    }
  | {
      readonly kind: 'integer';
      readonly minimum?: number;
      readonly maximum?: number;
      readonly also?: readonly JsonValue[];
    }
  | { readonly kind: 'array'; readonly of: JsonShape; readonly minItems?: number }
  | { readonly kind: 'map'; readonly of: JsonShape }
  | JsonObjectShape;

export interface JsonObjectShape {
  readonly kind: 'object';
  readonly fields: Readonly<Record<string, JsonShape>>;
  readonly required?: readonly string[];
  /** One of these must be there. */
  readonly eitherOf?: readonly string[];
  /** Whether other members may be there. */
  readonly open?: boolean;
}

const whatever: JsonShape = { kind: 'any' };
const boolean: JsonShape = { kind: 'boolean' };
const string: JsonShape = { kind: 'string' };
const filled: JsonShape = { kind: 'string', filled: true };
const strings: JsonShape = { kind: 'array', of: string };
const texts: JsonShape = { kind: 'map', of: string };
const seconds: JsonShape = { kind: 'integer', minimum: 1 };
const toolTimeout: JsonShape = { kind: 'integer', minimum: 10, also: [0] };

const guardPolicies: JsonShape = {
  kind: 'object',
  open: true,
  fields: {
    'write-sink': {
      kind: 'object',
      fields: { accept: strings, 'sink-visibility': { kind: 'string', words: ['public', 'private', 'internal'] } },
      required: ['accept'],
    },
  },
};

const everyServer = {
  env: texts,
  tools: strings,
  toolTimeout,
  tool_timeout: toolTimeout,
  registry: string,
  'guard-policies': guardPolicies,
  // Members that the gateway takes out before it compares with its schema.
  guard: whatever,
  auth: whatever,
  tool_response_filters: whatever,
} as const;

const image = '^[a-zA-Z0-9][a-zA-Z0-9./_-]*(:([a-zA-Z0-9._-]+|latest))?$';

/** Servers by kind: those with a container, those with an address, and those of a type of `customSchemas`. */
export const serverShapes = {
  stdio: {
    kind: 'object',
    fields: {
      ...everyServer,
      type: { kind: 'string', words: ['stdio'] },
      container: { kind: 'string', filled: true, pattern: image },
      entrypoint: filled,
      entrypointArgs: strings,
      mounts: { kind: 'array', of: { kind: 'string', pattern: '^/[^:]+:/[^:]+:(ro|rw)$' } },
      args: strings,
    },
    required: ['container'],
  },
  http: {
    kind: 'object',
    fields: {
      ...everyServer,
      type: { kind: 'string', words: ['http'] },
      url: { kind: 'string', filled: true, pattern: '^https?://.+' },
      headers: texts,
      connectTimeout: seconds,
      connect_timeout: seconds,
    },
    required: ['type', 'url'],
  },
  custom: {
    kind: 'object',
    open: true,
    fields: { type: { kind: 'string', pattern: '^[a-z][a-z0-9-]*$' } },
    required: ['type'],
  },
} as const satisfies Readonly<Record<string, JsonObjectShape>>;

const gateway: JsonObjectShape = {
  kind: 'object',
  fields: {
    port: { kind: 'integer', minimum: 1, maximum: 65_535 },
    agentId: filled,
    apiKey: filled,
    domain: { kind: 'string', pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', also: ['host.docker.internal'] },
    startupTimeout: seconds,
    toolTimeout: seconds,
    dockerless: boolean,
    containerRuntime: { kind: 'string', words: ['docker', 'podman'] },
    containerRuntimeCommand: filled,
    containerRuntimeArgs: strings,
    payloadDir: { kind: 'string', filled: true, pattern: '^(/|[A-Za-z]:\\\\)' },
    payloadSizeThreshold: seconds,
    payloadPathPrefix: filled,
    trustedBots: { kind: 'array', of: filled, minItems: 1 },
    keepaliveInterval: { kind: 'integer', minimum: -1 },
    opentelemetry: {
      kind: 'object',
      fields: {
        endpoint: { kind: 'string', filled: true, pattern: '^(https?://.+|\\$\\{[A-Z_][A-Z0-9_]*\\})$' },
        traceId: { kind: 'string', pattern: '^[0-9a-f]{32}$' },
        spanId: { kind: 'string', pattern: '^[0-9a-f]{16}$' },
        serviceName: string,
      },
      required: ['endpoint'],
    },
    forcePublicRepos: boolean,
    sinkVisibilityExemptServers: strings,
  },
  required: ['port', 'domain'],
  eitherOf: ['agentId', 'apiKey'],
};

/** The whole document; servers are compared one by one, by their kind. */
export const jsonConfig: JsonObjectShape = {
  kind: 'object',
  fields: {
    mcpServers: { kind: 'map', of: { kind: 'object', fields: {}, open: true } },
    gateway,
    customSchemas: { kind: 'map', of: { kind: 'string', pattern: '^https://.+', also: [''] } },
    guards: whatever,
  },
  required: ['mcpServers', 'gateway'],
};
