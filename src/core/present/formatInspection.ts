/** Formats the report on a module as text: the gateway's verdict first, then the contents of the module. */
import { formatProblem, type Parsed } from '../base/parsed.ts';
import { sizeText } from '../base/size.ts';
import { visible } from '../base/visible.ts';
import type { ModuleReport } from '../wasm/inspect.ts';

/** Formats a report as several lines; `title` is the name of the file. */
export function formatInspection(title: string, { value: report, problems }: Parsed<ModuleReport>): string {
  const parts: (readonly string[])[] = [
    [`${title}  ${sizeText(report.size)}`, ...verdict(report)],
    ...problems.map((problem) => [formatProblem(problem)]),
  ];
  if (report.isModule) parts.push(overview(report), externs(report), features(report), sections(report));
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

/** The gateway's own text, and our hint below it. */
function verdict({ loadError, loadHint }: ModuleReport): readonly string[] {
  if (loadError === null) return ['The gateway would load this module as a guard.'];
  return [`The gateway would reject this module: ${loadError}`, ...(loadHint === '' ? [] : [`  ${visible(loadHint)}`])];
}

function overview(report: ModuleReport): readonly string[] {
  const { counts, start, moduleName, producers } = report;
  const imported = counts.importedFunctions;
  const rows: readonly (readonly [string, string])[] = [
    ['functions', `${counts.functions} (${imported} imported, ${counts.namedFunctions} with a name)`],
    ['memory', memoryText(report)],
    ['tables', String(counts.tables)],
    ['globals', String(counts.globals)],
    ['data', `${counts.dataSegments} segments, ${sizeText(counts.dataBytes)}`],
    ['start', start ?? 'none'],
    ...(moduleName === '' ? [] : [['name', moduleName] as const]),
    ...producers.map(({ field, name, version }): readonly [string, string] => [field, `${name} ${version}`.trim()]),
  ];
  return rows.map(([name, value]) => `${visible(name).padEnd(14)}${visible(value)}`);
}

function memoryText({ memory, memoryRefusal }: ModuleReport): string {
  if (memoryRefusal !== null) return `declared, but rejected: ${memoryRefusal}`;
  if (memory === null) return 'none (every guard call would fail)';
  const { minPages, maxPages, allowedPages, export: name } = memory;
  const declared = maxPages === null ? 'no maximum declared' : `at most ${maxPages} declared`;
  const exported = name === null ? 'not exported (the gateway does not need the export)' : `exported as "${name}"`;
  return `${minPages} pages of 64 KiB at start, ${declared}, ${allowedPages} allowed; ${exported}`;
}

function externs({ imports, exports }: ModuleReport): readonly string[] {
  const line = (kind: string, name: string, signature: string): string =>
    `  ${kind.padEnd(8)}${visible(name)}${signature === '' ? '' : ` ${signature}`}`;
  return [
    `imports (${imports.length})`,
    ...imports.map(({ module, name, kind, signature }) => line(kind, `${module}.${name}`, signature)),
    '',
    `exports (${exports.length})`,
    ...exports.map(({ name, kind, signature }) => line(kind, name, signature)),
  ];
}

function features({ features }: ModuleReport): readonly string[] {
  if (features.length === 0) return ['features beyond WebAssembly 1.0: none'];
  const rows = features.map(({ name, enabled }) => `  ${name}${enabled ? '' : ' (rejected by the gateway)'}`);
  return ['features beyond WebAssembly 1.0', ...rows];
}

function sections({ sections }: ModuleReport): readonly string[] {
  const rows = sections.map(
    ({ name, offset, size }) => `  ${String(offset).padStart(9)}  ${sizeText(size).padStart(10)}  ${visible(name)}`,
  );
  return ['sections (offset, size)', ...rows];
}
