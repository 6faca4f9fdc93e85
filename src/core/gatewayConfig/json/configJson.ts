/** Reads a JSON configuration as `--config-stdin` does (gateway `LoadFromStdin`, spec 5.2). */
import { defaultCircuit } from '../../difc/monitor/circuitBreaker.ts';
import { decodeGoJson, decodeGoObject } from '../../go/goJson.ts';
import { sortUtf8 } from '../../go/goText.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { hintForSyntax } from '../../policy/hints.ts';
import { makeLocator, type Locator } from '../../policy/locate.ts';
import { payloadFrom } from '../model/configPayload.ts';
import type { Environment } from '../../policy/override.ts';
import { toolTimeoutOf } from '../model/environment.ts';
import { expandVariables, undefinedVariable } from '../model/expand.ts';
import { jsonFaults, schemaFaults } from './jsonChecks.ts';
import { readJsonGuards } from './jsonGuards.ts';
import {
  booleanMember,
  ownMember,
  numberMember,
  objectMember,
  stringMember,
  stringListMember,
  stringsMember,
} from '../model/members.ts';
import type { ConfigFault, ConfigLocator, ReadConfig, ServerConfig } from '../model/configModel.ts';

/** The configuration of a JSON text; an empty one and the fault when the text cannot be parsed. */
export function readJsonConfig(text: string, file: string | undefined, env: Environment): ReadConfig {
  const locate = makeLocator(text, file);
  const plain = decodeGoObject(text);
  if (!plain.ok) {
    const message = `failed to normalize configuration: ${plain.error}`;
    const position = locate.byte(plain.offset);
    return refused({}, { ...notJson, message, ...hintForSyntax(text), position }, locate, env);
  }
  const { text: expanded, undefinedName } = expandVariables(text, env);
  if (undefinedName !== null) {
    return refused(plain.value ?? {}, undefinedFault(undefinedName, text, locate), locate, env);
  }
  const decoded = decodeGoJson(expanded);
  if (!decoded.ok) {
    const message = `failed to prepare data for schema validation: ${decoded.error}`;
    const hint =
      'The value of a variable breaks the JSON, because the gateway does not escape quotes and backslashes in it';
    return refused(plain.value ?? {}, { ...notJson, message, hint }, locate, env);
  }
  const root = withoutLocal(isJsonObject(decoded.value) ? decoded.value : {});
  const { guards, early, late } = readJsonGuards(ownMember(root, 'guards'), locate);
  return {
    config: { ...configOf(root, locate, env), guards },
    faults: [...schemaFaults(root), ...early, ...jsonFaults(root, env), ...late],
    locate,
  };
}

const notJson = { severity: 'error', code: 'config/not-json', path: [], at: 'value' } as const;

function refused(root: JsonObject, fault: ConfigFault, locate: ConfigLocator, env: Environment): ReadConfig {
  const { guards } = readJsonGuards(ownMember(root, 'guards'), locate);
  return { config: { ...configOf(root, locate, env), guards }, faults: [fault], locate };
}

function undefinedFault(name: string, text: string, locate: Locator): ConfigFault {
  const position = locate.index(text.indexOf(`\${${name}}`));
  const message = undefinedVariable(name, 'configuration');
  return { severity: 'error', code: 'config/undefined-variable', message, path: [], at: 'value', position };
}

/** Replaces the type `local`, an older name of `stdio`. */
function withoutLocal(root: JsonObject): JsonObject {
  const servers = Object.entries(objectMember(root, 'mcpServers'));
  if (!servers.some(([, server]) => isJsonObject(server) && server['type'] === 'local')) return root;
  const renamed = servers.map(([id, server]) => {
    return [id, isJsonObject(server) && server['type'] === 'local' ? { ...server, type: 'stdio' } : server];
  });
  return { ...root, mcpServers: Object.fromEntries(renamed) as JsonObject };
}

function configOf(root: JsonObject, locate: ConfigLocator, env: Environment): ReadConfig['config'] {
  const gateway = objectMember(root, 'gateway');
  const servers = objectMember(root, 'mcpServers');
  return {
    form: 'json',
    servers: sortUtf8(Object.keys(servers)).map((id) => serverOf(id, objectMember(servers, id), locate)),
    guards: [],
    guardsMode: null,
    trustedBots: stringListMember(gateway, 'trustedBots') ?? [],
    toolTimeoutMs: (numberMember(gateway, 'toolTimeout') ?? toolTimeoutOf(env)) * 1000,
    forcePublicRepos: booleanMember(gateway, 'forcePublicRepos'),
    sinkVisibilityExemptServers: stringListMember(gateway, 'sinkVisibilityExemptServers') ?? [],
    payload: payloadFrom(
      numberMember(gateway, 'payloadSizeThreshold'),
      stringMember(gateway, 'payloadDir'),
      stringMember(gateway, 'payloadPathPrefix'),
    ),
  };
}

function serverOf(id: string, server: JsonObject, locate: ConfigLocator): ServerConfig {
  const timeout = numberMember(server, 'toolTimeout') ?? numberMember(server, 'tool_timeout') ?? 0;
  const path = ['mcpServers', id];
  return {
    id,
    guard: stringMember(server, 'guard'),
    guardPolicies: objectMember(server, 'guard-policies'),
    tools: stringListMember(server, 'tools') ?? [],
    toolTimeoutMs: timeout > 0 ? timeout * 1000 : null,
    circuit: defaultCircuit,
    responseFilters: stringsMember(server, 'tool_response_filters'),
    places: {
      server: locate.key(path),
      guard: locate.key([...path, 'guard']),
      policies: locate.key([...path, 'guard-policies']),
      inPolicies: (rest, at) => locate[at]([...path, 'guard-policies', ...rest]),
    },
  };
}
