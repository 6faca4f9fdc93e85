/** What `guard.wasm.json` says about a built guard: which sources it came from, what built it, and its bytes. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The hash of each source file, by its `/`-separated path below `folder`. Folders among the names count with all they hold. */
export function hashSources(folder, names) {
  const hashes = {};
  const visit = (name) => {
    const full = path.join(folder, name);
    if (statSync(full).isDirectory()) for (const child of readdirSync(full).sort()) visit(`${name}/${child}`);
    else hashes[name] = sha256(readFileSync(full));
  };
  names.forEach(visit);
  return hashes;
}

/** Writes the wasm file, and its record beside it. */
export function writeGuard(out, wasm, record) {
  const full = { ...record, wasm: { bytes: wasm.length, sha256: sha256(wasm) } };
  writeFileSync(out, wasm);
  writeFileSync(`${out}.json`, `${JSON.stringify(full, null, 2)}\n`);
  console.log(`${path.relative(process.cwd(), out)}: ${wasm.length} bytes, sha256 ${full.wasm.sha256}`);
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
