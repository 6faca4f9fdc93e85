/** Compares the documents with the code: paths and scripts that they name exist, versions agree, tables are complete. */
import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { helpText } from '../src/cli/help.ts';
import { surprises } from '../src/core/difc/account/quirk.ts';
import { repoPath } from './support/paths.ts';
import { proves } from './support/proves.ts';
import { citationsOf, hasItem, readSpec } from './support/structure/citations.ts';
import { commentPathsOf, pathExists } from './support/structure/commentPaths.ts';
import { requirements } from './requirements.ts';

const manifest = JSON.parse(readFileSync(repoPath('package.json'), 'utf8')) as {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly title: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
};

const documents = [
  'README.md',
  'CHANGELOG.md',
  'media/docs/guard-abi.md',
  'media/walkthrough/open.md',
  'media/walkthrough/read.md',
  'media/walkthrough/change.md',
  'media/walkthrough/source.md',
  'media/walkthrough/capture.md',
  'media/docs/records.md',
  'src/README.md',
  'src/docs/architecture.md',
  'src/docs/codes.md',
  '.github/CONTRIBUTING.md',
  '.github/SECURITY.md',
];
/** The example folder of the walk that adds a format. */
const madeUp = /^(?:src|test)\/core\/trace\/proxyLog\//;
const read = (file: string): string => readFileSync(repoPath(file), 'utf8');

/** Existing files of the repository, including uncommitted ones. */
const allFiles = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: repoPath('.'),
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(repoPath(file)));

describe('prose', () => {
  it.each(documents)('%s names only files and folders that exist', (file) => {
    const named = [...read(file).matchAll(/`((?:src|webview|media|test|\.ci)\/[\w./-]+)`|\]\(((?!https?:|#)[^)]+)\)/g)];
    const target = (link: string): string => (link.startsWith('/') ? link.slice(1) : join(dirname(file), link));
    const paths = named.map(([, path, link = '']) => path ?? target(link.replace(/#.*$/, '')));
    expect(paths.filter((path) => !madeUp.test(path) && !existsSync(repoPath(path)))).toEqual([]);
  });

  it.each(documents)('%s names only scripts that exist', (file) => {
    const scripts = [...read(file).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(scripts.filter((script) => manifest.scripts[script] === undefined)).toEqual([]);
  });

  it('has the version of the manifest at the top of the changelog', () => {
    expect(/^## (\d+\.\d+\.\d+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(manifest.version);
  });

  it('has the reason of every dependency in the changelog', () => {
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

  it('explains every surprise of the gateway that a replay reports', () => {
    proves('own:surprises-explained');
    const readme = read('README.md');
    const sources = ['src/core/difc/account/quirks.ts', 'src/core/difc/account/labelQuirks.ts'].map(read).join('\n');
    const names = [...sources.matchAll(/\b(?:quirk|note)\(\s*[^,]+,\s*'([\w-]+)'/g)].map((match) => match[1] ?? '');
    expect(names.length).toBeGreaterThan(12);
    expect(names.filter((name) => !readme.includes(`\`difc/${name}\``))).toEqual([]);
    // Findings of the replay that link to this table are in it, too.
    const findings = ['src/core/replay/findings.ts', 'src/core/replay/replayProblems.ts'].map(read).join('\n');
    const linked = [...findings.matchAll(/code(?::|\s=) '(replay\/[\w-]+)'(?:[^}]|\}(?!;))*?docs: surprises/g)].map(
      (match) => match[1] ?? '',
    );
    expect(linked).toContain('replay/one-agent');
    expect(linked.filter((code) => !readme.includes(`\`${code}\` |`))).toEqual([]);
  });

  it('has the same exit codes as the help', () => {
    const plain = (text: string): string => text.replaceAll('`', '').replaceAll(/\s+/g, ' ');
    const [, codes = 'none'] = /(Exit codes: [^]*)/.exec(helpText([], undefined)) ?? [];
    expect(plain(read('README.md'))).toContain(plain(codes));
  });

  it('has the section that problems link to', () => {
    const [page = '', section] = surprises.split('#');
    const slugs = [...read(page).matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? '').toLowerCase().replaceAll(' ', '-'),
    );
    expect(slugs).toContain(section);
  });

  it('names no path of a user’s machine', () => {
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: repoPath('.'), encoding: 'utf8' }).split('\0');
    const texts = files.filter(
      (file) => /\.(ts|tsx|mjs|json|md|css|sh|rs|toml)$/.test(file) && existsSync(repoPath(file)),
    );
    const homes = /\/(?:root|home\/\w+|Users\/\w+)\//;
    expect(texts.filter((file) => file !== 'test/docs.test.ts' && homes.test(read(file)))).toEqual([]);
  });
});

describe('documents beside the source', () => {
  it.each(['src/README.md', 'src/docs/architecture.md'])(
    '%s names only files and folders that exist below src',
    (file) => {
      const named = [
        ...read(file).matchAll(/`((?:core|engine|host|cli|webview|docs|test|media)\/[\w./-]+|[\w-]+\.tsx?)`/g),
      ];
      const paths = [...new Set(named.map((match) => match[1] ?? ''))];
      expect(paths.length).toBeGreaterThan(20);
      expect(paths.filter((path) => !pathExists({ file: 'src/README.md', line: 0, path }, allFiles))).toEqual([]);
    },
  );

  it('architecture.md names every promise that the ledger attributes to it', () => {
    const text = read('src/docs/architecture.md');
    const promises = requirements.filter(({ source }) => source === 'src/docs/architecture.md');
    expect(promises.length).toBeGreaterThan(10);
    expect(promises.filter(({ id }) => !text.includes(id)).map(({ id }) => id)).toEqual([]);
  });
});

describe('comments', () => {
  const sources = allFiles.filter((file) => /^(?:src|webview|test)\/.*\.(?:tsx?|mjs)$/.test(file));

  it('are read with their citations and paths, by line', () => {
    const text = [
      'const a = 1;',
      '/**',
      ' * Two (gateway spec 3.7,',
      ' * steps 2 to 4), and `core/none.ts`.',
      ' */',
    ].join('\n');
    expect(citationsOf('a.ts', text)).toEqual([
      { file: 'a.ts', line: 3, spec: 'gateway', section: '3.7', items: ['2', '4'] },
    ]);
    expect(citationsOf('a.ts', '// As in spec 1.2')).toMatchObject([{ line: 1, spec: null, section: '1.2' }]);
    expect(
      citationsOf('a.ts', '/** (gateway `f` in `g.go`, spec 1.2 to 1.4) */').map(({ section }) => section),
    ).toEqual(['1.2', '1.4']);
    expect(commentPathsOf('a.ts', text)).toEqual([{ file: 'a.ts', line: 4, path: 'core/none.ts' }]);
    expect(pathExists({ file: 'a.ts', line: 4, path: 'core/none.ts' }, allFiles)).toBe(false);
    expect(pathExists({ file: 'src/core/base/rpc.ts', line: 1, path: 'failure.ts' }, allFiles)).toBe(true);
  });

  it('cite only sections that the documents of the gateway and of wazero have', () => {
    const specs = { gateway: readSpec('gateway'), wazero: readSpec('wazero') };
    const citations = sources.flatMap((file) => citationsOf(file, read(file)));
    expect(citations.length).toBeGreaterThan(150);
    const wrong = citations.flatMap(({ file, line, spec, section, items }) => {
      const place = `${file}:${line}: `;
      if (spec === null)
        return [`${place}"spec ${section}" does not name its document: write "gateway spec ${section}"`];
      const text = specs[spec].sections.get(section);
      if (text === undefined) return [`${place}${specs[spec].file} has no section ${section}`];
      const missing = items.filter((item) => !hasItem(text, item));
      return missing.map((item) => `${place}section ${section} of ${specs[spec].file} has no item ${item}`);
    });
    expect(wrong).toEqual([]);
  });

  it('name only files and folders that exist', () => {
    const paths = sources
      .filter((file) => !file.startsWith('test/'))
      .flatMap((file) => commentPathsOf(file, read(file)));
    const wrong = paths.filter((path) => !pathExists(path, allFiles));
    expect(wrong.map(({ file, line, path }) => `${file}:${line}: \`${path}\` does not exist`)).toEqual([]);
  });
});

describe('documents of the specification', () => {
  it('list every behaviour of the gateway and every section that the ledger of requirements names', () => {
    const gateway = [...readSpec('gateway').sections].filter(([number]) => number.startsWith('8.'));
    const behaviours = gateway.flatMap(([, text]) =>
      [...text.matchAll(/^(\d+)\. /gm)].map((match) => Number(match[1])),
    );
    expect(behaviours).toEqual(Array.from({ length: 331 }, (_, index) => index + 1));
    const { sections } = readSpec('wazero');
    const unknown = requirements.filter(({ id }) => {
      const [, behaviour] = /^gateway:(\d+)/.exec(id) ?? [];
      const [, section] = /^wazero:(\d+(?:\.\d+)*)/.exec(id) ?? [];
      if (behaviour !== undefined) return !behaviours.includes(Number(behaviour));
      return section !== undefined && !sections.has(section);
    });
    expect(unknown.map(({ id }) => id)).toEqual([]);
  });

  it('have a table of contents that names every section of the first two levels', () => {
    for (const name of ['gateway', 'wazero']) {
      const text = read(`src/docs/spec/${name}.md`);
      const headings = [...text.matchAll(/^#{2,3} (\d.*)$/gm)].map((match) => match[1] ?? '');
      expect([...text.matchAll(/^ *- \[(.+)\]\(#[\w-]+\)$/gm)].map((match) => match[1])).toEqual(headings);
    }
  });
});
