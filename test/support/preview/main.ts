/**
 * `npm run preview [-- PORT]`: builds the webview and serves the panel on loopback, without VS Code. The address chooses what it shows:
 * `theme=dark|light|hc|hcLight`, `calls=30`, `scenario=done|changed|marked|session|pending|running|live|noguard|failed|poisoned|cancelled|problems|empty|policy|nopolicy`,
 * `delay=2` (milliseconds that an answer takes).
 */
import { execFileSync } from 'node:child_process';
import { repoPath } from '../paths.ts';
import { scenarios } from './scenarios.ts';
import { startPreview } from './server.ts';
import { themes } from './themes.ts';

execFileSync(process.execPath, ['esbuild.mjs', '--development', '--only=webview'], {
  cwd: repoPath('.'),
  stdio: 'inherit',
});
const { url } = await startPreview(Number(process.argv[2] ?? '8123'));
console.log(`The panel: ${url}?theme=light&scenario=problems&calls=1000`);
console.log(`theme: ${Object.keys(themes).join(', ')}; scenario: ${Object.keys(scenarios).join(', ')}; calls; delay`);
