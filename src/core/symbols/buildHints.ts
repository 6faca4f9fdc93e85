/** Says which build gives a guard's module function names or debug information, in the words of its language. */
import type { Producer } from '../wasm/describe/producers.ts';

/** What a module lacks: names of functions, or the places of instructions in the source. */
export type Lack = 'names' | 'places';

type Language = 'rust' | 'c' | 'tinygo' | 'go' | 'zig' | 'assemblyscript';

/** What is known of a module's origin. */
export interface ModuleOrigin {
  readonly producers: readonly Producer[];
  /** Names of functions, imports and exports. */
  readonly names: readonly string[];
}

/** The build line that gives what is missing, as a sentence without a full stop. */
export function buildHint(origin: ModuleOrigin, lack: Lack): string {
  const language = languageOf(origin);
  return language === null ? otherHints[lack] : hints[language][lack];
}

const noStrip = 'run wasm-opt with -g, if you run it';

const hints: Readonly<Record<Language, Readonly<Record<Lack, string>>>> = {
  rust: {
    names: `Put strip = "none" into [profile.release] of Cargo.toml, and ${noStrip}`,
    places: `Put debug = "line-tables-only" and strip = "none" into [profile.release] of Cargo.toml, and ${noStrip}`,
  },
  c: {
    names: `Link without -s and -Wl,--strip-all, and ${noStrip}`,
    places: `Compile and link with -g and without -s, and ${noStrip}`,
  },
  tinygo: {
    names: 'Build with tinygo build and without -no-debug',
    places: 'Build with tinygo build and without -no-debug',
  },
  go: {
    names: 'Build with go build and without -ldflags=-s',
    places: 'The Go compiler writes no debug information into WebAssembly modules; TinyGo does',
  },
  zig: {
    names: 'Build with zig build-exe and -fno-strip',
    places: 'Build with zig build-exe and -fno-strip, or with -O Debug',
  },
  assemblyscript: {
    names: 'Build with asc and --debug',
    places: 'Build with asc, --debug and --sourceMap',
  },
};

const otherHints: Readonly<Record<Lack, string>> = {
  names: 'Build it with a name section: most compilers write one unless they strip the module',
  places: 'Build it with debug information (-g) and without stripping it',
};

function languageOf({ producers, names }: ModuleOrigin): Language | null {
  const text = producers.map(({ field, name }) => `${field}:${name}`.toLowerCase()).join('\n');
  if (text.includes('tinygo') || names.some((name) => name.startsWith('tinygo_'))) return 'tinygo';
  if (/language:rust|rustc/.test(text)) return 'rust';
  if (/language:zig|processed-by:zig/.test(text)) return 'zig';
  if (/language:go\b|go cmd\/compile/.test(text)) return 'go';
  if (/language:(?:c|c\+\+|objc)[\d_]|language:c_plus_plus|clang/.test(text)) return 'c';
  if (/assemblyscript/.test(text) || names.some((name) => assemblyScriptNames.test(name))) return 'assemblyscript';
  return null;
}

const assemblyScriptNames = /^~lib\/|^__(?:new|pin|unpin|collect|rtti_base)$|^abort$/;
