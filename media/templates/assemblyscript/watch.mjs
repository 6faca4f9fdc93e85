/** Builds guard.wasm whenever a file in assembly was saved: `npm run watch`. */
import { spawnSync } from 'node:child_process';
import { watch } from 'node:fs';

function build() {
  console.log('building');
  spawnSync('npm run --silent build', { shell: true, stdio: 'inherit' });
  console.log('waiting for changes');
}

let timer;
watch('assembly', () => {
  clearTimeout(timer);
  timer = setTimeout(build, 100);
});
build();
