/**
 * Shows the panel without VS Code: `node test/webview/preview.mjs [PORT] [FOLDER]` serves the bundles of FOLDER (`dist`) on loopback
 * with a scripted host, under the content security policy of the real panel. Options in the address: theme=dark|light|hc|hcLight,
 * calls=30, scenario=done|pending|running|noguard|failed|poisoned|cancelled|problems|empty
 * |policy|nopolicy, delay=2 (ms an answer takes).
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('./preview/', import.meta.url));
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css' };

/** Starts the server; port 0 takes a free one. */
export async function startPreview(port = 0, bundles = fileURLToPath(new URL('../../dist/', import.meta.url))) {
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', 'http://localhost'), bundles).then(
      ({ type, body }) =>
        response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function answer({ pathname }, bundles) {
  if (pathname === '/') return { type: 'text/html', body: page() };
  const [, folder, name] = /^\/(dist|preview)\/([\w.-]+)$/.exec(pathname) ?? [];
  if (name === undefined) throw new Error(`No such file: ${pathname}`);
  return { type: types[extname(name)], body: await readFile(resolve(folder === 'dist' ? bundles : own, name)) };
}

function page() {
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
<script nonce="${nonce}" type="module" src="/preview/host.mjs"></script>
<script nonce="${nonce}" type="module" src="/dist/webview.js"></script>
</body>
</html>`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startPreview(Number(process.argv[2] ?? '8123'), process.argv[3]);
  console.log(url);
}
