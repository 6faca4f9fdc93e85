/** Resolves the variables of an `mcp.json`; asks the user for each input once per window. */
import { homedir } from 'node:os';
import { sep } from 'node:path';
import * as vscode from 'vscode';
import type { ClientConfig } from '../../core/clientConfigs/clientModel.ts';
import { folderOf } from '../capture/clientServers.ts';
import { type InputDefinition, inputDefinitions } from '../../core/clientConfigs/serverDetails.ts';
import { plainVariable, type VariableLookup } from '../../core/clientConfigs/variables.ts';

/** The user cancelled an input, so the server is not started. */
export class InputRefused extends Error {}

/** The values of inputs. They are not stored on disk, because many are secrets. */
export class InputAnswers {
  readonly #known = new Map<string, string>();

  /** Returns the lookup for a configuration, which rejects with `InputRefused` if the user cancels an input. */
  lookup(config: ClientConfig): VariableLookup {
    const environment = {
      folder: (folderOf(config.file) ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath ?? null,
      home: homedir(),
      env: process.env,
      separator: sep,
    };
    return async (name) => {
      if (name.startsWith('input:')) return this.#input(config, name.slice('input:'.length));
      if (name.startsWith('config:')) return settingText(name.slice('config:'.length));
      if (name.startsWith('command:')) return commandText(name.slice('command:'.length), undefined);
      if (name.startsWith('workspaceFolder:')) return folderNamed(name.slice('workspaceFolder:'.length));
      return plainVariable(name, environment);
    };
  }

  async #input(config: ClientConfig, id: string): Promise<string | null> {
    const definition = inputDefinitions(config).find((each) => each.id === id);
    if (definition === undefined) return null;
    const key = `${config.file.path}#${id}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = await ask(definition);
    if (value === undefined) throw new InputRefused(`No value was entered for "${id}"`);
    this.#known.set(key, value);
    return value;
  }
}

async function ask(input: InputDefinition): Promise<string | undefined> {
  const { type, description, password, options, command, args } = input;
  const rest = { title: description, ignoreFocusOut: true };
  if (type === 'command') return (await commandText(command ?? '', args)) ?? undefined;
  if (type === 'pickString') return vscode.window.showQuickPick([...options], rest);
  return vscode.window.showInputBox({ ...rest, password, ...(input.default === null ? {} : { value: input.default }) });
}

async function commandText(command: string, args: unknown): Promise<string | null> {
  const answer: unknown = await vscode.commands.executeCommand(command, args);
  return typeof answer === 'string' ? answer : null;
}

function settingText(id: string): string | null {
  const value: unknown = vscode.workspace.getConfiguration().get(id);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function folderNamed(name: string): string | null {
  return vscode.workspace.workspaceFolders?.find((folder) => folder.name === name)?.uri.fsPath ?? null;
}
