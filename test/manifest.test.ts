/** Compares the manifest with the ids that the code uses, in both directions. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands, contextKeys, editors, settingDefaults, settingsSection, views } from '../src/host/base/ids.ts';
import { repoPath } from './support/paths.ts';
import { sourceFiles } from './support/structure/sourceFiles.ts';
import { proves } from './support/proves.ts';

interface Manifest {
  readonly icon: string;
  readonly main: string;
  readonly dependencies?: Record<string, string>;
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: boolean | 'limited';
      readonly restrictedConfigurations: readonly string[];
    };
  };
  readonly engines: { readonly vscode: string };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Record<string, readonly { readonly command: string; readonly when?: string }[]>;
    readonly customEditors: readonly { readonly viewType: string }[];
    readonly views: Record<string, readonly { readonly id: string; readonly icon: string }[]>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly id: string;
        readonly description: string;
        readonly media: { readonly markdown: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly configuration: {
      readonly properties: Record<string, { readonly default: unknown; readonly type: string; readonly scope: string }>;
    };
  };
}

const text = readFileSync(repoPath('package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const { contributes } = manifest;

/**
 * The scope of each setting, whether an untrusted workspace's value is ignored, and why. `machine`: only the user's own settings count;
 * `resource` and `window`: a workspace may set it.
 */
const scopes: Readonly<Record<string, readonly [scope: string, restricted: boolean, reason: string]>> = {
  config: ['resource', true, 'names a file that names guards'],
  guard: ['resource', true, 'names a module that a trusted workspace runs in a sandbox'],
  policy: ['resource', true, 'names a file that is read'],
  traces: ['resource', true, 'names modules and files, as guard and policy do'],
  mode: ['resource', true, 'an input of a replay'],
  trustedBots: ['resource', true, 'an input of a replay'],
  deadlineMs: ['resource', true, 'bounds how long a guard may run'],
  replayOnOpen: ['resource', false, 'without trust nothing is replayed anyway'],
  watch: ['resource', false, 'without trust nothing is replayed anyway'],
  whatIf: ['resource', false, 'without trust nothing is replayed anyway'],
  codeLens: ['resource', false, 'only shows or hides lenses'],
  exclude: ['resource', false, 'only hides files from lists'],
  'capture.redact': ['machine', false, 'a workspace must not have secrets recorded'],
  'capture.folder': ['machine', false, 'a workspace must not send captures elsewhere'],
  'capture.maxFileSizeMiB': ['machine', false, 'a workspace must neither cut captures short nor fill the disk'],
  'capture.keepSessions': ['machine', false, 'a workspace must not have captures deleted'],
  'capture.publish': ['machine', false, 'a workspace must not offer servers to VS Code'],
  'capture.notify': ['machine', false, 'a workspace must not hide that a session is captured'],
};

describe('manifest', () => {
  it('declares the commands that the code registers, and no others', () => {
    proves('own:commands-and-settings');
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual(Object.values(commands).sort());
    const host = sourceFiles('src/host')
      .map((file) => file.text)
      .join('\n');
    const unregistered = Object.keys(commands).filter((name) => !host.includes(`commands.${name}`));
    expect(unregistered).toEqual([]);
  });

  it('names every command in the form Category: Title', () => {
    expect(contributes.commands.filter(({ category }) => category !== 'Guardscope')).toEqual([]);
    expect(contributes.commands.filter(({ title }) => title.startsWith('Guardscope'))).toEqual([]);
  });

  it('uses only declared commands in menus and welcome texts', () => {
    const known = new Set<string>([...Object.values(commands), 'workbench.trust.manage']);
    const used = Object.values(contributes.menus)
      .flat()
      .map(({ command }) => command);
    const links = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/command:([\w.]+)/g)].map((match) => match[1] ?? ''),
    );
    expect([...used, ...links].filter((command) => !known.has(command))).toEqual([]);
  });

  it('has a walkthrough of five steps, with texts and commands that exist', () => {
    proves('own:walkthrough');
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    expect(steps).toHaveLength(5);
    expect(steps.filter(({ media }) => !existsSync(repoPath(media.markdown)))).toEqual([]);
    const texts = steps.flatMap(({ description, completionEvents }) => [description, ...completionEvents]);
    const known = new Set<string>(Object.values(commands));
    const used = texts.flatMap((each) => [...each.matchAll(/command:([\w.]+)/gi)].map((match) => match[1] ?? ''));
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((command) => !known.has(command))).toEqual([]);
    const events = steps.flatMap(({ completionEvents }) => completionEvents);
    expect(events.filter((event) => !/^on(?:Command|Context):guardscope\.\w+$/.test(event))).toEqual([]);
  });

  it('declares the same editors, views and context keys', () => {
    expect(contributes.customEditors.map(({ viewType }) => viewType).sort()).toEqual(Object.values(editors).sort());
    const declared = Object.values(contributes.views)
      .flat()
      .map(({ id }) => id);
    expect(declared.sort()).toEqual(Object.values(views).sort());
    const inClauses = new Set(text.match(/guardscope\.has\w+/g));
    expect([...inClauses].sort()).toEqual(Object.values(contextKeys).sort());
  });

  it('declares the same settings with the same defaults', () => {
    proves('own:commands-and-settings');
    const declared = Object.fromEntries(
      Object.entries(contributes.configuration.properties).map(([id, property]) => [id, property.default]),
    );
    const used = Object.fromEntries(
      Object.entries(settingDefaults).map(([name, value]) => [`${settingsSection}.${name}`, value]),
    );
    expect(declared).toEqual(used);
  });

  it.each(Object.entries(scopes))('gives %s the scope that its effect requires', (name, [scope, restricted]) => {
    proves('own:settings-of-a-workspace');
    const id = `${settingsSection}.${name}`;
    expect(contributes.configuration.properties[id]?.scope).toBe(scope);
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes(id)).toBe(restricted);
  });

  it('has a reasoned scope for every setting', () => {
    expect(Object.keys(scopes).sort()).toEqual(Object.keys(settingDefaults).sort());
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe('limited');
    const known = new Set(Object.keys(scopes).map((name) => `${settingsSection}.${name}`));
    expect(restrictedConfigurations.filter((id) => !known.has(id))).toEqual([]);
  });

  it('names only files that exist', () => {
    const icons = [manifest.icon, ...contributes.viewsContainers.activitybar.map(({ icon }) => icon)];
    expect(icons.filter((file) => !existsSync(repoPath(file)))).toEqual([]);
  });

  it('has no dependencies at run time, because everything is bundled', () => {
    expect(manifest.dependencies ?? {}).toEqual({});
  });
});
