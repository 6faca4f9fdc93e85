/** Builds guard.wasm from guard/: `node build.mjs [--out FILE] [--target-dir DIR]`, or `--which` to name the toolchain. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hashSources, writeGuard } from './record.mjs';

const SOURCES = ['build.mjs', 'guard/Cargo.toml', 'guard/Cargo.lock', 'guard/src'];
const TARGET = 'wasm32-wasip1';
const sample = path.dirname(fileURLToPath(import.meta.url));
const crate = path.join(sample, 'guard');

const { values: options } = parseArgs({
  options: { out: { type: 'string' }, 'target-dir': { type: 'string' }, which: { type: 'boolean' } },
});
const targetDir = path.resolve(options['target-dir'] ?? path.join(crate, 'target'));

const toolchain = findToolchain();
if (toolchain === undefined) {
  console.error(
    `No Rust toolchain builds for ${TARGET} here: run "rustup target add ${TARGET}", or install Debian's rustc-web, cargo-web, rust-web-src, lld-22 and wasi-libc`,
  );
  process.exit(3);
}
if (options.which === true) console.log(JSON.stringify({ ...describe(toolchain), warm: isWarm(toolchain) }));
else build();

/** Both kinds of toolchain; rustup's brings the standard library along, Debian's compiles it from source. */
function findToolchain() {
  const candidates = [
    { kind: 'rustup', rustc: 'rustc', cargo: 'cargo' },
    { kind: 'debian', rustc: '/usr/bin/rustc', cargo: '/usr/bin/cargo' },
  ];
  return candidates.find(({ kind, rustc, cargo }) => {
    const sysroot = output(rustc, ['--print', 'sysroot']);
    if (sysroot === undefined || output(cargo, ['--version']) === undefined) return false;
    const rustlib = path.join(sysroot, 'lib', 'rustlib');
    if (kind === 'rustup') return existsSync(path.join(rustlib, TARGET, 'lib'));
    return debianLinker() !== undefined && existsSync(path.join(rustlib, 'src', 'rust', 'library', 'std'));
  });
}

function debianLinker() {
  if (!existsSync('/usr/lib/wasm32-wasi')) return undefined;
  return readdirSync('/usr/bin').find((name) => /^wasm-ld-\d+$/.test(name));
}

function describe({ kind, rustc }) {
  const version = output(rustc, ['--version']);
  const library =
    kind === 'debian' ? `own standard library, ${output(debianLinker(), ['--version'])}` : 'prebuilt standard library';
  return { language: 'rust', toolchain: `${version}, ${library}` };
}

/** Whether the standard library has been built here before, so that a build takes seconds. */
function isWarm({ kind }) {
  if (kind === 'rustup') return true;
  const built = path.join(targetDir, TARGET, 'release', 'deps');
  return existsSync(built) && readdirSync(built).some((name) => name.startsWith('libpanic_abort-'));
}

function build() {
  const sysroot = output(toolchain.rustc, ['--print', 'sysroot']);
  const cargoHome = process.env.CARGO_HOME ?? path.join(os.homedir(), '.cargo');
  // Panic texts hold source paths: the same names everywhere, so that the bytes don't depend on the directory.
  const flags = [
    `--remap-path-prefix=${crate}=guard`,
    `--remap-path-prefix=${cargoHome}=cargo`,
    `--remap-path-prefix=${sysroot}=rust`,
    `--remap-path-prefix=${targetDir}=target`,
  ];
  const args = ['build', '--release', '--locked', '--target', TARGET, '--target-dir', targetDir];
  const env = { ...process.env, RUSTC: toolchain.rustc };
  if (toolchain.kind === 'debian') {
    flags.push('-Clink-self-contained=no', `-Clinker=${debianLinker()}`, '-Lnative=/usr/lib/wasm32-wasi');
    args.push('-Zbuild-std=std,panic_abort');
    env.RUSTC_BOOTSTRAP = '1';
  }
  // Between the flags stands a separator that no path holds.
  env.CARGO_ENCODED_RUSTFLAGS = flags.join('\u001f');
  const { status } = spawnSync(toolchain.cargo, args, { cwd: crate, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const wasm = readFileSync(path.join(targetDir, TARGET, 'release', 'files_and_memory_guard.wasm'));
  writeGuard(path.resolve(options.out ?? path.join(sample, 'guard.wasm')), wasm, {
    ...describe(toolchain),
    sources: hashSources(sample, SOURCES),
  });
}

function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: crate, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
