/** The ledger as a table for people: test/REQUIREMENTS.md. */
import { requirements, statusOf } from '../requirements.ts';
import { exceptions } from './exceptions.ts';

/** Requirement → where it is proven: test files, or parity cases. */
export type Proofs = ReadonlyMap<string, readonly string[]>;

/** The text of test/REQUIREMENTS.md. */
export function requirementsTable(proofs: Proofs): string {
  const groups = [...new Set(requirements.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const rows = requirements.filter((requirement) => requirement.group === group);
    const lines = rows.map(
      ({ id, promise, source }) => `| ${id} | ${cell(promise)} | ${source} | ${statusCell(id, proofs)} |`,
    );
    return `## ${group}\n\n| id | promise | source | status |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`;
  });
  return `# Requirements\n\n${introduction}\n\n${counts()}\n\n${sections.join('\n')}`;
}

const introduction = `Everything that Guardscope promises, and which test proves it: the behaviours that the gateway's own tests show (gh-aw-mcpg, the files
named are below its folder \`internal\`), what a guard can observe of wazero, and our own promises. Generated from
\`test/requirements.ts\` and the tests by \`UPDATE=1 npx vitest run --config test/vitest.config.ts test/requirements.test.ts\`.`;

function counts(): string {
  const kinds = ['gateway', 'wazero', 'own'] as const;
  const rows = kinds.map((kind) => {
    const ids = requirements.map(({ id }) => id).filter((id) => id.startsWith(`${kind}:`));
    const count = (status: string): number => ids.filter((id) => statusOf(id) === status).length;
    return `| ${kind} | ${ids.length} | ${count('proven')} | ${count('out-of-scope')} | ${count('todo')} |`;
  });
  return `| of | in all | proven | out of scope | not kept yet |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
}

function statusCell(id: string, proofs: Proofs): string {
  const exception = exceptions[id];
  if (exception !== undefined) return `${exception.status}: ${cell(exception.reason)}`;
  return [...new Set(proofs.get(id) ?? [])]
    .sort()
    .map((place) => `\`${place}\``)
    .join(' ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
