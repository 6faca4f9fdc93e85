/** The page of the panel: one script and one style sheet from the extension's folder under a strict content policy. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** `bundle`: which script and style sheet it is made of. The webview may load what lies in the extension's `dist` folder and nothing else. */
export function panelHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  bundle: 'webview' | 'compose' = 'webview',
): string {
  const nonce = randomBytes(18).toString('base64');
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', name)).toString();
  const policy = [
    "default-src 'none'",
    // The component library tests `:focus-visible` through a style element, which it gives this nonce.
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file(`${bundle}.css`)}">
<title>Guardscope</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${file(`${bundle}.js`)}"></script>
</body>
</html>`;
}
