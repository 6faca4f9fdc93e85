/** Makes the conformance suite start on Node 20: it imports `globSync`, which exists since Node 22, for a command that no test uses. */
import { register } from 'node:module';

const fs = `export * from 'node:fs'; export const globSync = () => [];`;
const hooks = `
  const fs = ${JSON.stringify(`data:text/javascript,${encodeURIComponent(fs)}`)};
  export async function resolve(specifier, context, next) {
    const suites = ['/node_modules/@modelcontextprotocol/conformance/', '/node_modules/conformance-next/'];
    const isForSuite = specifier === 'fs' && suites.some((suite) => context.parentURL?.includes(suite));
    return isForSuite ? { url: fs, shortCircuit: true } : next(specifier, context);
  }
`;

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
