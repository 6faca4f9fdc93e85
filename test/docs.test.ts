/** Reads the prose against the code: paths and scripts that it names exist, versions agree, tables are complete. */
import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { helpText } from '../src/cli/help.ts';
import { surprises } from '../src/core/difc/account/quirk.ts';
import { repoPath } from './support/paths.ts';
import { proves } from './support/proves.ts';

const manifest = JSON.parse(readFileSync(repoPath('package.json'), 'utf8')) as {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly title: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
};

const documents = ['README.md', 'CHANGELOG.md', 'src/README.md'];
const read = (file: string): string => readFileSync(repoPath(file), 'utf8');

describe('prose', () => {
  it.each(documents)('%s names only files and folders that exist', (file) => {
    const named = [...read(file).matchAll(/`((?:src|webview|media|test|\.ci)\/[\w./-]+)`|\]\(((?!https?:|#)[^)]+)\)/g)];
    const paths = named.map((match) => match[1] ?? match[2] ?? '').map((path) => path.replace(/#.*$/, ''));
    expect(paths.filter((path) => !existsSync(repoPath(path)))).toEqual([]);
  });

  it.each(documents)('%s names only scripts that exist', (file) => {
    const scripts = [...read(file).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(scripts.filter((script) => manifest.scripts[script] === undefined)).toEqual([]);
  });

  it('tells the version of the manifest at the top of the changelog', () => {
    expect(/^## (\d+\.\d+\.\d+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(manifest.version);
  });

  it('says in the changelog what every dependency replaces', () => {
    const changelog = read('CHANGELOG.md');
    const silent = Object.keys(manifest.devDependencies).filter((name) => !changelog.includes(`\`${name}\``));
    expect(silent).toEqual([]);
  });

  it('lists every command and every setting in the README', () => {
    proves('own:commands-and-settings');
    const readme = read('README.md');
    const commands = manifest.contributes.commands.map(({ title }) => title);
    expect(commands.filter((title) => !readme.includes(title))).toEqual([]);
    const settings = Object.keys(manifest.contributes.configuration.properties);
    expect(settings.filter((id) => !readme.includes(`\`${id}\``))).toEqual([]);
  });

  it('explains every surprise of the gateway that a replay tells of', () => {
    proves('own:surprises-explained');
    const readme = read('README.md');
    const sources = ['src/core/difc/account/quirks.ts', 'src/core/difc/account/labelQuirks.ts'].map(read).join('\n');
    const names = [...sources.matchAll(/\b(?:quirk|note)\(\s*[^,]+,\s*'([\w-]+)'/g)].map((match) => match[1] ?? '');
    expect(names.length).toBeGreaterThan(12);
    expect(names.filter((name) => !readme.includes(`\`difc/${name}\``))).toEqual([]);
    // The replay's own findings that point there stand in the same table.
    const told = ['src/core/replay/findings.ts', 'src/core/replay/replayProblems.ts'].map(read).join('\n');
    const linked = [...told.matchAll(/code(?::|\s=) '(replay\/[\w-]+)'(?:[^}]|\}(?!;))*?docs: surprises/g)].map(
      (match) => match[1] ?? '',
    );
    expect(linked).toContain('replay/one-agent');
    expect(linked.filter((code) => !readme.includes(`\`${code}\` |`))).toEqual([]);
  });

  it('tells the exit codes as the help does', () => {
    const plain = (text: string): string => text.replaceAll('`', '').replaceAll(/\s+/g, ' ');
    const [, codes = 'none'] = /(Exit codes: [^]*)/.exec(helpText([], undefined)) ?? [];
    expect(plain(read('README.md'))).toContain(plain(codes));
  });

  it('has the section that problems point to', () => {
    const [page = '', section] = surprises.split('#');
    const slugs = [...read(page).matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? '').toLowerCase().replaceAll(' ', '-'),
    );
    expect(slugs).toContain(section);
  });

  it('names no path of the machine it was written on', () => {
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: repoPath('.'), encoding: 'utf8' }).split('\0');
    const texts = files.filter(
      (file) => /\.(ts|tsx|mjs|json|md|css|sh|rs|toml)$/.test(file) && existsSync(repoPath(file)),
    );
    const homes = /\/(?:root|home\/\w+|Users\/\w+)\//;
    expect(texts.filter((file) => file !== 'test/docs.test.ts' && homes.test(read(file)))).toEqual([]);
  });
});
