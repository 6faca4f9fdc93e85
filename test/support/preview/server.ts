/** Serves the panel without VS Code: the built webview, a page that plays its host, and the content security policy of the real panel. */
import { build } from 'esbuild';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { repoPath } from '../paths.ts';

/** A running preview. */
export interface Preview {
  /** Address of the panel; the query chooses what it shows. */
  readonly url: string;
  close(): void;
}

interface Answer {
  readonly type: string;
  readonly body: string | Uint8Array;
}

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/** Starts on loopback; port 0 takes a free one. `bundles`: the folder with `webview.js` and `webview.css`. */
export async function startPreview(port = 0, bundles = repoPath('dist')): Promise<Preview> {
  const host = await pageHost();
  const answer = async (path: string): Promise<Answer> => {
    if (path === '/') return { type: 'text/html', body: page() };
    if (path === '/preview/page.js') return { type: 'text/javascript', body: host };
    if (path === '/preview/vscode.css') return { type: 'text/css', body: await readFile(ownFile('vscode.css')) };
    const name = /^\/dist\/([\w.-]+)$/.exec(path)?.[1];
    if (name === undefined) throw new Error(`The preview has no file ${path}`);
    return { type: types[extname(name)] ?? 'text/plain', body: await readFile(join(bundles, name)) };
  };
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', 'http://localhost').pathname).then(
      ({ type, body }) => {
        const headers = { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' };
        response.writeHead(200, headers).end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${taken}/`, close: () => void server.close() };
}

/** The script that plays the host, from its sources as they are now. */
async function pageHost(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [ownFile('page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome130',
  });
  return outputFiles[0]?.text ?? '';
}

function ownFile(name: string): string {
  return repoPath(`test/support/preview/${name}`);
}

function page(): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; style-src 'self' 'nonce-${nonce}'; font-src 'self'; img-src 'self' data:; script-src 'nonce-${nonce}' 'self'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/preview/vscode.css">
<link rel="stylesheet" href="/dist/webview.css">
<title>Guardscope preview</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="/preview/page.js"></script>
<script nonce="${nonce}" src="/dist/webview.js"></script>
</body>
</html>`;
}
