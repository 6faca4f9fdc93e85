/** The shape of a JSON configuration (gateway `internal/config/schema/mcp-gateway-config.schema.json`, spec 5.2). */
import type { JsonValue } from '../../base/json.ts';

/** The type and the limits of a value. `also` lists further values that are accepted. */
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

/** An object with named members. */
export interface JsonObjectShape {
  readonly kind: 'object';
  readonly fields: Readonly<Record<string, JsonShape>>;
  /** Names of members that must be present. */
  readonly required?: readonly string[];
  /** At least one of these members must be present. */
  readonly eitherOf?: readonly string[];
  /** Whether other members are allowed. */
  readonly open?: boolean;
}

const anything: JsonShape = { kind: 'any' };
const boolean: JsonShape = { kind: 'boolean' };
const string: JsonShape = { kind: 'string' };
const nonEmpty: JsonShape = { kind: 'string', filled: true };
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
  // The gateway removes these members before it compares the server with its schema.
  guard: anything,
  auth: anything,
  tool_response_filters: anything,
} as const;

const image = '^[a-zA-Z0-9][a-zA-Z0-9./_-]*(:([a-zA-Z0-9._-]+|latest))?$';

/** Servers by type: with a container, with an address, and of a type in `customSchemas`. */
export const serverShapes = {
  stdio: {
    kind: 'object',
    fields: {
      ...everyServer,
      type: { kind: 'string', words: ['stdio'] },
      container: { kind: 'string', filled: true, pattern: image },
      entrypoint: nonEmpty,
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
    agentId: nonEmpty,
    apiKey: nonEmpty,
    domain: { kind: 'string', pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', also: ['host.docker.internal'] },
    startupTimeout: seconds,
    toolTimeout: seconds,
    dockerless: boolean,
    containerRuntime: { kind: 'string', words: ['docker', 'podman'] },
    containerRuntimeCommand: nonEmpty,
    containerRuntimeArgs: strings,
    payloadDir: { kind: 'string', filled: true, pattern: '^(/|[A-Za-z]:\\\\)' },
    payloadSizeThreshold: seconds,
    payloadPathPrefix: nonEmpty,
    trustedBots: { kind: 'array', of: nonEmpty, minItems: 1 },
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

/** The whole document. Servers are compared separately, by their type. */
export const jsonConfig: JsonObjectShape = {
  kind: 'object',
  fields: {
    mcpServers: { kind: 'map', of: { kind: 'object', fields: {}, open: true } },
    gateway,
    customSchemas: { kind: 'map', of: { kind: 'string', pattern: '^https://.+', also: [''] } },
    guards: anything,
  },
  required: ['mcpServers', 'gateway'],
};
