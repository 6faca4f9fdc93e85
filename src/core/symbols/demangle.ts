/** Turns the names of a module's functions into the names of the source: Rust, C++, Go, TinyGo, AssemblyScript. */
import { cutText } from '../base/cutText.ts';
import { demangleItanium } from './demangleItanium.ts';
import { demangleRustLegacy } from './demangleRustLegacy.ts';
import { demangleRustV0 } from './demangleRustV0.ts';

/** Longest name that is read; a longer one is returned as it is. */
const longestName = 20_000;

/** Longest result; a name with many type arguments is cut, with an ellipsis. */
const longestResult = 400;

/** The name of a function as its source writes it. A name that has no known form stays as it is. A long result is cut. */
export function demangle(name: string): string {
  if (name.length > longestName) return name;
  return cutText(demangleWhole(name) ?? name, longestResult);
}

function demangleWhole(name: string): string | null {
  if (/^_?_R[A-Z\d]/.test(name)) return demangleRustV0(name);
  if (name.startsWith('_ZN')) {
    // LLVM adds a suffix to a copy of a function: `.llvm.123`.
    const rust = demangleRustLegacy(name.replace(/\.llvm\.\w+$/, ''));
    if (rust !== null) return rust;
  }
  if (/^_Z[A-Z\d]|^_Z[a-z]{2}/.test(name)) return demangleItanium(name);
  return isGoName(name) ? demangleGo(name) : null;
}

/** Go's linker writes every character that is not a letter, digit, dot or underscore as an underscore. */
function isGoName(name: string): boolean {
  return /^[\w.]+\.__\w+_\.\w/.test(name);
}

/** `main.__T_.M` → `main.(*T).M`. */
function demangleGo(name: string): string {
  return name.replaceAll(/\.__(\w+?)_\./g, '.(*$1).');
}
