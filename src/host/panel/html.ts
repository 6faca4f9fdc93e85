/** The HTML page of the webviews: one script and one style sheet of the extension, under a strict content security policy. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** `view`: which one the script opens. The webview may load only files from the extension's `dist` folder. */
export function panelHtml(webview: vscode.Webview, extension: vscode.Uri, view: 'panel' | 'compose' = 'panel'): string {
  const nonce = randomBytes(18).toString('base64');
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', name)).toString();
  const policy = [
    "default-src 'none'",
    // The component library tests `:focus-visible` with a style element that has this nonce.
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
<link rel="stylesheet" href="${file('webview.css')}">
<title>Guardscope</title>
</head>
<body>
<div id="root" data-view="${view}"></div>
<script nonce="${nonce}" src="${file('webview.js')}"></script>
</body>
</html>`;
}
