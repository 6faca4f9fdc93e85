/** Checks of values that apply to both forms of the configuration (gateway `internal/config/validation_gateway.go`, `validation_server.go`). */
import { quoteGo, trimSpace } from '../../go/goText.ts';
import type { JsonObject } from '../../base/json.ts';
import { compileFilter, type FilterFault, filterProgram, isFilter } from '../../jq/jqFilter.ts';
import { blankError } from '../../policy/values.ts';
import type { Environment } from '../../policy/override.ts';
import { configurationFault } from './configTexts.ts';
import { ownMember, objectMember, stringMember } from './members.ts';
import type { ConfigFault } from './configModel.ts';

/** An error at a value, with the code `config/value`. */
export function valueFault(message: string, path: ConfigFault['path'], hint?: string): ConfigFault {
  const fault = { severity: 'error', code: 'config/value', message, path, at: 'value' } as const;
  return hint === undefined ? fault : { ...fault, hint };
}

/** Faults of `trusted_bots`: an empty list and blank names. null means that the key is absent. */
export function trustedBotFaults(bots: readonly string[] | null, path: ConfigFault['path']): readonly ConfigFault[] {
  if (bots === null) return [];
  if (bots.length === 0) {
    const message = 'trusted_bots must be a non-empty array when present (spec §4.1.3.4)';
    return [valueFault(message, path, 'Remove it, or add a name')];
  }
  const first = bots.findIndex((bot) => trimSpace(bot) === '');
  return first === -1 ? [] : [valueFault(`trusted_bots[${first}] must be a non-empty string`, [...path, first])];
}

/** Faults of a server's `auth` and `tool_response_filters`. */
export function serverFaults(
  id: string,
  server: JsonObject,
  type: string,
  root: 'servers' | 'mcpServers',
  env: Environment,
): readonly ConfigFault[] {
  return [...authFaults(id, server, type, root, env), ...filterFaults(id, server, root)];
}

function authFaults(
  id: string,
  server: JsonObject,
  type: string,
  root: string,
  env: Environment,
): readonly ConfigFault[] {
  if (ownMember(server, 'auth') === undefined || ownMember(server, 'auth') === null) return [];
  const where = `${root}.${id}`;
  const path = [root, id, 'auth'];
  if (type !== 'http') {
    const suggestion = 'Remove the auth configuration or change the server type to "http"';
    return [valueFault(configurationFault(where, `server type ${quoteGo(type)}`, suggestion), path)];
  }
  const kind = stringMember(objectMember(server, 'auth'), 'type');
  if (kind === '') {
    const suggestion = 'Specify the authentication type (currently only "github-oidc" is supported)';
    return [valueFault(configurationFault(`${where}.auth`, "'type' is required for auth servers", suggestion), path)];
  }
  if (kind !== 'github-oidc') {
    const suggestion = `Unsupported auth type ${quoteGo(kind)}. Currently only "github-oidc" is supported`;
    const message = configurationFault(`${where}.auth.type`, `unsupported server type '${kind}'`, suggestion);
    return [valueFault(message, [...path, 'type'])];
  }
  if ((env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '') !== '') return [];
  const missing = 'ACTIONS_ID_TOKEN_REQUEST_URL';
  const suggestion =
    `server ${quoteGo(id)} requires OIDC authentication but ${missing} is not set; ` +
    'OIDC auth is only available in GitHub Actions with `permissions: { id-token: write }`';
  return [
    valueFault(
      configurationFault(`${where}.auth`, `'${missing}' is required for github-oidc servers`, suggestion),
      path,
    ),
  ];
}

function filterFaults(id: string, server: JsonObject, root: string): readonly ConfigFault[] {
  const where = `${root}.${id}.tool_response_filters`;
  const path = [root, id, 'tool_response_filters'];
  return Object.entries(objectMember(server, 'tool_response_filters')).flatMap(([tool, filter]) => {
    if (trimSpace(tool) === '') return [valueFault(blankError(where, 'tool name'), [...path, tool])];
    const program = typeof filter === 'string' ? filterProgram(filter) : null;
    if (program === null) return [valueFault(blankError(`${where}.${tool}`, 'tool response filter'), [...path, tool])];
    const compiled = compileFilter(program);
    return isFilter(compiled) ? [] : [programFault(compiled, `${where}.${tool}`, [...path, tool])];
  });
}

/** The gateway's error about a program that gojq refuses, or a warning about one that Guardscope cannot run (gateway spec 3.15). */
function programFault(fault: FilterFault, where: string, path: ConfigFault['path']): ConfigFault {
  if (fault.kind === 'invalid') {
    return valueFault(`${where} contains an invalid jq expression${fault.detail}: ${fault.error}`, path);
  }
  const message = `Guardscope cannot run the filter ${where}: it uses ${fault.word}`;
  const hint = 'The gateway runs it; a replay shows the answers of this tool as they are before the filter';
  return { severity: 'warning', code: 'config/filter-not-supported', message, hint, path, at: 'value' };
}
