/** Checks of a decoded TOML configuration (gateway `LoadFromFile`). */
import { quoteGo, sortUtf8, toLower, trimSpace } from '../../go/goText.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Environment } from '../../policy/override.ts';
import { serverFaults, trustedBotFaults, valueFault } from '../model/configChecks.ts';
import { configurationFault } from '../model/configTexts.ts';
import { expandVariables, undefinedVariable } from '../model/expand.ts';
import { ownMember, numberMember, objectMember, stringMember, stringListMember } from '../model/members.ts';
import type { ConfigFault } from '../model/configModel.ts';

/** All faults in the gateway's order. The gateway stops at the first one. */
export function tomlFaults(value: JsonObject, env: Environment): readonly ConfigFault[] {
  const servers = objectMember(value, 'servers');
  const ids = sortUtf8(Object.keys(servers));
  if (ids.length === 0) {
    const fault = { severity: 'error', code: 'config/no-servers', path: ['servers'], at: 'key' } as const;
    return [{ ...fault, message: 'no servers defined in configuration', hint: 'Add a [servers.<id>] table' }];
  }
  const gateway = objectMember(value, 'gateway');
  return [
    ...ids.flatMap((id) => containerFaults(id, objectMember(servers, id), gateway)),
    ...ids.flatMap((id) =>
      serverFaults(id, objectMember(servers, id), stringMember(objectMember(servers, id), 'type'), 'servers', env),
    ),
    ...runtimeFaults(gateway),
    ...trustedBotFaults(stringListMember(gateway, 'trusted_bots'), ['gateway', 'trusted_bots']),
    ...numberFaults(gateway),
    ...telemetryFaults(gateway, env),
  ];
}

/** Stdio servers must start with the container runtime. */
function containerFaults(id: string, server: JsonObject, gateway: JsonObject): readonly ConfigFault[] {
  if (!['', 'stdio', 'local'].includes(stringMember(server, 'type'))) return [];
  const command = stringMember(server, 'command');
  const runtime = toLower(trimSpace(stringMember(gateway, 'container_runtime'))) === 'podman' ? 'podman' : 'docker';
  const configured = trimSpace(stringMember(gateway, 'container_runtime_command'));
  const expected = configured === '' ? runtime : configured;
  if (command === expected) return [];
  const message =
    `server '${id}': stdio servers must use containerized execution (command must be '${expected}', got '${command}'). ` +
    'This is required by MCP Gateway Specification Section 3.2.1 (Containerization Requirement). ' +
    'See: https://github.com/github/gh-aw/blob/main/docs/src/content/docs/reference/mcp-gateway.md#321-containerization-requirement';
  return [valueFault(message, ['servers', id, 'command'])];
}

function runtimeFaults(gateway: JsonObject): readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  const runtime = stringMember(gateway, 'container_runtime');
  const name = 'gateway.container_runtime';
  if (runtime !== '' && trimSpace(runtime) === '') {
    const message = `${name} must not be empty or whitespace-only when set`;
    faults.push(valueFault(message, ['gateway', 'container_runtime']));
  } else if (!['', 'docker', 'podman'].includes(toLower(trimSpace(runtime)))) {
    const message = `${name} must be one of: docker, podman (got: ${quoteGo(runtime)})`;
    faults.push(valueFault(message, ['gateway', 'container_runtime']));
  }
  const command = stringMember(gateway, 'container_runtime_command');
  if (command !== '' && trimSpace(command) === '') {
    const problem = 'container_runtime_command cannot be empty or whitespace only';
    const suggestion = 'Provide a non-empty runtime command path/name or remove the field';
    const message = configurationFault('gateway.container_runtime_command', problem, suggestion);
    faults.push(valueFault(message, ['gateway', 'container_runtime_command']));
  }
  return faults;
}

function numberFaults(gateway: JsonObject): readonly ConfigFault[] {
  const port = numberMember(gateway, 'port');
  const threshold = numberMember(gateway, 'payload_size_threshold');
  const faults: ConfigFault[] = [];
  if (port !== null && (port < 1 || port > 65_535)) {
    const message = `port must be between 1 and 65535, got ${port}`;
    const text = configurationFault('gateway.port', message, 'Use a valid port number (e.g., 8080)');
    faults.push(valueFault(text, ['gateway', 'port']));
  }
  if (threshold !== null && threshold < 1) {
    const field = 'payload_size_threshold';
    const message = `${field} must be a positive integer (>= 1), got ${threshold}`;
    const suggestion = `Use a positive integer (>= 1) for ${field}`;
    faults.push(valueFault(configurationFault(`gateway.${field}`, message, suggestion), ['gateway', field]));
  }
  return faults;
}

/** `gateway.opentelemetry` is the only table of a TOML file in which the gateway expands `${NAME}`. */
function telemetryFaults(gateway: JsonObject, env: Environment): readonly ConfigFault[] {
  if (ownMember(gateway, 'opentelemetry') === undefined) return [];
  const telemetry = objectMember(gateway, 'opentelemetry');
  const path = ['gateway', 'opentelemetry'];
  const fields = { endpoint: 'endpoint', trace_id: 'traceId', span_id: 'spanId', headers: 'headers' } as const;
  const undefinedOnes = Object.entries(fields).flatMap(([key, name]) => {
    const { undefinedName } = expandVariables(stringMember(telemetry, key), env);
    if (undefinedName === null) return [];
    const message = undefinedVariable(undefinedName, `gateway.opentelemetry.${name}`);
    return [{ ...valueFault(message, [...path, key]), code: 'config/undefined-variable' }];
  });
  if (undefinedOnes.length > 0) return undefinedOnes;
  const endpoint = expandVariables(stringMember(telemetry, 'endpoint'), env).text;
  const where = 'gateway.opentelemetry.endpoint';
  if (endpoint === '') {
    const suggestion = 'Provide an HTTP or HTTPS OTLP endpoint (e.g., "http://127.0.0.1:4318")';
    return [
      valueFault(configurationFault(where, "'endpoint' is required for opentelemetry servers", suggestion), path),
    ];
  }
  if (/^https?:\/\//.test(endpoint)) return [];
  const message = `opentelemetry endpoint must use HTTP or HTTPS, got '${endpoint}'`;
  const suggestion = 'Use an HTTP or HTTPS URL (e.g., "https://otel-collector.example.com" or "http://127.0.0.1:4318")';
  return [valueFault(configurationFault(where, message, suggestion), [...path, 'endpoint'])];
}
