/** The product's own guard runtime, pipeline and trace writer, bundled so that a plain script can use them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

const exports = `
export { encodeGoJson } from './src/core/base/goJson.ts';
export { addAgentTags, emptyAgent } from './src/core/difc/agent.ts';
export { dispatchQuestion, runPipeline } from './src/core/difc/pipeline.ts';
export { shouldCallLabelResponse } from './src/core/difc/pipelineDecisions.ts';
export { loadWasmGuard } from './src/engine/guard/loadGuard.ts';
export { CompileCache } from './src/engine/runtime/compileCache.ts';
`;

/** The functions, and `services` for loading guards; `close` removes the bundle. */
export async function loadProduct() {
  const outdir = mkdtempSync(path.join(tmpdir(), 'guardscope-capture-'));
  const shared = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    outdir,
    absWorkingDir: repository,
    logLevel: 'error',
  };
  await build({ ...shared, format: 'cjs', entryPoints: { worker: 'src/engine/sessionWorker/worker/sessionMain.ts' } });
  await build({
    ...shared,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    stdin: { contents: exports, resolveDir: repository, sourcefile: 'product.ts', loader: 'ts' },
  });
  const product = await import(pathToFileURL(path.join(outdir, 'stdin.mjs')).href);
  return {
    ...product,
    services: { workerFile: path.join(outdir, 'worker.js'), cache: new product.CompileCache() },
    close: () => rmSync(outdir, { recursive: true, force: true }),
  };
}
