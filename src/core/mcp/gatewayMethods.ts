/**
 * What the gateway does with each MCP method of a client: it passes few on, in a form of its own, and answers the others itself, because
 * no guard labels them (gateway `internal/server/unified.go`, `tool_registry.go`, `routed.go`; go-sdk v1.7.0 `mcp/server.go`).
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { quoteGo } from '../go/goText.ts';
import { isListedTool } from './paramHeaders.ts';

/** The body of an answer that the gateway makes itself. */
export type MethodAnswer =
  | { readonly result: JsonObject }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: JsonValue } };

/** How a request of a client is handled. */
export type MethodRule =
  /** A tool call, which the guard decides. */
  | { readonly kind: 'call' }
  /** Passed on: the server gets `params`, and the client gets what `result` leaves of the server's. */
  | { readonly kind: 'forward'; readonly params: Shape; readonly result: Shape }
  /** Answered without the server. */
  | { readonly kind: 'answer'; readonly answer: MethodAnswer };

/** Makes the form that is sent from the form that came. */
type Shape = (value: JsonValue) => JsonObject;

/** JSON-RPC 2.0, section 5.1. */
const methodNotFound = -32_601;
const invalidParams = -32_602;

/** How the gateway handles a request of this method with these parameters. */
export function methodRule(method: string, params: JsonObject | null): MethodRule {
  switch (method) {
    case 'tools/call':
      return { kind: 'call' };
    case 'initialize':
      return { kind: 'forward', params: initializeParams, result: initializeResult };
    case 'server/discover':
      return { kind: 'forward', params: onlyMeta, result: discoverResult };
    case 'tools/list':
      return { kind: 'forward', params: listParams, result: toolList };
    case 'prompts/list':
      return { kind: 'forward', params: listParams, result: promptList };
    case 'prompts/get':
      return { kind: 'forward', params: namedParams, result: picking('description', 'messages', 'resultType') };
    case 'ping':
    case 'logging/setLevel':
      return answered({ result: {} });
    case 'resources/list':
      return answered({ result: { resources: [] } });
    case 'resources/templates/list':
      return answered({ result: { resourceTemplates: [] } });
    case 'resources/read':
      return answered({ error: { code: invalidParams, message: 'Resource not found', ...uriOf(params) } });
    default:
      return answered({ error: { code: methodNotFound, message: `method not found: ${quoteGo(method)}` } });
  }
}

/** The error of a call of a tool that the server's list does not have, before any guard sees it. */
export function unknownTool(tool: string): { readonly code: number; readonly message: string } {
  return { code: invalidParams, message: `unknown tool ${quoteGo(tool)}` };
}

/** Parameters of a tool call as the server gets them: name and arguments alone; null arguments become an empty object. */
export function callParams(tool: string, args: JsonValue, params: JsonObject | null): JsonObject {
  return { name: tool, arguments: args ?? {}, ...metaOf(params) };
}

/** Answer to a request of the server: its client, the gateway, has no roots, and neither samples nor asks a person. */
export function answerToServer(method: string): MethodAnswer {
  if (method === 'ping') return { result: {} };
  if (method === 'roots/list') return { result: { roots: [] } };
  if (method === 'elicitation/create') {
    return { error: { code: invalidParams, message: 'client does not support elicitation' } };
  }
  return { error: { code: methodNotFound, message: `method not found: ${quoteGo(method)}` } };
}

/** Notifications of the server that the client gets, without their parameters: that a list changed says nothing of what a guard protects. */
export const passedToClient: ReadonlySet<string> = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
]);

/** The members of a list of tools that the gateway reads; without output schemas, because its results have another shape. */
const toolMembers = ['name', 'description', 'inputSchema', 'annotations'];
const promptMembers = ['name', 'description', 'arguments'];

function answered(answer: MethodAnswer): MethodRule {
  return { kind: 'answer', answer };
}

/** The client's abilities stay unsaid, because the gateway lets no server use them. */
function initializeParams(value: JsonValue): JsonObject {
  return { ...picking('protocolVersion', 'clientInfo')(value), capabilities: {} };
}

function initializeResult(value: JsonValue): JsonObject {
  return { ...picking('protocolVersion', 'serverInfo')(value), capabilities: capabilities(value) };
}

function discoverResult(value: JsonValue): JsonObject {
  const members = picking('supportedVersions', 'serverInfo', 'resultType', 'ttlMs', 'cacheScope')(value);
  return { ...members, capabilities: capabilities(value) };
}

/** Abilities that the gateway offers: tools, prompts, and a log level that changes nothing. */
function capabilities(value: JsonValue): JsonObject {
  const offered = isJsonObject(value) ? value['capabilities'] : undefined;
  const has = (key: string): boolean => isJsonObject(offered) && isJsonObject(offered[key]);
  return {
    logging: {},
    ...(has('prompts') ? { prompts: { listChanged: true } } : {}),
    ...(has('tools') ? { tools: { listChanged: true } } : {}),
  };
}

function listParams(value: JsonValue): JsonObject {
  return { ...picking('cursor')(value), ...metaOf(value) };
}

function namedParams(value: JsonValue): JsonObject {
  return { ...picking('name', 'arguments')(value), ...metaOf(value) };
}

function onlyMeta(value: JsonValue): JsonObject {
  return metaOf(value);
}

function toolList(value: JsonValue): JsonObject {
  return { ...listMembers(value), tools: eachOf(value, 'tools', toolMembers).filter(isListedTool) };
}

function promptList(value: JsonValue): JsonObject {
  return { ...listMembers(value), prompts: eachOf(value, 'prompts', promptMembers) };
}

const listMembers = picking('nextCursor', 'resultType', 'ttlMs', 'cacheScope');

function eachOf(value: JsonValue, list: string, members: readonly string[]): readonly JsonObject[] {
  const items = isJsonObject(value) ? value[list] : undefined;
  return Array.isArray(items) ? items.filter((item: JsonValue) => isJsonObject(item)).map(picking(...members)) : [];
}

/** Keeps these members alone. */
function picking(...keys: readonly string[]): Shape {
  return (value) => {
    const kept: Record<string, JsonValue> = {};
    for (const key of keys) {
      const member = isJsonObject(value) ? value[key] : undefined;
      if (member !== undefined) kept[key] = member;
    }
    return kept;
  };
}

/** A request without a session says in `_meta` what `initialize` would say (MCP 2026-07-28). The client's abilities stay unsaid here, too. */
function metaOf(params: JsonValue): JsonObject {
  const meta = isJsonObject(params) ? params['_meta'] : undefined;
  const version = isJsonObject(meta) ? meta[metaKeys.version] : undefined;
  if (!isJsonObject(meta) || typeof version !== 'string') return {};
  const info = meta[metaKeys.clientInfo];
  return {
    _meta: {
      [metaKeys.version]: version,
      ...(isJsonObject(info) ? { [metaKeys.clientInfo]: info } : {}),
      [metaKeys.capabilities]: {},
    },
  };
}

/** Whether parameters are of a request without a session, which says in `_meta` which revision of MCP it is of. */
export function saysRevision(params: JsonValue): boolean {
  return Object.keys(metaOf(params)).length > 0;
}

const metaKeys = {
  version: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  capabilities: 'io.modelcontextprotocol/clientCapabilities',
} as const;

function uriOf(params: JsonObject | null): { readonly data?: JsonValue } {
  const uri = params?.['uri'];
  return typeof uri === 'string' ? { data: { uri } } : {};
}
