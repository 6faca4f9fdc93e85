/** What `guard.wasm.json` says about a built guard: which sources it came from, what built it, and its bytes. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Files below `folder` that decide about the bytes of the guard, sorted, as `/`-separated paths relative to `folder`. */
export function sourceFiles(folder, names) {
  const found = [];
  const visit = (name) => {
    const full = path.join(folder, name);
    if (!existsSync(full)) throw new Error(`${full} belongs to the guard's sources, but is not there`);
    if (statSync(full).isDirectory()) for (const child of readdirSync(full)) visit(`${name}/${child}`);
    else found.push(name);
  };
  names.forEach(visit);
  return found.sort();
}

/** One hash over the names and the contents of the sources. Line ends are counted as LF, whatever the checkout made of them. */
export function sourcesSha256(folder, names) {
  const hash = createHash('sha256');
  for (const name of sourceFiles(folder, names)) {
    const text = readFileSync(path.join(folder, name), 'utf8').replaceAll('\r\n', '\n');
    hash.update(`${name}\n${Buffer.byteLength(text)}\n${text}`);
  }
  return hash.digest('hex');
}

/** Puts the wasm file beside its record. */
export function writeGuard(out, wasm, record) {
  const sha256 = createHash('sha256').update(wasm).digest('hex');
  writeFileSync(out, wasm);
  const full = { ...record, wasm: { sha256, bytes: wasm.length } };
  writeFileSync(`${out}.json`, `${JSON.stringify(full, null, 2)}\n`);
  console.log(`${path.relative(process.cwd(), out)}: ${wasm.length} bytes, sha256 ${sha256}`);
}
