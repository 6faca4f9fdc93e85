/** Checks of a JSON configuration: its schema, then what the schema cannot say (gateway `validateJSONSchema`, `validateRuleBasedPatterns`). */
import { sortUtf8, toLower, trimSpace } from '../../go/goText.ts';
import { typeError } from '../../go/goJsonTyped.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Environment } from '../../policy/override.ts';
import { keyHint } from '../../policy/hints.ts';
import { serverFaults, trustedBotFaults, valueFault } from '../model/configChecks.ts';
import { configurationFault, tooSmall } from '../model/configTexts.ts';
import { compareWithShape, type ShapeFault } from './compareShape.ts';
import { jsonConfig, type JsonShape, serverShapes } from './jsonShapes.ts';
import { ownMember, numberMember, objectMember, stringMember, stringListMember } from '../model/members.ts';
import { configDefaults, type ConfigFault } from '../model/configModel.ts';
import { laterKeyHint } from '../model/laterKeys.ts';

/** All faults that the schema finds. The `type` of a server decides which schema it is compared with. */
export function schemaFaults(root: JsonObject): readonly ConfigFault[] {
  const servers = objectMember(root, 'mcpServers');
  const own = sortUtf8(Object.keys(servers)).flatMap((id) => {
    const server = servers[id] ?? null;
    return isJsonObject(server) ? compareWithShape(server, shapeOf(server), ['mcpServers', id]) : [];
  });
  const all = [...compareWithShape(root, jsonConfig), ...typeNameFaults(root), ...own];
  return all.map((fault) => toFault(fault, root));
}

/** Faults of a configuration that fits the schema, in the gateway's order, without those of the guards. */
export function jsonFaults(root: JsonObject, env: Environment): readonly ConfigFault[] {
  const gateway = objectMember(root, 'gateway');
  const servers = objectMember(root, 'mcpServers');
  const each = sortUtf8(Object.keys(servers)).map((id) => ({ id, server: objectMember(servers, id) }));
  return [
    ...each.flatMap(({ id, server }) => guardNameFaults(id, server)),
    ...gatewayFaults(gateway),
    ...each.flatMap(({ id, server }) => typeFaults(id, server, root, env)),
  ];
}

function shapeOf(server: JsonObject): JsonShape {
  const type = ownMember(server, 'type');
  if (type === 'http') return serverShapes.http;
  return type === undefined || type === 'stdio' ? serverShapes.stdio : serverShapes.custom;
}

/** Names of custom server types are lower-case words other than the two built-in types. */
function typeNameFaults(root: JsonObject): readonly ShapeFault[] {
  return Object.keys(objectMember(root, 'customSchemas'))
    .filter((name) => name === 'stdio' || name === 'http' || !/^[a-z][a-z0-9-]*$/.test(name))
    .map((name) => ({ message: `invalid propertyName '${name}'`, path: ['customSchemas'], unknown: null }));
}

function toFault({ message, path, unknown }: ShapeFault, root: JsonObject): ConfigFault {
  const place = unknown === null ? path : path.slice(0, -1);
  const where = place.length === 0 ? '<root>' : `/${place.join('/')}`;
  const text = `Configuration validation error: ${where}: ${message}`;
  if (unknown === null) return { severity: 'error', code: 'config/schema', message: text, path, at: 'value' };
  const hint = hintFor(unknown, place, root);
  return { severity: 'error', code: 'config/unknown-field', message: text, hint, path, at: 'key' };
}

function hintFor(name: string, place: readonly (string | number)[], root: JsonObject): string {
  if (place[0] === 'gateway' && /^guards_?mode$/i.test(name)) {
    return 'The JSON form has no key for the mode: use --guards-mode or MCP_GATEWAY_GUARDS_MODE';
  }
  const later = laterKeyHint(name);
  if (later !== null) return later;
  const holder = place.reduce<JsonObject>((object, part) => objectMember(object, String(part)), root);
  return keyHint(name, fieldsAt(place, root), (meant) => Object.hasOwn(holder, meant));
}

function fieldsAt(place: readonly (string | number)[], root: JsonObject): readonly string[] {
  const [first, id, ...rest] = place;
  const ofServer = first === 'mcpServers' && typeof id === 'string';
  let shape: JsonShape = ofServer ? shapeOf(objectMember(objectMember(root, 'mcpServers'), id)) : jsonConfig;
  for (const part of ofServer ? rest : place) {
    const next: JsonShape | undefined = shape.kind === 'object' ? shape.fields[part] : undefined;
    if (next === undefined) return [];
    shape = next;
  }
  return shape.kind === 'object' ? Object.keys(shape.fields) : [];
}

function guardNameFaults(id: string, server: JsonObject): readonly ConfigFault[] {
  const guard: JsonValue | undefined = ownMember(server, 'guard');
  if (guard === undefined || guard === null || typeof guard === 'string') return [];
  const kind = Array.isArray(guard) ? 'array' : typeof guard === 'boolean' ? 'bool' : typeof guard;
  const field = 'StdinConfig.mcpServers.Alias.guard';
  const message = `failed to parse JSON: ${typeError(kind, 'string').replace('Go value', `Go struct field ${field}`)}`;
  return [{ ...valueFault(message, ['mcpServers', id, 'guard']), code: 'config/type' }];
}

function gatewayFaults(gateway: JsonObject): readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  const timeout = numberMember(gateway, 'toolTimeout');
  const least = configDefaults.smallestToolTimeoutS;
  if (timeout !== null && timeout >= 1 && timeout < least) {
    faults.push(valueFault(tooSmall('gateway.toolTimeout', 'toolTimeout', least, timeout), ['gateway', 'toolTimeout']));
  }
  const runtime = toLower(trimSpace(stringMember(gateway, 'containerRuntime')));
  if (gateway['dockerless'] === true && runtime === 'docker') {
    const message = 'gateway.containerRuntime must be "podman" when gateway.dockerless is enabled';
    faults.push(valueFault(message, ['gateway', 'containerRuntime']));
  }
  const bots = stringListMember(gateway, 'trustedBots');
  const judged = bots === null || bots.some((bot) => bot === '') || bots.length === 0 ? null : bots;
  return [...faults, ...trustedBotFaults(judged, ['gateway', 'trustedBots'])];
}

function typeFaults(id: string, server: JsonObject, root: JsonObject, env: Environment): readonly ConfigFault[] {
  const type = stringMember(server, 'type') === '' ? 'stdio' : stringMember(server, 'type');
  if (type === 'stdio' || type === 'http') return serverFaults(id, server, type, 'mcpServers', env);
  if (Object.hasOwn(objectMember(root, 'customSchemas'), type)) return [];
  const suggestion =
    `Custom server type '${type}' is not registered in customSchemas. ` +
    "Add the custom type to the customSchemas field or use a standard type ('stdio' or 'http')";
  const message = configurationFault(`mcpServers.${id}.type`, `unsupported server type '${type}'`, suggestion);
  return [valueFault(message, ['mcpServers', id, 'type'])];
}
