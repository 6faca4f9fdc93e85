/** Parts of the document of the guard interface for hovers. */
import type { InterfaceName } from './guardNames.ts';

/** The heading of the section about a function. */
export function abiHeading(name: InterfaceName): string {
  return name === 'alloc' || name === 'dealloc' ? 'alloc and dealloc' : name;
}

/** The first paragraph of the section with this heading, without links inside of the document; empty when there is no such section. */
export function abiSummary(document: string, heading: string): string {
  const [, after = ''] = document.split(`\n## ${heading}\n\n`);
  const [paragraph = ''] = after.split('\n\n');
  return paragraph.replaceAll(/\[([^\]]*)\]\(#[^)]*\)/g, '$1').replaceAll('\n', ' ');
}
