// test/support/parity.ts
import { readFileSync, readdirSync } from "node:fs";

// src/core/base/json.ts
function isJsonObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// test/support/paths.ts
import { fileURLToPath } from "node:url";
function repoPath(relative) {
  return fileURLToPath(new URL(`../../${relative}`, "file:///work/main/test/support/paths.ts"));
}
var workerFile = repoPath("dist/worker.js");

// test/support/parity.ts
function parityCases(groups) {
  return groups.flatMap(
    (group) => readdirSync(repoPath(`test/parity/${group}`), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort().map((name) => readCase(group, name))
  );
}
function parityGroups() {
  return readdirSync(repoPath("test/parity"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}
var tagMembers = /* @__PURE__ */ new Set(["secrecy", "integrity", "secrecyToAdd", "integrityToDrop"]);
function actualShape(expected, actual) {
  return Object.fromEntries(
    Object.keys(expected).map((key) => [key, withSortedTags(key, actual[key] ?? (key in actual ? null : missing))])
  );
}
function expectedShape(expected) {
  return withSortedTags("", expected);
}
var missing = "<missing>";
function withSortedTags(key, value) {
  if (Array.isArray(value)) {
    const items = value.map((item) => withSortedTags("", item));
    return tagMembers.has(key) ? items.sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : items;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member2]) => [name, withSortedTags(name, member2)]));
}
function readCase(group, name) {
  const folder = repoPath(`test/parity/${group}/${name}`);
  return {
    name: `${group}/${name}`,
    group,
    guard: new Uint8Array(readFileSync(`${folder}/guard.wasm`)),
    steps: readLines(`${folder}/steps.jsonl`),
    expected: readLines(`${folder}/expected.jsonl`)
  };
}
function readLines(file) {
  return readFileSync(file, "utf8").split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
}

// test/oracle/main.ts
import { isDeepStrictEqual as isDeepStrictEqual2 } from "node:util";

// test/oracle/compare.ts
import { isDeepStrictEqual } from "node:util";
function differences(oracle, product) {
  for (const [step, expected] of oracle.entries()) {
    const found = lineDifferences(step, expected, product[step] ?? {});
    if (found.length > 0) return found;
  }
  return [];
}
function lineDifferences(step, expected, actual) {
  return Object.keys(expected).filter((member2) => !isDeepStrictEqual(expected[member2], actual[member2])).map((member2) => ({ step, member: member2, oracle: expected[member2], product: actual[member2] }));
}
var telling = ["panic", "error", "output", "trace", "backendCalls", "log", "stdout", "stderr", "memoryBytes", "attempts"];
function kindOf(found) {
  const rank2 = ({ member: member3 }) => (telling.indexOf(member3) + telling.length + 1) % (telling.length + 1);
  const [first] = [...found].sort((a, b) => rank2(a) - rank2(b));
  if (first === void 0) return "none";
  const { member: member2, oracle, product } = first;
  if (member2 !== "error" && member2 !== "panic") return member2;
  return `${member2}: ${withoutDetails(oracle)} \u2260 ${withoutDetails(product)}`;
}
function withoutDetails(value) {
  if (typeof value !== "string") return value === void 0 ? "nothing" : JSON.stringify(value);
  return value.replace("failed to instantiate WASM module: ", "").replaceAll(/ export\[.*?\](?=[: ])/g, "").replaceAll(/"(?:[^"\\]|\\.)*"/g, '"\u2026"').replaceAll(/(?<=(?:module|name|import)\[)[^\]]*/g, "\u2026").replaceAll(/0x[0-9a-f]+|\d+/g, "#");
}

// test/oracle/explained.ts
var explanations = [
  {
    id: "import-order",
    reason: "With unmet imports from several modules wazero names any of them: it goes through a Go map.",
    covers: ({ member: member2, oracle, product }) => member2 === "error" && isImportError(oracle) && isImportError(product)
  }
];
function explanationOf(found) {
  return explanations.find(({ covers }) => found.every(covers)) ?? null;
}
function isImportError(text2) {
  return typeof text2 === "string" && /^failed to instantiate WASM module: (module\[.*\] not instantiated$|".*" is not exported in module|export ".*" in module|import \w+\[)/s.test(text2);
}

// test/oracle/gatewayProcess.ts
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
var caseLimit = 6e4;
var GatewayProcess = class {
  #binary;
  #child;
  #said = "";
  #waiting = [];
  #timer;
  #closed = false;
  constructor(binary2) {
    this.#binary = binary2;
    this.#child = this.#start();
  }
  run({ guard, steps, loadMs }) {
    const line = `${JSON.stringify({ guard: Buffer.from(guard).toString("base64"), steps, loadMs: loadMs ?? 0 })}
`;
    return new Promise((settle) => {
      this.#waiting.push({ line, settle });
      this.#child.stdin.write(line);
      if (this.#waiting.length === 1) this.#watch();
    });
  }
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#child.stdin.end();
  }
  #start() {
    const child = spawn(this.#binary, { stdio: ["pipe", "pipe", "pipe"] });
    this.#said = "";
    child.stdin.on("error", () => {
    });
    child.stderr.setEncoding("utf8").on("data", (text2) => this.#said = (this.#said + text2).slice(-1e5));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const first = this.#waiting.shift();
      this.#watch();
      first?.settle(JSON.parse(line));
    });
    child.on("close", () => {
      if (!this.#closed) this.#restart();
    });
    return child;
  }
  /** The first of the waiting cases is the one that the process died over. */
  #restart() {
    const first = this.#waiting.shift();
    const reason = this.#said.trim().split("\n")[0] ?? "";
    this.#child = this.#start();
    for (const { line } of this.#waiting) this.#child.stdin.write(line);
    this.#watch();
    first?.settle({ died: reason === "" ? "it took too long" : reason });
  }
  #watch() {
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#child.kill("SIGKILL"), caseLimit);
  }
};

// test/oracle/random.ts
var Random = class {
  #state;
  constructor(seed, stream) {
    this.#state = Math.imul(seed | 0, 2654435761) ^ Math.imul(stream + 1 | 0, 2246822507) | 0;
    for (let round = 0; round < 4; round++) this.bits();
  }
  /** 32 bits, unsigned (mulberry32). */
  bits() {
    this.#state = this.#state + 1831565813 | 0;
    let mixed = Math.imul(this.#state ^ this.#state >>> 15, this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return (mixed ^ mixed >>> 14) >>> 0;
  }
  /** 64 bits, unsigned. */
  bits64() {
    return BigInt(this.bits()) << 32n | BigInt(this.bits());
  }
  /** An integer from 0 up to, and without, `limit`. */
  below(limit) {
    return Math.floor(this.bits() / 4294967296 * limit);
  }
  /** An integer from `least` to `most`, both included. */
  between(least, most) {
    return least + this.below(most - least + 1);
  }
  /** True once in `times`. */
  once(times) {
    return this.below(times) === 0;
  }
  pick(from) {
    const picked = from[this.below(from.length)];
    if (picked === void 0) throw new Error("There is nothing to pick from");
    return picked;
  }
  /** `count` things, each made anew. */
  list(count, make2) {
    return Array.from({ length: count }, (_, index) => make2(index));
  }
  /** Picks by weight; the weights need no particular sum. */
  weighted(from) {
    let left = this.below(from.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of from) {
      left -= weight;
      if (left < 0) return value;
    }
    throw new Error("There is nothing to pick from");
  }
};

// test/oracle/recipe.ts
function recipe(made) {
  return { ...made, build: (parts) => made.build(parts) };
}
function caseOf(made, parts = made.parts, steps = made.steps) {
  const { loadMs } = made;
  return { guard: made.build(parts), steps, ...loadMs === void 0 ? {} : { loadMs } };
}

// test/oracle/wasm/encode.ts
function u32(value, padding = 0) {
  const bytes = [];
  let rest = value >>> 0;
  for (; rest > 127; rest >>>= 7) bytes.push(rest & 127 | 128);
  bytes.push(padding > 0 ? rest | 128 : rest);
  for (let extra = 1; extra <= padding; extra++) bytes.push(extra === padding ? 0 : 128);
  return bytes;
}
function signed(value) {
  const bytes = [];
  let rest = BigInt.asIntN(64, BigInt(value));
  for (; ; ) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if (rest === 0n && (byte & 64) === 0 || rest === -1n && (byte & 64) !== 0) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}
function littleEndian(bits, byteCount) {
  return Array.from({ length: byteCount }, (_, index) => Number(bits >> BigInt(8 * index) & 0xffn));
}
function text(value) {
  const bytes = new TextEncoder().encode(value);
  return [...u32(bytes.length), ...bytes];
}
function vector(items) {
  return [...u32(items.length), ...items.flat()];
}
function sized(bytes) {
  return [...u32(bytes.length), ...bytes];
}
function section(id, bytes) {
  return [id, ...sized(bytes)];
}
function customSection(name, bytes) {
  return section(0, [...text(name), ...bytes]);
}
var preamble = [0, 97, 115, 109, 1, 0, 0, 0];

// test/oracle/wasm/code.ts
var types = { i32: 127, i64: 126, f32: 125, f64: 124, v128: 123, funcref: 112, externref: 111 };
var i32Add = [106];
var i32Sub = [107];
function i32Const(value) {
  return [65, ...signed(value | 0)];
}
function i64Const(value) {
  return [66, ...signed(value)];
}
function f32Const(bits) {
  return [67, ...littleEndian(BigInt(bits >>> 0), 4)];
}
function f64Const(bits) {
  return [68, ...littleEndian(bits, 8)];
}
function v128Const(bits) {
  return [253, 12, ...littleEndian(bits, 16)];
}
function localGet(index) {
  return [32, ...u32(index)];
}
function localSet(index) {
  return [33, ...u32(index)];
}
function localTee(index) {
  return [34, ...u32(index)];
}
function globalGet(index) {
  return [35, ...u32(index)];
}
function globalSet(index) {
  return [36, ...u32(index)];
}
function call(index) {
  return [16, ...u32(index)];
}
function access(opcode, align, offset) {
  return [opcode, ...u32(align), ...u32(offset)];
}
function vectorOp(number, ...bytes) {
  return [253, ...u32(number), ...bytes];
}

// test/oracle/wasm/moduleBuilder.ts
var kinds = { func: 0, table: 1, memory: 2, global: 3 };
var ModuleBuilder = class {
  #types = [];
  #imports = [];
  #functions = [];
  #code = [];
  #tables = [];
  #globals = [];
  #exports = [];
  #elements = [];
  #data = [];
  #custom = [];
  #memory = null;
  #start = null;
  #dataCount = false;
  /** The index of a function type, which is added when it is new. */
  type(params, results) {
    const bytes = [96, ...vector(params.map((each) => [each])), ...vector(results.map((each) => [each]))];
    const known = this.#types.findIndex((each) => each.join() === bytes.join());
    return known === -1 ? this.#types.push(bytes) - 1 : known;
  }
  /** Imports come before the first function, so that indexes stay. */
  importFunction(module, name, type) {
    if (this.#functions.length > 0) throw new Error("Import functions before you define one");
    return this.#imports.push([...text(module), ...text(name), 0, ...u32(type)]) - 1;
  }
  /** `locals` are runs of a count and a type; the body needs no `end` at its end. */
  function(type, locals2, body) {
    const index = this.declare(type);
    this.define(index, locals2, body);
    return index;
  }
  /** Reserves a function's index, for bodies that call each other; `define` gives the body. */
  declare(type) {
    this.#code.push([]);
    return this.#imports.length + this.#functions.push(u32(type)) - 1;
  }
  define(index, locals2, body) {
    const runs = vector(locals2.map(([count, type]) => [...u32(count), type]));
    this.#code[index - this.#imports.length] = sized([...runs, ...body, 11]);
  }
  table(type, min, max) {
    return this.#tables.push([type, ...limits(min, max)]) - 1;
  }
  memory(min, max) {
    this.#memory = limits(min, max);
  }
  /** `init` is a constant expression without its `end`. */
  global(type, mutable, init) {
    return this.#globals.push([type, mutable ? 1 : 0, ...init, 11]) - 1;
  }
  export(name, kind, index) {
    this.#exports.push([...text(name), kinds[kind], ...u32(index)]);
  }
  start(index) {
    this.#start = index;
  }
  /** A whole element segment as bytes. */
  element(bytes) {
    return this.#elements.push([...bytes]) - 1;
  }
  /** An active data segment of memory 0. */
  data(offset, bytes) {
    return this.#data.push([0, ...offset, 11, ...sized(bytes)]) - 1;
  }
  passiveData(bytes) {
    this.#dataCount = true;
    return this.#data.push([1, ...sized(bytes)]) - 1;
  }
  custom(name, bytes) {
    this.#custom.push(customSection(name, bytes));
  }
  build(raw2 = /* @__PURE__ */ new Map()) {
    const parts = [
      [1, list(this.#types)],
      [2, list(this.#imports)],
      [3, list(this.#functions)],
      [4, list(this.#tables)],
      [5, this.#memory === null ? null : vector([this.#memory])],
      [6, list(this.#globals)],
      [7, list(this.#exports)],
      [8, this.#start === null ? null : u32(this.#start)],
      [9, list(this.#elements)],
      [12, this.#dataCount ? u32(this.#data.length) : null],
      [10, list(this.#code)],
      [11, list(this.#data)]
    ];
    const bytes = parts.flatMap(([id, own]) => {
      const content = raw2.get(id) ?? own;
      return content === null ? [] : section(id, content);
    });
    return Uint8Array.from([...preamble, ...bytes, ...this.#custom.flat()]);
  }
};
function list(items) {
  return items.length === 0 ? null : vector(items);
}
function limits(min, max) {
  return max === void 0 ? [0, ...u32(min)] : [1, ...u32(min), ...u32(max)];
}

// test/oracle/wasm/guardProgram.ts
var labelNames = ["label_agent", "label_resource", "label_response"];
var { i32, i64, f32, f64, v128 } = types;
var scratch = { i32: 4, secondI32: 5, i64: 6, secondI64: 7, f32: 8, secondF32: 9, f64: 10, secondF64: 11, v128: 12 };
var scratchRuns = [
  [2, i32],
  [2, i64],
  [2, f32],
  [2, f64],
  [1, v128]
];
var parameter = { inputAt: 0, inputLength: 1, outputAt: 2, capacity: 3 };
var GuardProgram = class {
  module = new ModuleBuilder();
  /** Global: where the next output byte goes. */
  out;
  /** Global: how many label functions were entered since the guard was loaded. */
  calls;
  /** Function (i64) -> (): appends its bits to the output, as 16 letters. */
  put;
  /** Function (i32 from, i32 length) -> i64: a checksum of memory. */
  hash;
  labelType;
  #imports = /* @__PURE__ */ new Map();
  constructor(imports, memory = [1]) {
    const { module } = this;
    this.labelType = module.type([i32, i32, i32, i32], [i32]);
    for (const { module: from, name, params, results } of imports) {
      if (!this.#imports.has(name)) this.#imports.set(name, module.importFunction(from, name, module.type(params, results)));
    }
    module.memory(...memory);
    module.export("memory", "memory", 0);
    this.out = module.global(i32, true, i32Const(0));
    this.calls = module.global(i32, true, i32Const(0));
    this.put = module.function(module.type([i64], []), [[1, i32]], putBody(this.out));
    this.hash = module.function(module.type([i32, i32], [i64]), [[1, i64]], hashBody);
  }
  /** The function index of an import. */
  imported(name) {
    const index = this.#imports.get(name);
    if (index === void 0) throw new Error(`${name} is not imported`);
    return index;
  }
  /** Checksum of a range as part of the output. */
  putHash(from, length) {
    return [...from, ...i32Const(length), ...call(this.hash), ...call(this.put)];
  }
  /** An i32 as part of the output; `value` is code that gives it. */
  putI32(value) {
    return [...value, 173, ...call(this.put)];
  }
  /** Adds a label function and its export; what its body puts is its output. A body may also return by itself. */
  label(name, body) {
    const opening = [
      ...localGet(parameter.outputAt),
      ...globalSet(this.out),
      ...[...globalGet(this.calls), ...i32Const(1), ...i32Add, ...globalSet(this.calls)]
    ];
    const closing = [...globalGet(this.out), ...localGet(parameter.outputAt), ...i32Sub];
    const index = this.module.function(this.labelType, scratchRuns, [...opening, ...body, ...closing]);
    this.module.export(name, "func", index);
    return index;
  }
  /** Adds `alloc` and `dealloc`: memory from 16 MiB on is handed out anew for every call. */
  allocator() {
    const { module } = this;
    const next = module.global(i32, true, i32Const(1 << 16));
    const grown = [...localGet(0), ...i32Const(16), 118, ...i32Const(1), ...i32Add, 64, 0, 26];
    const bump = [...globalGet(next), ...globalGet(next), ...localGet(0), ...i32Add, ...globalSet(next)];
    module.export("alloc", "func", module.function(module.type([i32], [i32]), [], [...grown, ...bump]));
    const reset = [...i32Const(1 << 16), ...globalSet(next)];
    module.export("dealloc", "func", module.function(module.type([i32, i32], []), [], reset));
  }
};
function putBody(out) {
  const letter = [...localGet(0), 167, ...i32Const(15), 113, ...i32Const(65), ...i32Add];
  return [
    ...[3, 64],
    ...[...globalGet(out), ...letter, ...access(58, 0, 0)],
    ...[...globalGet(out), ...i32Const(1), ...i32Add, ...globalSet(out)],
    ...[...localGet(0), ...i64Const(4n), 136, ...localSet(0)],
    ...[...localGet(1), ...i32Const(1), ...i32Add, ...localTee(1), ...i32Const(16), 73, 13, 0, 11]
  ];
}
var hashBody = [
  ...[...i64Const(-3750763034362895579n), ...localSet(2)],
  ...[2, 64, ...localGet(1), 69, 13, 0, 3, 64],
  ...[...localGet(2), ...localGet(0), ...access(49, 0, 0), 133, ...i64Const(1099511628211n), 126, ...localSet(2)],
  ...[...localGet(0), ...i32Const(1), ...i32Add, ...localSet(0)],
  ...[...localGet(1), ...i32Const(1), ...i32Sub, ...localTee(1), 13, 0, 11, 11],
  ...localGet(2)
];

// test/oracle/generate/values.ts
var i32Edges = [
  0,
  1,
  2,
  3,
  7,
  8,
  16,
  31,
  32,
  33,
  63,
  64,
  65,
  127,
  128,
  255,
  256,
  32767,
  32768,
  65535,
  65536,
  2147483646,
  2147483647,
  2147483648,
  2147483649,
  4294967294,
  4294967295,
  1431655765,
  2863311530
];
var i64Edges = [
  ...i32Edges.map(BigInt),
  ...[0x100000000n, 0x7ffffffffffffffen, 0x7fffffffffffffffn, 0x8000000000000000n, 0x8000000000000001n],
  ...[0xfffffffffffffffen, 0xffffffffffffffffn, 0xffffffff80000000n, 0x20000000000001n]
];
var turns = [
  0,
  0.5,
  0.49999999999999994,
  1,
  1.5,
  2.5,
  3,
  127.9,
  255,
  2147483520,
  2147483647,
  21474836475e-1,
  2147483648,
  2147483649,
  4294967040,
  4294967295,
  42949672955e-1,
  4294967296,
  9007199254740991,
  9007199254740992,
  9223372036854775e3,
  9223371487098962e3,
  9223372036854776e3,
  1844674407370955e4,
  18446742974197924e3,
  18446744073709552e3,
  1e20,
  1e38,
  35e37,
  1e308,
  1e-40,
  5e-324,
  11754943508222875e-54,
  22250738585072014e-324,
  16777216,
  16777217,
  83886075e-1
];
var f32Odd = [2143289344, 4290772992, 2139095041, 4286578689, 2147483647, 2141192192, 2139095040, 4286578688, 2139095039, 1, 8388607];
var f64Odd = [
  ...[0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff0000000000001n, 0xfff0000000000001n, 0x7fffffffffffffffn, 0x7ff4000000000000n],
  ...[0x7ff0000000000000n, 0xfff0000000000000n, 0x7fefffffffffffffn, 1n, 0x000fffffffffffffn]
];
var floats = new DataView(new ArrayBuffer(8));
function i32Value(random) {
  return random.once(5) ? random.bits() : random.pick(i32Edges);
}
function i64Value(random) {
  return random.once(5) ? random.bits64() : random.pick(i64Edges);
}
function f32Bits(random) {
  if (random.once(6)) return random.bits();
  if (random.once(4)) return random.pick(f32Odd);
  floats.setFloat32(0, random.once(2) ? random.pick(turns) : -random.pick(turns));
  return floats.getUint32(0);
}
function f64Bits(random) {
  if (random.once(6)) return random.bits64();
  if (random.once(4)) return random.pick(f64Odd);
  floats.setFloat64(0, random.once(2) ? random.pick(turns) : -random.pick(turns));
  return floats.getBigUint64(0);
}
function v128Bits(random) {
  const lanes2 = random.weighted([
    [2, () => i64Value(random) << 64n | i64Value(random)],
    [2, () => f64Bits(random) << 64n | f64Bits(random)],
    [2, () => random.list(4, () => BigInt(f32Bits(random))).reduce((sum, lane) => sum << 32n | lane, 0n)],
    [2, () => random.list(4, () => BigInt(i32Value(random))).reduce((sum, lane) => sum << 32n | lane, 0n)],
    [1, () => random.bits64() << 64n | random.bits64()]
  ]);
  return lanes2();
}

// test/oracle/generate/operands.ts
function operand(random, type) {
  return { type, bits: bitsOf(random, type), way: random.pick(["constant", "local", "memory"]) };
}
function bitsOf(random, type) {
  switch (type) {
    case types.i32:
      return BigInt(i32Value(random));
    case types.i64:
      return i64Value(random);
    case types.f32:
      return BigInt(f32Bits(random));
    case types.f64:
      return f64Bits(random);
    default:
      return v128Bits(random);
  }
}
function constant({ type, bits }) {
  switch (type) {
    case types.i32:
      return i32Const(Number(bits));
    case types.i64:
      return i64Const(bits);
    case types.f32:
      return f32Const(Number(bits));
    case types.f64:
      return f64Const(bits);
    default:
      return v128Const(bits);
  }
}
var stores = {
  [types.i32]: [access(54, 2, 0), access(40, 2, 0)],
  [types.i64]: [access(55, 3, 0), access(41, 3, 0)],
  [types.f32]: [access(56, 2, 0), access(42, 2, 0)],
  [types.f64]: [access(57, 3, 0), access(43, 3, 0)],
  [types.v128]: [vectorOp(11, 4, 0), vectorOp(0, 4, 0)]
};
var locals = {
  [types.i32]: scratch.i32,
  [types.i64]: scratch.i64,
  [types.f32]: scratch.f32,
  [types.f64]: scratch.f64,
  [types.v128]: scratch.v128
};
function push(value, address) {
  const [store = [], load2 = []] = stores[value.type] ?? [];
  const local = locals[value.type] ?? 0;
  switch (value.way) {
    case "constant":
      return constant(value);
    case "local":
      return [...constant(value), ...localSet(local), ...localGet(local)];
    case "memory":
      return [...i32Const(address), ...constant(value), ...store, ...i32Const(address), ...load2];
  }
}
function putResult(program, type, anyNan) {
  const put2 = call(program.put);
  switch (type) {
    case types.i32:
      return [173, ...put2];
    case types.i64:
      return put2;
    case types.f32:
      return anyNan ? [...sameNan(scratch.f32, f32Const(2143289344), 91), 188, 173, ...put2] : [188, 173, ...put2];
    case types.f64:
      return anyNan ? [...sameNan(scratch.f64, f64Const(0x7ff8000000000000n), 97), 189, ...put2] : [189, ...put2];
    default:
      return [...localTee(scratch.v128), ...vectorOp(29, 0), ...put2, ...localGet(scratch.v128), ...vectorOp(29, 1), ...put2];
  }
}
function sameNan(local, nan, equal) {
  return [...localTee(local), ...nan, ...localGet(local), ...localGet(local), equal, 27];
}

// test/oracle/generate/operators.ts
var { i32: i322, i64: i642, f32: f322, f64: f642, v128: v1282 } = types;
function run(first, last, takes, gives, freeNan = false) {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ code: [first + index], takes, gives, freeNan }));
}
var numericOperators = [
  ...run(69, 69, [i322], i322),
  ...run(70, 79, [i322, i322], i322),
  ...run(80, 80, [i642], i322),
  ...run(81, 90, [i642, i642], i322),
  ...run(91, 96, [f322, f322], i322),
  ...run(97, 102, [f642, f642], i322),
  ...run(103, 105, [i322], i322),
  ...run(106, 120, [i322, i322], i322),
  ...run(121, 123, [i642], i642),
  ...run(124, 138, [i642, i642], i642),
  ...run(139, 145, [f322], f322),
  ...run(146, 151, [f322, f322], f322, true),
  ...run(152, 152, [f322, f322], f322),
  ...run(153, 159, [f642], f642),
  ...run(160, 165, [f642, f642], f642, true),
  ...run(166, 166, [f642, f642], f642),
  ...run(167, 167, [i642], i322),
  ...run(168, 169, [f322], i322),
  ...run(170, 171, [f642], i322),
  ...run(172, 173, [i322], i642),
  ...run(174, 175, [f322], i642),
  ...run(176, 177, [f642], i642),
  ...run(178, 179, [i322], f322),
  ...run(180, 181, [i642], f322),
  ...run(182, 182, [f642], f322),
  ...run(183, 184, [i322], f642),
  ...run(185, 186, [i642], f642),
  ...run(187, 187, [f322], f642),
  ...run(188, 188, [f322], i322),
  ...run(189, 189, [f642], i642),
  ...run(190, 190, [i322], f322),
  ...run(191, 191, [i642], f642),
  ...run(192, 193, [i322], i322),
  ...run(194, 196, [i642], i642),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((number) => ({
    code: [252, number],
    takes: [(number & 2) === 0 ? f322 : f642],
    gives: number < 4 ? i322 : i642,
    freeNan: false
  }))
];
function vectors(numbers, takes, gives, lanes2 = 0) {
  return numbers.split(" ").flatMap((each) => {
    const [first = 0, last = first] = each.split("-").map((digits) => Number.parseInt(digits, 16));
    const lane = lanes2 === 0 ? [] : [lanes2 - 1];
    return run(first, last, takes, gives).map(({ code: [number = 0] }) => {
      return { code: vectorOp(number, ...lane), takes, gives, freeNan: false };
    });
  });
}
var shuffles = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [31, 0, 16, 15, 1, 30, 2, 29, 3, 28, 4, 27, 5, 26, 6, 25]
].map((lanes2) => ({ code: vectorOp(13, ...lanes2), takes: [v1282, v1282], gives: v1282, freeNan: false }));
var vectorOperators = [
  ...vectors("4d 60-62 5e 5f 67-6a 74 75 7a 94 7c-7f 80 81 87-8a a0 a1 a7-aa c0 c1 c7-ca", [v1282], v1282),
  ...vectors("e0 e1 e3 ec ed ef f8-ff", [v1282], v1282),
  ...vectors("0e 23-4c 4e-51 65 66 6e-73 76-79 7b 82 85 86 8e-93 95-99 9b-9f ae b1 b5-ba bc-bf", [v1282, v1282], v1282),
  ...vectors("ce d1 d5-df e4-eb f0-f7", [v1282, v1282], v1282),
  ...vectors("53 63 64 83 84 a3 a4 c3 c4", [v1282], i322),
  ...vectors("6b-6d 8b-8d ab-ad cb-cd", [v1282, i322], v1282),
  ...vectors("52", [v1282, v1282, v1282], v1282),
  ...vectors("0f-11", [i322], v1282),
  ...vectors("12", [i642], v1282),
  ...vectors("13", [f322], v1282),
  ...vectors("14", [f642], v1282),
  ...[1, 7, 16].flatMap((lanes2) => [...vectors("15-16", [v1282], i322, lanes2), ...vectors("17", [v1282, i322], v1282, lanes2)]),
  ...[1, 8].flatMap((lanes2) => [...vectors("18-19", [v1282], i322, lanes2), ...vectors("1a", [v1282, i322], v1282, lanes2)]),
  ...[1, 4].flatMap((lanes2) => [...vectors("1b", [v1282], i322, lanes2), ...vectors("1c", [v1282, i322], v1282, lanes2)]),
  ...[1, 2].flatMap((lanes2) => [...vectors("1d", [v1282], i642, lanes2), ...vectors("1e", [v1282, i642], v1282, lanes2)]),
  ...[1, 4].flatMap((lanes2) => [...vectors("1f", [v1282], f322, lanes2), ...vectors("20", [v1282, f322], v1282, lanes2)]),
  ...[1, 2].flatMap((lanes2) => [...vectors("21", [v1282], f642, lanes2), ...vectors("22", [v1282, f642], v1282, lanes2)]),
  ...shuffles
];

// test/oracle/generate/steps.ts
var load = { op: "load" };
function raw(name, more = {}) {
  return { op: "raw", function: name, input: "{}", ...more };
}
var freshForEach = labelNames.flatMap((name) => [load, raw(name)]);
var oneInstance = [load, ...labelNames.map((name) => raw(name))];

// test/oracle/generate/arithmetic.ts
var arithmetic = { name: "arithmetic", weight: 7, generate: (random) => make(random, numericOperators) };
var vectors2 = { name: "vectors", weight: 5, generate: (random) => make(random, vectorOperators) };
function make(random, operators) {
  const parts = labelNames.flatMap((name) => random.list(random.between(5, 40), () => computation(random, name, operators)));
  return recipe({ parts, steps: freshForEach, build });
}
function computation(random, name, operators) {
  const operator = random.pick(operators);
  const operands = operator.takes.map((type) => operand(random, type));
  const code = operator.code.map((byte) => byte.toString(16)).join(" ");
  const given = operands.map(({ bits, way }) => `0x${bits.toString(16)} (${way})`).join(", ");
  return { label: `${name}: op ${code} of ${given}`, content: { name, operator, operands } };
}
function build(parts) {
  const program = new GuardProgram([]);
  for (const name of labelNames) {
    const own = parts.filter(({ content }) => content.name === name);
    program.label(name, own.flatMap(({ content }) => compute(program, content)));
  }
  return program.module.build();
}
function compute(program, { operator, operands }) {
  return [
    ...operands.flatMap((each, index) => push(each, 1024 + 16 * index)),
    ...operator.code,
    ...putResult(program, operator.gives, operator.freeNan)
  ];
}

// test/oracle/generate/all.ts
var generators = [arithmetic, vectors2];
function generate(seed, index, kind) {
  const random = new Random(seed, index);
  const wanted = generators.filter(({ name }) => kind === null || name === kind);
  if (wanted.length === 0) {
    throw new Error(`There is no kind "${kind}"; there are ${generators.map(({ name }) => name).join(", ")}`);
  }
  const generator = random.weighted(wanted.map((each) => [each.weight, each]));
  return { kind: generator.name, made: generator.generate(random) };
}

// test/oracle/options.ts
var sliceSeed = 20260528;
var sliceCases = 1200;
var longCases = 2e4;
var usualCases = 2e3;
function readOptions(args2) {
  const known = ["--seed", "--cases", "--kind", "--only"];
  const values = /* @__PURE__ */ new Map();
  for (let index = 0; index < args2.length; index++) {
    const name = args2[index] ?? "";
    const value = args2[index + 1];
    if (name === "--long" || name === "--slice") values.set(name, "");
    else if (known.includes(name) && value !== void 0) values.set(name, args2[++index] ?? "");
    else throw new Error(`Unknown option "${name}"; there are --seed N, --cases N, --kind NAME, --only N, --long and --slice`);
  }
  const number = (name) => {
    const value = values.get(name);
    if (value === void 0) return null;
    if (!/^\d+$/.test(value)) throw new Error(`${name} takes a number, not "${value}"`);
    return Number(value);
  };
  const isSlice = values.has("--slice");
  const cases = isSlice ? sliceCases : values.has("--long") ? longCases : usualCases;
  return {
    seed: number("--seed") ?? (isSlice ? sliceSeed : 1),
    cases: number("--cases") ?? cases,
    kind: values.get("--kind") ?? null,
    only: number("--only"),
    shrinkAttempts: isSlice ? 100 : 300
  };
}

// src/core/base/goText.ts
function trimSpace(text2) {
  let start = 0;
  let end = text2.length;
  while (start < end && isSpace(text2.charCodeAt(start))) start++;
  while (end > start && isSpace(text2.charCodeAt(end - 1))) end--;
  return text2.slice(start, end);
}
function toLower(text2) {
  return isAscii(text2) ? text2.toLowerCase() : mapRunes(text2, lowerRune);
}
function quoteGo(text2) {
  let out = '"';
  for (const rune of wellFormed(text2)) out += quoteRune(rune);
  return `${out}"`;
}
function formatList(items) {
  return `[${items.join(" ")}]`;
}
function atoi(text2) {
  if (!/^[+-]?[0-9]+$/.test(text2)) return null;
  if (text2.length > 16) {
    const exact = BigInt(text2.startsWith("+") ? text2.slice(1) : text2);
    if (exact > 0x7fffffffffffffffn || exact < -0x8000000000000000n) return null;
  }
  return Number(text2);
}
function compareUtf8(a, b) {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}
function sortUtf8(items) {
  return [...items].sort(compareUtf8);
}
function wellFormed(text2) {
  return anySurrogate.test(text2) ? text2.replace(loneSurrogates, "\uFFFD") : text2;
}
function utf8Length(text2) {
  if (isAscii(text2)) return text2.length;
  let bytes = 0;
  for (const rune of text2) {
    const code = rune.codePointAt(0) ?? 0;
    bytes += code < 128 ? 1 : code < 2048 ? 2 : code < 65536 ? 3 : 4;
  }
  return bytes;
}
function utf8ByteOf(code) {
  if (code < 128) return code;
  if (code < 2048) return 192 | code >> 6;
  if (code >= 55296 && code <= 57343) return 239;
  return code < 65536 ? 224 | code >> 12 : 240 | code >> 18;
}
function quoteByte(byte) {
  const char = String.fromCharCode(byte);
  if (char === "'") return `'\\''`;
  return char === '"' ? `'"'` : `'${quoteRune(char)}'`;
}
var anySurrogate = /[\ud800-\udfff]/;
var loneSurrogates = new RegExp("\\p{Surrogate}", "gu");
var printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
var shortEscapes = {
  '"': '\\"',
  "\\": "\\\\",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "	": "\\t",
  "\v": "\\v"
};
function quoteRune(rune) {
  const short = shortEscapes[rune];
  if (short !== void 0) return short;
  if (printable.test(rune)) return rune;
  const code = rune.codePointAt(0) ?? 0;
  const hex = (width) => code.toString(16).padStart(width, "0");
  if (code < 32 || code === 127) return `\\x${hex(2)}`;
  return code < 65536 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
}
function isSpace(code) {
  if (code < 128) return code === 32 || code >= 9 && code <= 13;
  return code === 133 || code === 160 || code === 5760 || code >= 8192 && code <= 8202 || code === 8232 || code === 8233 || code === 8239 || code === 8287 || code === 12288;
}
function isAscii(text2) {
  return !/[\u0080-\uffff]/.test(text2);
}
function rank(unit) {
  if (unit < 55296) return unit;
  return unit < 57344 ? unit + 8192 : unit - 2048;
}
function mapRunes(text2, map) {
  let out = "";
  for (const rune of wellFormed(text2)) out += map(rune);
  return out;
}
function lowerRune(rune) {
  return rune === "\u0130" ? "i" : rune.toLowerCase();
}

// src/core/difc/labels.ts
var WILDCARD = "*";
function uniqueTags(tags2) {
  return [...new Set(tags2)];
}
function sortedTags(tags2) {
  return sortUtf8(new Set(tags2));
}
function unionTags(left, right) {
  return uniqueTags([...left, ...right]);
}
function intersectTags(left, right) {
  const kept = new Set(right);
  return uniqueTags(left.filter((tag) => kept.has(tag)));
}
function withoutTags(left, right) {
  const removed = new Set(right);
  return uniqueTags(left.filter((tag) => !removed.has(tag)));
}
function trimmedTags(texts) {
  return uniqueTags(texts.map((text2) => trimSpace(text2)).filter((tag) => tag !== ""));
}
function formatTags(tags2) {
  return formatList(sortedTags(tags2));
}

// src/core/difc/agent.ts
var emptyAgent = { secrecy: [], integrity: [] };
function makeAgent(secrecy, integrity) {
  return { secrecy: sortedTags(secrecy), integrity: sortedTags(integrity) };
}
function addAgentTags(agent, added) {
  return makeAgent(
    unionTags(agent.secrecy, trimmedTags(added.secrecy)),
    unionTags(agent.integrity, trimmedTags(added.integrity))
  );
}
function accumulateFromRead(agent, read) {
  return makeAgent(unionTags(agent.secrecy, read.secrecy), intersectTags(agent.integrity, read.integrity));
}

// src/core/difc/flowLabels.ts
function checkFlow(kind, source, target) {
  const [inner, outer] = kind === "secrecy" ? [source, target] : [target, source];
  if (outer.includes(WILDCARD)) return { ok: true, violating: [] };
  const violating = withoutTags(inner, outer);
  return { ok: violating.length === 0, violating };
}

// src/core/difc/violations.ts
function formatViolation(evaluation, agent, resource) {
  if (evaluation.decision === "allow") return null;
  const { secrecyToAdd, integrityToDrop } = evaluation;
  return [
    `DIFC Violation: ${evaluation.reason}

`,
    ...secrecyToAdd.length === 0 ? [] : [addSecrecyAdvice(formatTags(secrecyToAdd))],
    ...integrityToDrop.length === 0 ? [] : [dropIntegrityAdvice(formatTags(integrityToDrop))],
    `
Current Agent Labels:
  Secrecy: ${formatTags(agent.secrecy)}
  Integrity: ${formatTags(agent.integrity)}
`,
    `
Resource Requirements:
  Secrecy: ${formatTags(resource.secrecy)}
  Integrity: ${formatTags(resource.integrity)}
`
  ].join("");
}
function splitTag(tag) {
  const colon = tag.indexOf(":");
  return colon > 0 ? { base: tag.slice(0, colon), scope: tag.slice(colon + 1) } : { base: tag, scope: "" };
}
function integrityLevel(tags2) {
  if (tags2.length === 0) return "none";
  const bases = new Set(tags2.map((tag) => splitTag(tag).base));
  const level = ["merged", "approved", "unapproved"].find((name) => bases.has(name));
  return level === void 0 ? formatTags(tags2) : `"${level}"`;
}
function secrecyScope(tags2) {
  if (tags2.length === 0) return "public";
  const scopes = sortedTags(tags2).map((tag) => splitTag(tag)).filter(({ base }) => base === "private").map(({ scope }) => scope);
  const longest = scopes.reduce((best, scope) => utf8Length(scope) > utf8Length(best) ? scope : best, "");
  if (longest !== "") return `private (${longest})`;
  return tags2.includes("private") ? "private" : formatTags(tags2);
}
function addSecrecyAdvice(tags2) {
  return `Required Action: Add secrecy tags ${tags2}

Implications of adding secrecy tags:
  - Agent will be restricted from writing to resources that lack these tags
  - This includes public resources (e.g., public repositories, public internet)
  - Agent will be marked as handling sensitive information
  - Future writes must target resources with tags: ${tags2}
`;
}
function dropIntegrityAdvice(tags2) {
  return `
Required Action: Drop integrity tags ${tags2}

Implications of dropping integrity tags:
  - Agent will no longer be able to write to high-integrity resources
  - Specifically, agent cannot write to resources requiring tags: ${tags2}
  - This action acknowledges that agent has been influenced by lower-integrity data
  - Agent's outputs will be considered less trustworthy
`;
}

// src/core/difc/evaluator.ts
function evaluate(mode, operation, agent, resource) {
  if (operation === "read") return evaluateRead(mode, agent, resource);
  if (operation === "write") return evaluateWrite(agent, resource);
  const read = evaluateRead(mode, agent, resource);
  if (!isAllowed(read)) return read;
  const write = evaluateWrite(agent, resource);
  return isAllowed(write) ? allow : write;
}
function isAllowed(evaluation) {
  return evaluation.decision !== "deny";
}
function parseEnforcementMode(text2) {
  const lower = toLower(text2);
  if (lower === "") return { ok: true, mode: "strict" };
  if (lower === "strict" || lower === "filter" || lower === "propagate") return { ok: true, mode: lower };
  return { ok: false, error: `unknown enforcement mode: ${text2} (valid modes: strict, filter, propagate)` };
}
var allow = { decision: "allow", reason: "", secrecyToAdd: [], integrityToDrop: [] };
function evaluateRead(mode, agent, resource) {
  const missing2 = sortedTags(checkFlow("integrity", resource.integrity, agent.integrity).violating);
  const extra = sortedTags(checkFlow("secrecy", resource.secrecy, agent.secrecy).violating);
  if (missing2.length === 0 && extra.length === 0) return allow;
  if (mode === "propagate") return allowWithPropagation(extra, missing2);
  if (missing2.length > 0) {
    return deny(
      `Resource '${resource.description}' has lower integrity than agent requires. The agent cannot read data with integrity below ${integrityLevel(missing2)}.`,
      { integrityToDrop: missing2 }
    );
  }
  return deny(
    `Resource '${resource.description}' has secrecy requirements that agent doesn't meet. The agent is not authorized to access ${secrecyScope(extra)}-scoped data.`,
    { secrecyToAdd: extra }
  );
}
function evaluateWrite(agent, resource) {
  const missing2 = sortedTags(checkFlow("integrity", agent.integrity, resource.integrity).violating);
  if (missing2.length > 0) {
    return deny(
      `Agent lacks required integrity to write to '${resource.description}'. The agent's integrity level is insufficient; it needs ${integrityLevel(missing2)} integrity.`,
      { integrityToDrop: missing2 }
    );
  }
  const extra = sortedTags(checkFlow("secrecy", agent.secrecy, resource.secrecy).violating);
  if (extra.length === 0) return allow;
  return deny(
    `Agent carries ${secrecyScope(extra)}-scoped data that cannot be written to '${resource.description}' due to secrecy constraints. The target resource is not authorized to receive this sensitive data.`,
    { secrecyToAdd: extra }
  );
}
function allowWithPropagation(secrecyToAdd, integrityToDrop) {
  const parts = [
    ...secrecyToAdd.length === 0 ? [] : [`adding secrecy tags ${formatTags(secrecyToAdd)}`],
    ...integrityToDrop.length === 0 ? [] : [`dropping integrity tags ${formatTags(integrityToDrop)}`]
  ];
  const reason = `Read allowed with label propagation: ${parts.join(" and ")}`;
  return { decision: "allow-with-propagate", reason, secrecyToAdd, integrityToDrop };
}
function deny(reason, tags2) {
  return { ...allow, decision: "deny", reason, ...tags2 };
}

// src/core/difc/resource.ts
function itemPath(itemsPointer, index) {
  return `${itemsPointer}/${index}`;
}
function makeResource(description, secrecy, integrity) {
  return { description, secrecy: uniqueTags(secrecy), integrity: uniqueTags(integrity) };
}
function overallLabels(collection) {
  if (collection.items.length === 0) return makeResource("empty collection", [], []);
  const labels = collection.items.flatMap((item) => item.labels === null ? [] : [item.labels]);
  return makeResource(
    "collection",
    labels.flatMap(({ secrecy }) => secrecy),
    labels.flatMap(({ integrity }) => integrity)
  );
}

// src/core/base/goJsonScan.ts
var maxGoJsonDepth = 1e4;
function parseValid(text2) {
  let value;
  try {
    value = JSON.parse(text2);
  } catch {
    return { ok: false, ...explainGoJsonError(text2) };
  }
  return isTooDeep(text2) ? { ok: false, ...explainGoJsonError(text2) } : { ok: true, value };
}
function isTooDeep(text2) {
  if (text2.length <= 2 * maxGoJsonDepth || !hasManyOpenings(text2)) return false;
  let depth = 0;
  for (let at = 0; at < text2.length; at++) {
    const code = text2.charCodeAt(at);
    if (code === quote) at = skipString(text2, at);
    else if (code === openBrace || code === openBracket) {
      if (++depth > maxGoJsonDepth) return true;
    } else if (code === closeBrace || code === closeBracket) depth--;
  }
  return false;
}
function explainGoJsonError(text2) {
  const scan = new Scan(text2);
  const context = scan.document();
  if (context === null) throw new Error("explainGoJsonError was asked about a valid text");
  return scan.errorHere(context);
}
function skipString(text2, open) {
  let at = open + 1;
  for (; ; ) {
    const end = text2.indexOf('"', at);
    if (end < 0) return text2.length;
    let slashes = 0;
    while (text2.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end;
    at = end + 1;
  }
}
var quote = 34;
var backslash = 92;
var openBrace = 123;
var closeBrace = 125;
var openBracket = 91;
var closeBracket = 93;
function hasManyOpenings(text2) {
  let left = maxGoJsonDepth;
  for (const opening of ["[", "{"]) {
    for (let at = text2.indexOf(opening); at >= 0; at = text2.indexOf(opening, at + 1)) {
      if (left-- === 0) return true;
    }
  }
  return false;
}
var plainEnd = "at end";
var Scan = class {
  #text;
  #nesting = [];
  #at = 0;
  constructor(text2) {
    this.#text = text2;
  }
  document() {
    let wants = "value";
    for (; ; ) {
      this.#skipSpace();
      const char = this.#text[this.#at];
      if (char === void 0) return wants === "end of value" && this.#nesting.length === 0 ? null : plainEnd;
      if (wants === "end of value" || wants === "value or ]" && char === "]" || wants === "key or }" && char === "}") {
        const next = this.#afterValue(char);
        if (next !== "key" && next !== "value" && next !== "end of value") return next;
        wants = next;
      } else if (wants === "key" || wants === "key or }") {
        if (char !== '"') return "looking for beginning of object key string";
        const problem = this.#string();
        if (problem !== null) return problem;
        wants = "colon";
      } else if (wants === "colon") {
        if (char !== ":") return "after object key";
        this.#at++;
        wants = "value";
      } else if (char === "{" || char === "[") {
        this.#nesting.push(char);
        if (this.#nesting.length > maxGoJsonDepth) return "exceeded max depth";
        this.#at++;
        wants = char === "{" ? "key or }" : "value or ]";
      } else {
        const problem = this.#scalar(char);
        if (problem !== null) return problem;
        wants = "end of value";
      }
    }
  }
  /** The error at the current place. At the end of the input Go reports the space that it tried last, if that was wrong. */
  errorHere(context) {
    const offset = utf8Length(this.#text.slice(0, this.#at));
    if (context === plainEnd) return { error: "unexpected end of JSON input", offset };
    const code = this.#text.codePointAt(this.#at);
    const shown3 = code === void 0 ? quoteByte(32) : quoteByte(utf8ByteOf(code));
    return { error: `invalid character ${shown3} ${context}`, offset };
  }
  /** What is wanted next, or the context of an error. */
  #afterValue(char) {
    const inside = this.#nesting.at(-1);
    if (inside === void 0) return "after top-level value";
    if (char === (inside === "{" ? "}" : "]")) {
      this.#nesting.pop();
    } else if (char !== ",") {
      return inside === "{" ? "after object key:value pair" : "after array element";
    }
    this.#at++;
    if (char !== ",") return "end of value";
    return inside === "{" ? "key" : "value";
  }
  #scalar(char) {
    if (char === '"') return this.#string();
    if (char === "-" || isDigit(char)) return this.#number();
    for (const word of ["true", "false", "null"]) {
      if (word[0] === char) return this.#word(word);
    }
    return "looking for beginning of value";
  }
  #word(word) {
    for (const expected of word) {
      if (this.#text[this.#at] !== expected) return `in literal ${word} (expecting '${expected}')`;
      this.#at++;
    }
    return null;
  }
  #number() {
    if (this.#text[this.#at] === "-") this.#at++;
    const first = this.#text[this.#at];
    if (!isDigit(first)) return "in numeric literal";
    if (first === "0") this.#at++;
    else this.#digits();
    if (this.#text[this.#at] === ".") {
      this.#at++;
      if (!this.#digits()) return "after decimal point in numeric literal";
    }
    if (this.#text[this.#at] === "e" || this.#text[this.#at] === "E") {
      this.#at++;
      if (this.#text[this.#at] === "+" || this.#text[this.#at] === "-") this.#at++;
      if (!this.#digits()) return "in exponent of numeric literal";
    }
    return null;
  }
  #digits() {
    const start = this.#at;
    while (isDigit(this.#text[this.#at])) this.#at++;
    return this.#at > start;
  }
  #string() {
    for (this.#at++; ; this.#at++) {
      const char = this.#text[this.#at];
      if (char === void 0) return plainEnd;
      if (char === '"') break;
      if (char < " ") return "in string literal";
      if (char === "\\") {
        const problem = this.#escape();
        if (problem !== null) return problem;
      }
    }
    this.#at++;
    return null;
  }
  /** Leaves the cursor on the last character of the escape. */
  #escape() {
    this.#at++;
    const kind = this.#text[this.#at];
    if (kind === void 0 || !'bfnrt\\/"u'.includes(kind)) return "in string escape code";
    if (kind !== "u") return null;
    for (let digit = 0; digit < 4; digit++) {
      this.#at++;
      if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? "")) return "in \\u hexadecimal character escape";
    }
    return null;
  }
  #skipSpace() {
    while (this.#at < this.#text.length && " 	\r\n".includes(this.#text.charAt(this.#at))) this.#at++;
  }
};
function isDigit(char) {
  return char !== void 0 && char >= "0" && char <= "9";
}

// src/core/base/goJsonTree.ts
function buildGoJsonTree(text2) {
  const open = [];
  let at = 0;
  for (; ; ) {
    const code = text2.charCodeAt(at);
    let node;
    if (code === 91) {
      open.push({ kind: "array", value: [], overflow: null, items: [] });
      at++;
      continue;
    } else if (code === 123) {
      open.push({ kind: "object", value: {}, overflow: null, entries: [], key: null });
      at++;
      continue;
    } else if (code === 93 || code === 125) {
      const closed = open.pop();
      if (closed === void 0) throw new Error("buildGoJsonTree was given an invalid text");
      node = closed;
      at++;
    } else if (isBetween(code)) {
      at++;
      continue;
    } else {
      const end = scalarEnd(text2, at);
      const inside = open.at(-1);
      if (inside?.kind === "object" && inside.key === null) {
        inside.key = stringValue(text2.slice(at, end));
        at = end;
        continue;
      }
      node = scalar(text2.slice(at, end), at);
      at = end;
    }
    const parent = open.at(-1);
    if (parent === void 0) return node;
    put(parent, node);
  }
}
function put(parent, node) {
  parent.overflow ??= node.overflow;
  if (parent.kind === "array") {
    parent.items.push(node);
    parent.value.push(node.value);
    return;
  }
  const key = parent.key ?? "";
  parent.key = null;
  parent.entries.push([key, node]);
  if (key !== "__proto__") parent.value[key] = node.value;
  else
    Object.defineProperty(parent.value, key, {
      value: node.value,
      enumerable: true,
      configurable: true,
      writable: true
    });
}
function isBetween(code) {
  return code <= 32 || code === 44 || code === 58;
}
var literalAt = /[-+.0-9a-zA-Z]+/y;
function scalarEnd(text2, at) {
  if (text2.charCodeAt(at) === 34) return skipString(text2, at) + 1;
  literalAt.lastIndex = at;
  literalAt.test(text2);
  return literalAt.lastIndex;
}
function scalar(literal, at) {
  if (literal.startsWith('"')) return { kind: "string", value: stringValue(literal), overflow: null };
  if (literal === "null") return { kind: "null", value: null, overflow: null, literal };
  if (literal === "true" || literal === "false")
    return { kind: "bool", value: literal === "true", overflow: null, literal };
  const value = Number(literal);
  const overflow = Number.isFinite(value) ? null : { literal, at };
  return { kind: "number", value: overflow === null ? value : null, overflow, literal };
}
function stringValue(literal) {
  const value = literal.includes("\\") ? escaped(literal) : literal.slice(1, -1);
  return wellFormed(value);
}
function escaped(literal) {
  return JSON.parse(wellFormed(literal));
}

// src/core/base/goJsonTyped.ts
function decodeTyped(type, node, current = type.zero()) {
  const errors = new TypeErrors();
  const value = type.decode(node, current, errors);
  return errors.first === null ? { ok: true, value } : { ok: false, error: errors.first };
}
function typeError(what, goType2) {
  return `json: cannot unmarshal ${what} into Go value of type ${goType2}`;
}
function sliceItems(slice) {
  return slice === null ? [] : slice.items.slice(0, slice.length);
}
var TypeErrors = class {
  first = null;
  #struct = "";
  #fields = [];
  add(what, goType2) {
    const place = this.#fields.length === 0 ? null : `${this.#struct}.${this.#fields.join(".")}`;
    this.first ??= place === null ? typeError(what, goType2) : `json: cannot unmarshal ${what} into Go struct field ${place} of type ${goType2}`;
  }
  /** Enters a field of a struct; answers the struct around it, for `leave`. */
  enter(struct, field2) {
    const outer = this.#struct;
    this.#struct = struct;
    this.#fields.push(field2);
    return outer;
  }
  leave(outer) {
    this.#struct = outer;
    this.#fields.pop();
  }
};
var goString = {
  name: "string",
  zero: () => "",
  decode(node, current, errors) {
    if (node.kind === "string") return node.value;
    if (node.kind !== "null") errors.add(node.kind, this.name);
    return current;
  }
};
var goAny = {
  name: "interface {}",
  zero: () => null,
  decode(node, _current, errors) {
    if (node.overflow !== null) errors.add(`number ${node.overflow.literal}`, "float64");
    return node.value;
  }
};
function goSlice(item) {
  return {
    name: `[]${item.name}`,
    zero: () => null,
    decode(node, current, errors) {
      if (node.kind === "null") return null;
      if (node.kind !== "array") {
        errors.add(node.kind, this.name);
        return current;
      }
      const items = node.items.length === 0 || current === null ? [] : [...current.items];
      let index = 0;
      for (const child of node.items) {
        items[index] = item.decode(child, items[index] ?? item.zero(), errors);
        index++;
      }
      return { items, length: node.items.length };
    }
  };
}
function goMap(item) {
  return {
    name: `map[string]${item.name}`,
    zero: () => null,
    decode(node, current, errors) {
      if (node.kind === "null") return null;
      if (node.kind !== "object") {
        errors.add(node.kind, this.name);
        return current;
      }
      const map = new Map(current ?? []);
      for (const [key, child] of node.entries) map.set(key, item.decode(child, item.zero(), errors));
      return map;
    }
  };
}
function goPointer(target) {
  return {
    name: `*${target.name}`,
    zero: () => null,
    decode: (node, current, errors) => node.kind === "null" ? null : target.decode(node, current ?? target.zero(), errors)
  };
}
function goStruct(name, members) {
  const short = name.slice(name.lastIndexOf(".") + 1);
  const entries = Object.entries(members);
  const byName = new Map(entries.map(([member2, [json, type]]) => [json, { member: member2, json, type }]));
  const byFold = new Map([...byName].map(([json, field2]) => [fold(json), field2]));
  return {
    name,
    zero() {
      const value = {};
      for (const [member2, [, type]] of entries) value[member2] = type.zero();
      return value;
    },
    decode(node, current, errors) {
      if (node.kind === "null") return current;
      if (node.kind !== "object") {
        errors.add(node.kind, name);
        return current;
      }
      const value = current;
      for (const [key, child] of node.entries) {
        const field2 = byName.get(key) ?? byFold.get(fold(key));
        if (field2 === void 0) continue;
        const { member: member2, json, type } = field2;
        const around = errors.enter(short, json);
        value[member2] = type.decode(child, value[member2], errors);
        errors.leave(around);
      }
      return current;
    }
  };
}
function fold(name) {
  return name.replaceAll("\u017F", "s").replaceAll("\u212A", "k").toLowerCase();
}

// src/core/base/goJson.ts
function encodeGoJson(value) {
  const encoder = new Encoder();
  return finish(encoder.encode(value, 0), encoder.metSurrogate);
}
function decodeGoJson(text2) {
  const valid = parseValid(text2);
  if (!valid.ok || !needsCare.test(text2)) return valid;
  const { value, overflow } = buildGoJsonTree(text2);
  if (overflow === null) return { ok: true, value };
  const offset = utf8Length(text2.slice(0, overflow.at));
  return {
    ok: false,
    error: `json: cannot unmarshal number ${overflow.literal} into Go value of type float64`,
    offset
  };
}
function decodeGoObject(text2) {
  const decoded = decodeGoJson(text2);
  if (!decoded.ok && !decoded.error.startsWith("json:")) return decoded;
  const kind = kindOf2(text2);
  if (kind !== "object" && kind !== "null") {
    return { ok: false, error: typeError(kind, "map[string]interface {}"), offset: 0 };
  }
  return decoded;
}
var needsCare = /\\u[dD][89a-fA-F]|[\ud800-\udfff]|\d[eE]\+?\d{3}|\d{200}/;
var recursionLimit = 400;
var Encoder = class {
  #orders = /* @__PURE__ */ new Map();
  /** Whether a text has a surrogate: only then can one be lone. */
  metSurrogate = false;
  encode(value, depth) {
    if (typeof value === "string") return this.#string(value);
    if (typeof value === "number") return encodeNumber(value);
    if (typeof value !== "object" || value === null) return String(value);
    if (depth > recursionLimit) return this.#deep(value);
    return isArray(value) ? this.#array(value, depth + 1) : this.#object(value, depth + 1);
  }
  #array(items, depth) {
    let text2 = "[";
    for (let index = 0; index < items.length; index++) {
      if (index > 0) text2 += ",";
      text2 += this.encode(items[index] ?? null, depth);
    }
    return `${text2}]`;
  }
  #object(object, depth) {
    const { sorted, texts } = this.#order(object);
    let text2 = "{";
    for (let index = 0; index < sorted.length; index++) {
      text2 += texts[index] ?? "";
      text2 += this.encode(object[sorted[index] ?? ""] ?? null, depth);
    }
    return `${text2}}`;
  }
  #order(object) {
    const keys = Object.keys(object);
    const first = keys[0];
    if (first === void 0) return { keys, sorted: keys, texts: keys };
    const known = this.#orders.get(first);
    if (known !== void 0 && sameKeys(known.keys, keys)) return known;
    const sorted = sortUtf8(keys);
    const texts = sorted.map((key, index) => `${index === 0 ? "" : ","}${this.#string(key)}:`);
    const order = { keys, sorted, texts };
    this.#orders.set(first, order);
    return order;
  }
  #string(text2) {
    if (!needsEscape.test(text2)) return `"${text2}"`;
    if (anySurrogate2.test(text2)) this.metSurrogate = true;
    return JSON.stringify(text2);
  }
  /** The same text for a subtree, built without recursion. */
  #deep(root) {
    const parts = [];
    const work = [{ value: root }];
    for (let next = work.pop(); next !== void 0; next = work.pop()) {
      if (typeof next === "string") parts.push(next);
      else if (typeof next.value !== "object" || next.value === null) parts.push(this.encode(next.value, 0));
      else work.push(...this.#pieces(next.value).reverse());
    }
    return parts.join("");
  }
  #pieces(value) {
    const pieces = [];
    if (isArray(value)) {
      for (const [index, item] of value.entries()) pieces.push(index === 0 ? "" : ",", { value: item });
      return ["[", ...pieces, "]"];
    }
    const { sorted, texts } = this.#order(value);
    for (const [index, key] of sorted.entries()) pieces.push(texts[index] ?? "", { value: value[key] ?? null });
    return ["{", ...pieces, "}"];
  }
};
function sameKeys(a, b) {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return false;
  }
  return true;
}
function encodeNumber(value) {
  return value === 0 && Object.is(value, -0) ? "-0" : String(value);
}
var needsEscape = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
var anySurrogate2 = /[\ud800-\udfff]/;
var goEscapes = [
  ["<", "\\u003c"],
  [">", "\\u003e"],
  ["&", "\\u0026"],
  ["\u2028", "\\u2028"],
  ["\u2029", "\\u2029"]
];
var escapes = /\\(?:ud[89a-f][0-9a-f]{2}|.)/g;
function finish(text2, metSurrogate) {
  let finished2 = text2;
  for (const [char, escape] of goEscapes) {
    if (finished2.includes(char)) finished2 = finished2.replaceAll(char, escape);
  }
  if (!metSurrogate || !finished2.includes("\\ud")) return finished2;
  return finished2.replace(escapes, (escape) => escape.length === 6 ? "\uFFFD" : escape);
}
function kindOf2(text2) {
  const first = /[^ \t\r\n]/.exec(text2)?.[0] ?? "";
  const kinds2 = {
    "{": "object",
    "[": "array",
    '"': "string",
    t: "bool",
    f: "bool",
    n: "null"
  };
  return kinds2[first] ?? "number";
}
function isArray(value) {
  return Array.isArray(value);
}

// src/core/policy/fields.ts
var integrityLevels = ["none", "unapproved", "approved", "merged"];
var repoWords = ["all", "public"];
var policyKeys = {
  "allow-only": ["allow-only", "allowonly"],
  "write-sink": ["write-sink", "writesink"]
};
var trustedBots = "trusted-bots";
var allowOnlyFields = [
  field("repos", "repos", 'The repositories that the agent may read: "all", "public", or a list of scopes.', {
    required: true
  }),
  field("min-integrity", "level", "The lowest integrity of what the agent may read.", {
    required: true,
    alias: "integrity"
  }),
  field("tool-call-limits", "limits", "How often each tool may be called in a session; 0 is unlimited.", {
    reachesGuard: false
  }),
  field("blocked-users", "list", "Users whose content is never trusted."),
  field("refusal-labels", "expression", "Labels that take an item out of what the agent may read."),
  field("approval-labels", "list", "Labels that raise an item to approved."),
  field("trusted-users", "list", "Users whose content counts as approved."),
  field("endorsement-reactions", "reactions", "Reactions by which a maintainer endorses an item."),
  field("disapproval-reactions", "reactions", "Reactions by which a maintainer disapproves of an item."),
  field("disapproval-integrity", "level", "The integrity that a disapproved item falls to."),
  field("endorser-min-integrity", "level", "The integrity that an endorser must have."),
  field("promotion-label", "text", "Label that promotes an item.", { reachesGuard: false }),
  field("demotion-label", "text", "Label that demotes an item.", { reachesGuard: false })
];
function allowOnlyField(lowerKey) {
  return allowOnlyFields.find(({ name, alias }) => name === lowerKey || alias === lowerKey) ?? null;
}
function field(name, kind, about, more = {}) {
  const { required = false, alias = null, reachesGuard = true } = more;
  return { name, alias, kind, required, reachesGuard, about };
}

// src/core/policy/scopes.ts
function isRepoScope(scope) {
  return /^[a-z0-9_-]{1,39}\/(?:\*|[a-z0-9_-]{1,100}\*?)$/.test(scope);
}

// src/core/policy/values.ts
function plain(text2) {
  return toLower(trimSpace(text2));
}
function levelError(field2, value) {
  const level = plain(value);
  if (integrityLevels.some((known) => known === level)) return null;
  return `${field2} must be one of: ${integrityLevels.join(", ")}`;
}
function splitExpression(text2) {
  return text2.split(/[,\n]/).map(trimSpace).filter((label) => label !== "");
}
function validRepos(repos) {
  return repoFaults(repos).length === 0;
}
function repoFaults(repos) {
  if (typeof repos === "string") {
    const known = repoWords.some((word) => word === plain(repos));
    return known ? [] : [{ message: "allow-only.repos string must be 'all' or 'public'", entry: null }];
  }
  if (!Array.isArray(repos)) {
    const message = "allow-only.repos must be 'all', 'public', or a non-empty array of repo scope strings";
    return [{ message, entry: null }];
  }
  if (repos.length === 0) return [{ message: "allow-only.repos array must contain at least one scope", entry: null }];
  const seen = /* @__PURE__ */ new Set();
  return repos.flatMap((value, entry) => {
    const message = typeof value === "string" ? scopeFault(trimSpace(value), seen) : "allow-only.repos array values must be strings";
    return message === null ? [] : [{ message, entry }];
  });
}
function configurationError(path, field2, suggestion) {
  return `Configuration error at ${path}: ${field2} is required
Suggestion: ${suggestion}`;
}
function blankError(path, field2) {
  return configurationError(path, field2, `Provide a non-empty value for ${field2}`);
}
function scopeFault(scope, seen) {
  if (scope === "") return blankError("allow-only.repos", "repos");
  if (!isRepoScope(scope)) {
    return `allow-only.repos scope ${quoteGo(scope)} is invalid; expected owner/*, owner/repo, or owner/re*`;
  }
  if (seen.has(scope)) return "allow-only.repos must not contain duplicates";
  seen.add(scope);
  return null;
}

// src/core/policy/payload.ts
function normalizePolicyPayload(policy) {
  if (policy === void 0 || policy === null) return refuse("policy is required");
  if (typeof policy !== "string") return { ok: true, value: policy };
  const text2 = trimSpace(policy);
  if (text2 === "") return refuse("policy string is empty");
  const decoded = decodeGoJson(text2);
  if (!decoded.ok) return refuse(`policy string is not valid JSON object: ${decoded.error}`);
  return isJsonObject(decoded.value) ? decoded : refuse("policy JSON must decode to an object");
}
function buildStrictLabelAgentPayload(policy) {
  if (policy === null) return refuse(expectedShape2);
  if (!isJsonObject(policy)) {
    const kind = Array.isArray(policy) ? "array" : typeof policy === "boolean" ? "bool" : typeof policy;
    const inner = typeError(kind, "map[string]interface {}");
    return refuse(`failed to decode label_agent policy payload: policy must decode to a JSON object: ${inner}`);
  }
  if (Object.hasOwn(policy, "policy")) return refuse(outdatedAdapter);
  const key = policyKeys["allow-only"].find((spelling) => Object.hasOwn(policy, spelling));
  if (key === void 0) {
    return refuse("label_agent policy must use top-level allow-only object (received policy.allow-only)");
  }
  const badKey = firstKey(policy, (name) => name !== trustedBots && !isAllowOnlyKey(name));
  if (badKey !== void 0) return refuse(`${shape}unexpected key ${quoteGo(badKey)}`);
  const allowOnly = policy[key];
  if (!isJsonObject(allowOnly)) return refuse(expectedShape2);
  const error = requiredFieldsError(allowOnly) ?? optionalFieldsError(policy, allowOnly);
  if (error !== null) return refuse(error);
  const refusals = allowOnly["refusal-labels"];
  if (refusals === void 0) return { ok: true, value: policy };
  return { ok: true, value: { ...policy, [key]: { ...allowOnly, "refusal-labels": labelList(refusals) } } };
}
function buildLabelAgentPayload(policy, bots, users) {
  if (bots.length === 0 && users.length === 0 || !isJsonObject(policy)) return policy;
  const allowOnly = policy["allow-only"];
  return {
    ...policy,
    ...bots.length > 0 ? { [trustedBots]: bots } : {},
    ...users.length > 0 && isJsonObject(allowOnly) ? { "allow-only": { ...allowOnly, "trusted-users": users } } : {}
  };
}
var shape = "invalid guard policy transport shape: ";
var expectedShape2 = `${shape}expected {"allow-only":{"repos":...,"min-integrity":...}}`;
var outdatedAdapter = "gateway policy adapter is outdated: remove legacy envelope key policy before calling label_agent";
function refuse(error) {
  return { ok: false, error };
}
function isAllowOnlyKey(name) {
  return policyKeys["allow-only"].some((spelling) => spelling === name);
}
function firstKey(object, is) {
  return sortUtf8(Object.keys(object)).find(is);
}
function requiredFieldsError(allowOnly) {
  const levelField = "min-integrity" in allowOnly ? "min-integrity" : "integrity";
  const { repos } = allowOnly;
  const level = allowOnly[levelField];
  if (repos === void 0 || level === void 0) {
    return `${shape}missing required fields repos and/or min-integrity in allow-only object`;
  }
  const badKey = firstKey(allowOnly, (name) => allowOnlyField(name)?.reachesGuard !== true);
  if (badKey !== void 0) return `${shape}unexpected allow-only key ${quoteGo(badKey)}`;
  if (!validRepos(repos)) {
    return "invalid repos value: expected all, public, or non-empty array of scoped strings";
  }
  return levelFieldError(levelField, level);
}
function optionalFieldsError(policy, allowOnly) {
  const errors = allowOnlyFields.filter(({ reachesGuard, required }) => reachesGuard && !required).flatMap(({ name, kind }) => {
    const value = allowOnly[name];
    const own = value === void 0 ? null : fieldError(name, kind, value);
    return name === "trusted-users" ? [trustedBotsError(policy[trustedBots]), own] : [own];
  });
  return errors.find((error) => error !== null) ?? null;
}
function fieldError(name, kind, value) {
  if (kind === "level") return levelFieldError(name, value);
  if (kind !== "expression" || Array.isArray(value)) return listError(name, value);
  if (typeof value !== "string") {
    return `invalid ${name} value: expected array of strings or comma/newline-delimited string`;
  }
  return splitExpression(value).length === 0 ? `invalid ${name} value: must include at least one non-empty label` : null;
}
function trustedBotsError(value) {
  if (value === void 0) return null;
  if (!Array.isArray(value)) return `invalid ${trustedBots} value: expected non-empty array of strings`;
  if (value.length === 0) return `invalid ${trustedBots} value: must be a non-empty array when present`;
  return listError(trustedBots, value);
}
function listError(name, value) {
  if (!Array.isArray(value)) return `invalid ${name} value: expected array of strings`;
  const fine = value.every((entry) => typeof entry === "string" && trimSpace(entry) !== "");
  return fine ? null : `invalid ${name} value: each entry must be a non-empty string`;
}
function levelFieldError(name, value) {
  return levelError(name, typeof value === "string" ? value : "");
}
function labelList(value) {
  if (typeof value === "string") return splitExpression(value);
  return Array.isArray(value) ? value.map((entry) => trimSpace(String(entry))) : [];
}

// src/engine/runtime/abi.ts
var firstOutputBytes = 4 * 1024 * 1024;
var maxOutputBytes = 16 * 1024 * 1024;
var maxInputBytes = 8 * 1024 * 1024;
var failedCode = -1;
var pageBytes = 65536;
var maxTraceFrames = 30;
var omittedFrames = "... maybe followed by omitted frames";
var stackMebibytes = 128;
var graceMs = 100;
var maxLogBytes = 16 * 1024 * 1024;
var maxStreamBytes = 1024 * 1024;
var maxBackendRecords = 1e3;
var maxBackendBytes = 64 * 1024 * 1024;
var memoryLimitBytes = 512 * pageBytes;

// src/core/base/failure.ts
var Failure = class extends Error {
  /** `room/what`, stable. */
  code;
  /** What to do next, as a sentence; empty when there is nothing to do. */
  hint;
  constructor(code, message, hint = "") {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.hint = hint;
  }
};

// src/engine/runtime/errors.ts
var guardClosedText = "the guard was closed";
function threadDiedText(reason) {
  return `the guard's worker thread ended unexpectedly: ${reason}`;
}
function threadDied(reason) {
  return new Failure("runtime/thread-died", threadDiedText(reason), "Load the guard again");
}
function closeFailed(name, failures) {
  const reasons = failures.map((each) => each instanceof Error ? each.message : String(each)).join("; ");
  return new Failure("runtime/close-failed", `Closing the guard "${name}" failed: ${reasons}`);
}

// src/engine/runtime/guestError.ts
var canceledExit = 4294967295;
var deadlineExit = 4026531839;
function exitText(code) {
  if (code === canceledExit) return "module closed with context canceled";
  if (code === deadlineExit) return "module closed with context deadline exceeded";
  return `module closed with exit_code(${code})`;
}

// src/engine/runtime/workerContract.ts
var words = {
  /** Bumped by the host for whatever it wants; the worker sleeps on it. */
  wake: 0,
  /** How many messages the host has posted. */
  posted: 1,
  /** 1: a call is to be made. */
  call: 2,
  /** Which export the call enters: an index of `labelFunctions`, or their count for one named by a message. */
  function: 3,
  /** Bytes of the call's input; over the gateway's limit the bytes themselves are not there. */
  inputLength: 4,
  /** One of `backends`. */
  backend: 5,
  /** The agent call that a cassette is asked for. */
  cassetteCall: 6,
  /** One of `contexts`: whether the call's deadline or its caller has ended it. */
  context: 7,
  /** One of `answers`. */
  answer: 8,
  /** Bytes of the answer. */
  answerLength: 9,
  /** Linear memory in bytes as last seen; -1 for none. */
  memory: 10,
  /** One of `phases`. */
  phase: 11,
  /** Bytes of the journal (low 20 bits) and how many parts were posted before (high bits), in one word so that they agree. */
  journal: 12,
  /** Log lines that were not kept. */
  logDropped: 13
};
var backends = { none: 0, host: 1, cassette: 2 };
var contexts = { live: 0, deadline: 1, canceled: 2 };
var answers = { none: 0, result: 1, error: 2, deadline: 3 };
var phases = { idle: 0, allocInput: 1, allocOutput: 2, label: 3, dealloc: 4, start: 5 };
var labelFunctions = ["label_agent", "label_resource", "label_response"];
var wordBytes = 64;
var answerBytes = 256 * 1024;
var journalBytes = 1024 * 1024 - 64;
var journalLengthBits = 20;
var SharedState = class {
  buffer;
  words;
  /** The input of a call. */
  input;
  /** The answer of a backend. */
  answer;
  journal;
  journalView;
  constructor(buffer = new SharedArrayBuffer(wordBytes + journalBytes + answerBytes + maxInputBytes)) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer, 0, wordBytes / 4);
    this.journal = new Uint8Array(buffer, wordBytes, journalBytes);
    this.journalView = new DataView(buffer, wordBytes, journalBytes);
    this.answer = new Uint8Array(buffer, wordBytes + journalBytes, answerBytes);
    this.input = new Uint8Array(buffer, wordBytes + journalBytes + answerBytes, maxInputBytes);
  }
  get(word) {
    return Atomics.load(this.words, word);
  }
  set(word, value) {
    Atomics.store(this.words, word, value);
  }
  /** Wakes the worker, whatever it waits for. */
  wake() {
    Atomics.add(this.words, words.wake, 1);
    Atomics.notify(this.words, words.wake);
  }
};

// src/engine/runtime/guardRecord.ts
var phasePrefixes = /* @__PURE__ */ new Map([
  [phases.allocInput, "failed to allocate WASM input buffer: "],
  [phases.allocOutput, "failed to allocate WASM output buffer: "],
  [phases.label, "WASM function call failed: "],
  [phases.dealloc, "WASM function call failed: "]
]);
function failureOf(outcome, shared, frames, closed) {
  switch (outcome.kind) {
    case "came-back": {
      const { failure } = outcome.end;
      if (failure === null) return null;
      return { error: failure.text, trace: traceOf(failure.frames, frames), isTrap: failure.isTrap };
    }
    case "stopped": {
      const prefix = phasePrefixes.get(shared.get(words.phase)) ?? "";
      const text2 = exitText(outcome.context === "deadline" ? deadlineExit : canceledExit);
      return { error: prefix + text2, trace: null, isTrap: true };
    }
    case "gone": {
      const error = closed && outcome.reason === null ? guardClosedText : threadDiedText(outcome.reason ?? "it was stopped");
      return { error, trace: null, isTrap: true };
    }
  }
}
function recordOf(call2, result, content, failure, memoryBefore) {
  const { attempts, backendCalls, log, logDropped, stdout, stderr, grows, output } = content;
  return {
    function: call2.function,
    input: call2.input,
    output: failure === null ? output ?? "" : null,
    attempts,
    backendCalls,
    log,
    logDropped,
    stdout,
    stderr,
    memory: memoryRecord(result, memoryBefore, grows.at(-1)?.to ?? null),
    grows,
    durationMs: result.outcome.kind === "came-back" ? result.outcome.end.durationMs : result.elapsedMs,
    error: failure?.error ?? null,
    trace: failure?.trace ?? null,
    poisoned: failure?.isTrap === true
  };
}
function failedRecord(call2, end) {
  const { error, trace, memoryBytes, poisoned } = end;
  return {
    ...call2,
    output: null,
    attempts: [],
    backendCalls: [],
    log: [],
    logDropped: 0,
    stdout: "",
    stderr: "",
    memory: memoryBytes === null ? null : { before: memoryBytes, after: memoryBytes, peak: memoryBytes },
    grows: [],
    durationMs: 0,
    error,
    trace,
    poisoned
  };
}
function memoryRecord({ outcome }, memoryBefore, lastGrowth) {
  if (outcome.kind === "came-back") {
    const { memoryBefore: before, memoryAfter: after2 } = outcome.end;
    return before < 0 ? null : { before, after: after2, peak: after2 };
  }
  if (memoryBefore === null) return null;
  const after = lastGrowth ?? memoryBefore;
  return { before: memoryBefore, after, peak: after };
}
function traceOf(indexes, frames) {
  if (indexes === null) return null;
  const listed = indexes.slice(0, maxTraceFrames).map((index) => frames[index] ?? `.$${index}()`);
  return indexes.length >= maxTraceFrames ? [...listed, omittedFrames] : listed;
}

// src/engine/runtime/guestEntry.ts
var longestDelayMs = 2 ** 31 - 1;
function runEntry(thread, options, begin) {
  return new Promise((resolve) => new GuestEntry(thread, options, resolve).run(begin));
}
var GuestEntry = class {
  #thread;
  #backend;
  #deadlineMs;
  #signal;
  #resolve;
  #parts = [];
  #startedAt = performance.now();
  #onAbort = () => this.#endContext("canceled");
  #deadline;
  #grace;
  #context = "live";
  #asked = 0;
  /** The question that is being answered. */
  #asking = null;
  constructor(thread, options, resolve) {
    this.#thread = thread;
    this.#backend = options.backend;
    this.#deadlineMs = options.deadlineMs;
    this.#signal = options.signal;
    this.#resolve = resolve;
  }
  run(begin) {
    this.#thread.shared.set(words.context, contexts.live);
    if (this.#signal?.aborted === true) this.#endContext("canceled");
    else if (this.#deadlineMs !== void 0) this.#startDeadline(this.#deadlineMs);
    this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#thread.listen({
      onMessage: (message) => this.#receive(message),
      onEnd: (reason) => this.#finish(this.#goneOutcome(reason))
    });
    if (this.#thread.isAlive) begin();
  }
  #startDeadline(deadlineMs) {
    if (deadlineMs <= 0) this.#endContext("deadline");
    else this.#deadline = setTimeout(() => this.#endContext("deadline"), Math.min(deadlineMs, longestDelayMs));
  }
  /** The guest is told, woken if it waits for an answer, and stopped unless it comes back soon. */
  #endContext(context) {
    if (this.#context !== "live") return;
    this.#context = context;
    const { shared } = this.#thread;
    shared.set(words.context, contexts[context]);
    this.#refuseQuestion();
    this.#asking?.abort();
    this.#grace = setTimeout(() => void this.#thread.stop(), graceMs);
  }
  #receive(message) {
    if (message.kind === "journal") this.#parts.push(message.bytes);
    else if (message.kind === "ask") void this.#answer(message.tool, message.args);
    else if (message.kind === "done") this.#finish({ kind: "came-back", end: message.end });
  }
  async #answer(tool, args2) {
    if (this.#context !== "live") {
      this.#refuseQuestion();
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    let answer;
    try {
      answer = await this.#ask(tool, args2, asking.signal);
    } catch (thrown) {
      answer = { error: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    if (this.#asking !== asking || asking.signal.aborted) return;
    this.#asking = null;
    if ("result" in answer) this.#deliver(answers.result, encodeGoJson(answer.result));
    else this.#deliver(answers.error, answer.error);
  }
  async #ask(tool, args2, signal) {
    if (this.#backend.kind === "live") return this.#backend.ask(tool, args2, signal);
    const answer = this.#backend.kind === "answers" ? this.#backend.answers[this.#asked++] : void 0;
    if (answer?.waitMs !== void 0) await delay(answer.waitMs, signal);
    return answer ?? { error: "the backend has no more answers" };
  }
  #deliver(kind, text2) {
    const { shared } = this.#thread;
    const fits = text2.length * 3 <= shared.answer.length;
    const bytes = fits ? null : Buffer.from(text2);
    const length = bytes === null ? writeText(shared.answer, text2) : bytes.length;
    if (bytes !== null && length <= shared.answer.length) shared.answer.set(bytes);
    else if (bytes !== null) this.#thread.post({ kind: "bytes", bytes });
    shared.set(words.answerLength, length);
    shared.set(words.answer, kind);
    shared.wake();
  }
  #refuseQuestion() {
    this.#thread.shared.set(words.answer, answers.deadline);
    this.#thread.shared.wake();
  }
  #goneOutcome(reason) {
    if (this.#context === "live" || reason !== null) return { kind: "gone", reason };
    return { kind: "stopped", context: this.#context };
  }
  #finish(outcome) {
    clearTimeout(this.#deadline);
    clearTimeout(this.#grace);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#asking?.abort();
    this.#asking = null;
    this.#thread.unlisten();
    this.#resolve({ outcome, parts: this.#parts, elapsedMs: performance.now() - this.#startedAt });
  }
};
function writeText(target, text2) {
  return Buffer.from(target.buffer, target.byteOffset, target.byteLength).write(text2, "utf8");
}
function delay(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(ms, longestDelayMs));
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true }
    );
  });
}

// src/engine/runtime/preparing.ts
function prepareModule(thread, bytes, cache) {
  const make2 = () => prepareIn(thread, bytes);
  return cache === void 0 ? make2() : cache.prepare(bytes, make2);
}
function prepareIn(thread, bytes) {
  return new Promise((resolve, reject) => {
    const done = (settle) => {
      thread.unlisten();
      settle();
    };
    thread.listen({
      onMessage: (message) => {
        if (message.kind === "prepared") {
          const { module, facts, frames } = message;
          done(() => resolve({ ok: true, ready: { module, facts, frames } }));
        } else if (message.kind === "refused") {
          const { error, panic } = message;
          done(() => resolve({ ok: false, error, panic }));
        }
      },
      onEnd: (reason) => done(() => reject(threadDied(reason ?? "it was stopped")))
    });
    if (thread.isAlive) thread.post({ kind: "prepare", bytes });
  });
}

// src/engine/runtime/journal.ts
var entryKinds = [
  /** `host_log`: level, attempt; message. */
  "log",
  "stdout",
  "stderr",
  /** An attempt begins: buffer size. */
  "attempt",
  /** The export returned: code, hint (0: none). */
  "returned",
  /** The memory grew: from, to, by (0 host, 1 guest). */
  "grow",
  /** `call_backend` begins: capacity, attempt, length of the tool name; tool name and arguments. */
  "ask",
  /** `call_backend` ends; time: its duration; code, place in `backendEnds`, flags; text. */
  "answer",
  /** The guard's output. */
  "output"
];
var headBytes = 32;
var lengthMask = (1 << journalLengthBits) - 1;
var noBytes = new Uint8Array(0);
function readJournal(shared, parts, take) {
  for (const part of parts) readEntries(part, viewOf(part), part.length, take);
  const word = shared.get(words.journal);
  const posted = word >>> journalLengthBits;
  const isCurrent = posted === parts.length % 2 ** (32 - journalLengthBits);
  if (isCurrent) readEntries(shared.journal, shared.journalView, word & lengthMask, take);
}
function readEntries(bytes, view, end, take) {
  for (let at = 0; at + headBytes <= end; ) {
    const kind = entryKinds[view.getUint32(at, true)] ?? "log";
    const length = view.getUint32(at + 4, true);
    const payload = length === 0 ? noBytes : bytes.subarray(at + headBytes, at + headBytes + length);
    const time = view.getFloat64(at + 8, true);
    take(kind, time, view.getInt32(at + 16, true), view.getInt32(at + 20, true), view.getInt32(at + 24, true), payload);
    at += headBytes + padded(length);
  }
}
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
function padded(length) {
  return length + 7 & ~7;
}

// src/engine/runtime/recorder.ts
var backendEnds = [
  "answered",
  "too-small",
  "error",
  "no-recorded-answer",
  "over-limit",
  "bad-tool-range",
  "bad-args-range",
  "args-not-json",
  "bad-result-range",
  "deadline"
];
var answerFlags = { reached: 1, resultText: 2, errorText: 4 };
var noBytes2 = new Uint8Array(0);

// src/engine/runtime/text.ts
function guestText(bytes) {
  if (bytes.length === 0) return "";
  const text2 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text2.includes(replacement) ? decodeByteWise(bytes) : text2;
}
var replacement = "\uFFFD";
function decodeByteWise(bytes) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [];
  let start = 0;
  let at = 0;
  while (at < buffer.length) {
    const length = sequenceLength(buffer, at);
    if (length === 0) {
      parts.push(buffer.toString("utf8", start, at), replacement);
      start = at + 1;
    }
    at += Math.max(length, 1);
  }
  parts.push(buffer.toString("utf8", start));
  return parts.join("");
}
function sequenceLength(bytes, at) {
  const first = bytes[at] ?? 0;
  if (first < 128) return 1;
  const second = bytes[at + 1] ?? 0;
  if (first >= 194 && first <= 223) return isContinuation(second) ? 2 : 0;
  if (first >= 224 && first <= 239) {
    const low = first === 224 ? 160 : 128;
    const high = first === 237 ? 159 : 191;
    return second >= low && second <= high && isContinuation(bytes[at + 2]) ? 3 : 0;
  }
  if (first >= 240 && first <= 244) {
    const low = first === 240 ? 144 : 128;
    const high = first === 244 ? 143 : 191;
    return second >= low && second <= high && isContinuation(bytes[at + 2]) && isContinuation(bytes[at + 3]) ? 4 : 0;
  }
  return 0;
}
function isContinuation(byte) {
  return byte !== void 0 && byte >= 128 && byte <= 191;
}

// src/engine/runtime/callRecord.ts
function readContent(shared, parts) {
  const attempts = [];
  const backendCalls = [];
  const log = [];
  const grows = [];
  const stdout = [];
  const stderr = [];
  let output = null;
  readJournal(shared, parts, (kind, time, a, b, c, bytes) => {
    switch (kind) {
      case "log":
        log.push({ level: a >>> 0, message: guestText(bytes), attempt: b, atMs: time });
        return;
      case "stdout":
        stdout.push(bytes);
        return;
      case "stderr":
        stderr.push(bytes);
        return;
      case "attempt":
        attempts.push({ bufferSize: a, code: null, hint: null });
        return;
      case "returned":
        returned(attempts.at(-1), a, b >>> 0);
        return;
      case "grow":
        grows.push({ from: a, to: b, by: c === 0 ? "host" : "guest", atMs: time });
        return;
      case "ask":
        backendCalls.push(askedCall(time, a >>> 0, b, bytes.subarray(0, c), bytes.subarray(c)));
        return;
      case "answer":
        answered(backendCalls.at(-1), time, a, b, c, bytes);
        return;
      case "output":
        output = guestText(bytes);
    }
  });
  const last = backendCalls.at(-1);
  if (backendCalls.length === maxBackendRecords && last !== void 0) {
    last.error ??= "further calls over the limit are not listed";
  }
  const logDropped = shared.get(words.logDropped);
  return {
    attempts,
    backendCalls,
    log,
    logDropped,
    stdout: streamText(stdout),
    stderr: streamText(stderr),
    grows,
    output
  };
}
function returned(attempt, code, hint) {
  if (attempt === void 0) return;
  attempt.code = code;
  attempt.hint = hint === 0 ? null : hint;
}
function askedCall(atMs, capacity, attempt, tool, args2) {
  return {
    tool: guestText(tool),
    args: argsOf(args2),
    reached: true,
    code: failedCode,
    end: "deadline",
    resultText: null,
    error: null,
    capacity,
    attempt,
    atMs,
    durationMs: 0
  };
}
function answered(call2, durationMs, code, end, flags, text2) {
  if (call2 === void 0) return;
  call2.code = code;
  call2.end = backendEnds[end] ?? "error";
  call2.reached = (flags & answerFlags.reached) !== 0;
  call2.durationMs = durationMs;
  if ((flags & answerFlags.resultText) !== 0) call2.resultText = guestText(text2);
  if ((flags & answerFlags.errorText) !== 0) call2.error = guestText(text2);
}
function argsOf(bytes) {
  if (bytes.length === 0) return null;
  const decoded = decodeGoJson(guestText(bytes));
  return decoded.ok ? decoded.value : null;
}
function streamText(chunks) {
  if (chunks.length === 0) return "";
  const bytes = Buffer.concat(chunks);
  if (bytes.length <= maxStreamBytes) return guestText(bytes);
  return `${guestText(bytes.subarray(0, maxStreamBytes))}
[only the first ${maxStreamBytes} bytes were kept]`;
}

// src/engine/runtime/workerThread.ts
import { Worker } from "node:worker_threads";
var WorkerThread = class {
  shared = new SharedState();
  #worker;
  #listener = null;
  #stopped = false;
  #failure = null;
  #ended = null;
  constructor(workerFile3) {
    this.#worker = new Worker(workerFile3, {
      name: "guardscope guard",
      workerData: this.shared.buffer,
      execArgv: [],
      resourceLimits: { stackSizeMb: stackMebibytes }
    });
    this.#worker.unref();
    this.#worker.on("message", (message) => this.#listener?.onMessage(message));
    this.#worker.on("error", (error) => {
      this.#failure = error instanceof Error ? error.message : String(error);
    });
    this.#worker.on("exit", (code) => {
      this.#ended = { reason: this.#failure ?? (this.#stopped ? null : `exit code ${code}`) };
      this.#listener?.onEnd(this.#ended.reason);
    });
  }
  get isAlive() {
    return this.#ended === null && !this.#stopped;
  }
  /** Listens until `unlisten`; a thread that is gone says so at once. */
  listen(listener) {
    this.#listener = listener;
    if (this.#ended === null) this.#worker.ref();
    else listener.onEnd(this.#ended.reason);
  }
  unlisten() {
    this.#listener = null;
    this.#worker.unref();
  }
  /** Posts a message and wakes the thread for it. */
  post(message, transfer = []) {
    this.#worker.postMessage(message, transfer);
    Atomics.add(this.shared.words, words.posted, 1);
    this.shared.wake();
  }
  /** Stops the thread wherever it is; what it posted before still arrives. */
  async stop() {
    this.#stopped = true;
    await this.#worker.terminate();
  }
};

// src/engine/runtime/workerGuard.ts
var instantiateFailed = "failed to instantiate WASM module: ";
var WorkerGuard = class _WorkerGuard {
  name;
  #thread;
  #frames;
  #queue = Promise.resolve();
  #memoryBytes;
  #closed = null;
  /** The first trap, which every later call repeats (gateway spec 1.4). */
  #poison = null;
  constructor(name, thread, ready, memoryBytes) {
    this.name = name;
    this.#thread = thread;
    this.#frames = ready.frames;
    this.#memoryBytes = memoryBytes;
  }
  /** Loads a module. Never rejects for a bad module: the gateway's text is in the result; rejects when the thread dies over it. */
  static async load(bytes, options) {
    const thread = options.spare?.take() ?? new WorkerThread(options.workerFile);
    let loaded = null;
    try {
      const preparation = await prepareModule(thread, bytes, options.cache);
      if (!preparation.ok) {
        const { error, panic } = preparation;
        const text2 = instantiateFailed + error;
        return { ok: false, error: text2, trace: null, ...panic === null ? {} : { panic }, record: emptyLoad };
      }
      const name = options.name === void 0 || options.name === "" ? "guard" : options.name;
      const { ready } = preparation;
      const { record, failure } = await instantiate(thread, ready, name, options);
      if (failure !== null) return { ok: false, ...failure, record };
      loaded = new _WorkerGuard(name, thread, ready, record.memoryBytes);
      return { ok: true, guard: loaded, record };
    } finally {
      if (loaded === null) await thread.stop();
    }
  }
  /** Whether calls still enter the guest: it is not poisoned, and its thread lives. */
  get healthy() {
    return this.#poison === null && this.#thread.isAlive;
  }
  /** Linear memory in bytes as last seen; null for a module without memory. */
  get memoryBytes() {
    return this.#memoryBytes;
  }
  /** Gives the recorded answers for calls with a backend of kind `cassette`, from the next call on. */
  setCassette(cassette) {
    void this.#enqueue(async () => {
      if (this.#thread.isAlive) this.#thread.post({ kind: "cassette", data: cassette });
    });
  }
  /**
   * Enters an export with these input bytes (text as UTF-8); one call at a time, in the order of the calls. Never rejects: what
   * went wrong is in the record. Any export can be named; the gateway itself knows three.
   */
  call(fn, input, options) {
    return this.#enqueue(() => this.#call(fn, input, options));
  }
  /** Stops the thread, also in the middle of a call, whose record then says so. Rejects with what could not be closed. */
  close() {
    this.#closed ??= this.#close();
    return this.#closed;
  }
  async #close() {
    const stopped = this.#thread.stop();
    const endings = await Promise.allSettled([stopped, this.#queue]);
    const failures = endings.flatMap((ending) => ending.status === "rejected" ? [ending.reason] : []);
    if (failures.length > 0) throw closeFailed(this.name, failures);
  }
  #enqueue(run2) {
    const result = this.#queue.then(run2);
    this.#queue = result.catch(() => {
    });
    return result;
  }
  async #call(fn, input, options) {
    const text2 = typeof input === "string" ? input : guestText(input);
    const call2 = { function: fn, input: text2 };
    if (this.#poison !== null) {
      const error = `WASM guard '${this.name}' is unavailable after a previous trap: ${this.#poison.error}`;
      return failedRecord(call2, { error, trace: this.#poison.trace, memoryBytes: this.#memoryBytes, poisoned: true });
    }
    if (this.#closed !== null || !this.#thread.isAlive) {
      const error = this.#closed === null ? threadDiedText("it was gone before the call") : guardClosedText;
      return failedRecord(call2, { error, trace: null, memoryBytes: this.#memoryBytes, poisoned: false });
    }
    const { shared } = this.#thread;
    const result = await runEntry(this.#thread, options, () => {
      this.#placeInput(input);
      this.#placeFunction(fn);
      shared.set(words.backend, backendWord(options.backend.kind));
      if (options.backend.kind === "cassette") shared.set(words.cassetteCall, options.backend.call);
      shared.set(words.call, 1);
      shared.wake();
    });
    const failure = failureOf(result.outcome, shared, this.#frames, this.#closed !== null);
    if (failure?.isTrap === true) this.#poison = { error: failure.error, trace: failure.trace };
    const record = recordOf(call2, result, readContent(shared, result.parts), failure, this.#memoryBytes);
    this.#memoryBytes = record.memory?.after ?? null;
    return record;
  }
  #placeFunction(fn) {
    const known = labelFunctions.indexOf(fn);
    this.#thread.shared.set(words.function, known === -1 ? labelFunctions.length : known);
    if (known === -1) this.#thread.post({ kind: "function", name: fn });
  }
  /** Puts the input where the worker finds it; over the gateway's limit only its length goes. */
  #placeInput(input) {
    const { shared } = this.#thread;
    const length = typeof input === "string" ? Buffer.byteLength(input) : input.length;
    shared.set(words.inputLength, length);
    if (length > maxInputBytes) return;
    if (typeof input === "string") writeText(shared.input, input);
    else shared.input.set(input);
  }
};
var emptyLoad = { log: [], logDropped: 0, stdout: "", stderr: "", memoryBytes: null, durationMs: 0 };
async function instantiate(thread, { module, facts, frames }, name, { deadlineMs, signal }) {
  const options = {
    backend: { kind: "none" },
    ...deadlineMs === void 0 ? {} : { deadlineMs },
    ...signal === void 0 ? {} : { signal }
  };
  const { shared } = thread;
  const result = await runEntry(thread, options, () => {
    shared.set(words.backend, backends.none);
    thread.post({ kind: "instantiate", module, facts, name });
  });
  const { log, logDropped, stdout, stderr } = readContent(shared, result.parts);
  const failure = failureOf(result.outcome, shared, frames, false);
  const memory = shared.get(words.memory);
  const end = result.outcome.kind === "came-back" ? result.outcome.end : null;
  const record = {
    log,
    logDropped,
    stdout,
    stderr,
    memoryBytes: failure !== null || memory < 0 ? null : memory,
    durationMs: end?.durationMs ?? result.elapsedMs
  };
  if (failure !== null) {
    const prefix = result.outcome.kind === "gone" ? "" : instantiateFailed;
    return { record, failure: { error: prefix + failure.error, trace: failure.trace } };
  }
  return { record, failure: facts.shapeError === null ? null : { error: facts.shapeError, trace: null } };
}
function backendWord(kind) {
  if (kind === "none") return backends.none;
  return kind === "cassette" ? backends.cassette : backends.host;
}

// src/engine/guard/decoded.ts
function decodeOutput(output, what) {
  const decoded = decodeGoObject(output);
  return decoded.ok ? decoded : refused(`failed to unmarshal ${what}: ${decoded.error}`);
}
function refused(error) {
  return { ok: false, error };
}

// src/engine/guard/decodeLabelAgent.ts
function decodeLabelAgent(output) {
  if (output === "") return refused("label_agent returned empty response");
  const raw2 = decodeOutput(output, "label_agent response");
  if (!raw2.ok) return raw2;
  const said = raw2.value === null ? null : guardsOwnError(raw2.value);
  if (said !== null) return refused(said);
  const typed = decodeTyped(goResult, buildGoJsonTree(output));
  if (!typed.ok) return refused(`failed to decode label_agent response: ${typed.error}`);
  const { agent, difcMode, normalizedPolicy } = typed.value;
  if (trimSpace(difcMode) === "") return refused("label_agent response missing difc_mode");
  const mode = parseEnforcementMode(difcMode);
  if (!mode.ok) return refused(`invalid difc_mode from label_agent: ${mode.error}`);
  return {
    ok: true,
    value: {
      agent: { secrecy: sliceItems(agent.secrecy), integrity: sliceItems(agent.integrity) },
      mode: mode.mode,
      modeText: difcMode,
      normalizedPolicy: normalizedPolicy === null ? null : Object.fromEntries(normalizedPolicy)
    }
  };
}
var goResult = goStruct("guard.LabelAgentResult", {
  agent: [
    "agent",
    goStruct("guard.AgentLabelsPayload", {
      secrecy: ["secrecy", goSlice(goString)],
      integrity: ["integrity", goSlice(goString)]
    })
  ],
  difcMode: ["difc_mode", goString],
  normalizedPolicy: ["normalized_policy", goMap(goAny)]
});
function guardsOwnError(raw2) {
  const { error } = raw2;
  const message = typeof error === "string" && trimSpace(error) !== "" ? error : null;
  if (raw2["success"] === false || raw2["ok"] === false) {
    return message === null ? "label_agent returned non-success status" : `label_agent rejected policy: ${message}`;
  }
  return message === null ? null : `label_agent returned error: ${message}`;
}

// src/engine/guard/decodeLabelResource.ts
function decodeLabelResource(output) {
  const raw2 = decodeOutput(output, "label_resource WASM response");
  if (!raw2.ok) return raw2;
  const resource = raw2.value?.["resource"];
  if (!isJsonObject(resource)) return refused("invalid resource format in guard response");
  return { ok: true, value: { resource: tolerantResource(resource), operation: operationOf(raw2.value) } };
}
function tolerantResource(raw2) {
  const description = raw2["description"];
  return makeResource(typeof description === "string" ? description : "", tags(raw2["secrecy"]), tags(raw2["integrity"]));
}
function operationOf(raw2) {
  const operation = raw2?.["operation"];
  return operation === "read" || operation === "read-write" ? operation : "write";
}
function tags(value) {
  return Array.isArray(value) ? value.filter((tag) => typeof tag === "string") : [];
}

// src/core/mcp/textContent.ts
var WITHOUT_TEXT = /* @__PURE__ */ new Set(["image", "audio", "resource"]);
function extractText(result) {
  const content = member(result, "content");
  if (!Array.isArray(content)) return "";
  return content.filter((item) => isJsonObject(item)).filter((item) => !WITHOUT_TEXT.has(stringMember(item, "type"))).map((item) => stringMember(item, "text")).join("");
}
function unwrapText(data) {
  if (!isJsonObject(data)) return data;
  const text2 = extractText(data);
  if (text2 === "") return data;
  const inner = decodeGoJson(text2);
  return inner.ok ? inner.value : data;
}
function isErrorResult(result) {
  return member(result, "isError") === true;
}
function member(object, key) {
  return Object.hasOwn(object, key) ? object[key] : void 0;
}
function stringMember(object, key) {
  const value = member(object, key);
  return typeof value === "string" ? value : "";
}

// src/core/difc/pathLabels.ts
function resolvePathLabels(data, labels) {
  const found = findItems(unwrapText(data), labels.itemsPath);
  if ("error" in found) return { ok: false, error: found.error };
  if (found.items === null) {
    return { ok: true, collection: { items: [labelItem(data, "", void 0, labels.defaultLabels)] } };
  }
  const byIndex = /* @__PURE__ */ new Map();
  for (const { path, labels: entry } of labels.labeledPaths) {
    const index = labeledIndex(path, labels.itemsPath);
    if (index !== null) byIndex.set(index, entry);
  }
  const items = found.items.map(
    (item, index) => labelItem(item, itemPath(found.pointer, index), byIndex.get(index), labels.defaultLabels)
  );
  return { ok: true, collection: { items } };
}
function labeledIndex(path, itemsPath) {
  const full = rooted(path);
  const prefix = itemsPath === "" ? "" : rooted(itemsPath);
  if (prefix !== "" && !full.startsWith(`${prefix}/`)) return null;
  const [first] = splitPointer(full.slice(prefix.length));
  if (first === void 0) return null;
  return atoi(first);
}
function splitPointer(pointer) {
  if (pointer === "" || pointer === "/") return [];
  const body = pointer.startsWith("/") ? pointer.slice(1) : pointer;
  return body.split("/").map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}
function findItems(root, itemsPath) {
  if (itemsPath === "") return { items: isJsonArray(root) ? root : null, pointer: "" };
  let current = root;
  let pointer = "";
  for (const segment of splitPointer(itemsPath)) {
    if (segment === "") continue;
    const step = descend(current, segment, itemsPath);
    if ("error" in step) return step;
    current = step.value;
    pointer += `/${segment.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  }
  if (isJsonArray(current)) return { items: current, pointer };
  return { error: `items_path ${quoteGo(itemsPath)} does not point to an array` };
}
function descend(value, segment, itemsPath) {
  if (isJsonArray(value)) {
    const index = atoi(segment);
    if (index === null) return { error: `expected array index at ${quoteGo(itemsPath)}, got ${quoteGo(segment)}` };
    const item = value[index];
    return item === void 0 ? { error: `array index ${BigInt(segment.replace("+", ""))} out of bounds` } : { value: item };
  }
  if (!isJsonObject(value)) {
    return { error: `cannot navigate path ${quoteGo(itemsPath)}: unexpected type at ${quoteGo(segment)}` };
  }
  const member2 = Object.hasOwn(value, segment) ? value[segment] : void 0;
  return member2 === void 0 ? { error: `path ${quoteGo(itemsPath)} not found in response` } : { value: member2 };
}
function labelItem(data, path, explicit, defaultLabels) {
  const origin = explicit !== void 0 ? "path" : defaultLabels !== null ? "default" : "unlabeled";
  return { data, labels: explicit ?? defaultLabels ?? makeResource("unlabeled", [], []), origin, path };
}
function rooted(path) {
  return path.startsWith("/") ? path : `/${path}`;
}
function isJsonArray(value) {
  return Array.isArray(value);
}

// src/engine/guard/decodeLabelResponse.ts
function decodeLabelResponse(output, result) {
  if (output === "") return { ok: true, value: null };
  const raw2 = decodeOutput(output, "label_response WASM response");
  if (!raw2.ok) return raw2;
  if (raw2.value === null) return { ok: true, value: null };
  if (Object.hasOwn(raw2.value, "labeled_paths")) return decodePathFormat(output, result);
  const items = raw2.value["items"];
  return { ok: true, value: Array.isArray(items) && items.length > 0 ? legacyCollection(items) : null };
}
function decodePathFormat(output, result) {
  const labels = decodePathLabels(output);
  if (!labels.ok) return refused(`failed to parse path labels: failed to parse path labels: ${labels.error}`);
  const resolved = resolvePathLabels(result, labels.value);
  if (!resolved.ok) return refused(`failed to apply path labels: failed to resolve path labels: ${resolved.error}`);
  return { ok: true, value: resolved.collection };
}
var goEntry = goStruct("difc.PathLabelEntry", {
  description: ["description", goString],
  secrecy: ["secrecy", goSlice(goString)],
  integrity: ["integrity", goSlice(goString)]
});
var goPathLabels = goStruct("difc.PathLabels", {
  labeledPaths: [
    "labeled_paths",
    goSlice(goStruct("difc.PathLabel", { path: ["path", goString], labels: ["labels", goEntry] }))
  ],
  defaultLabels: ["default_labels", goPointer(goEntry)],
  itemsPath: ["items_path", goString]
});
function decodePathLabels(output) {
  const typed = decodeTyped(goPathLabels, buildGoJsonTree(output));
  if (!typed.ok) return typed;
  const { labeledPaths, defaultLabels, itemsPath } = typed.value;
  const paths = sliceItems(labeledPaths).map(({ path, labels }) => ({ path, labels: strictResource(labels) }));
  return {
    ok: true,
    value: {
      labeledPaths: paths,
      defaultLabels: defaultLabels === null ? null : strictResource(defaultLabels),
      itemsPath
    }
  };
}
function strictResource({ description, secrecy, integrity }) {
  return makeResource(description, sliceItems(secrecy), sliceItems(integrity));
}
function legacyCollection(items) {
  return {
    items: items.filter(isJsonObject).map((item) => {
      const labels = item["labels"];
      const resource = isJsonObject(labels) ? tolerantResource(labels) : null;
      return { data: item["data"] ?? null, labels: resource, origin: "legacy", path: "" };
    })
  };
}

// src/engine/guard/encode.ts
function encodeLabelAgentInput(payload) {
  return encodeGoJson(payload);
}
function encodeLabelResourceInput(tool, args2, capabilities) {
  return encodeGoJson({ ...shown(capabilities), tool_args: args2, tool_name: tool });
}
function encodeLabelResponseInput(tool, args2, result, capabilities) {
  const toolArgs = args2 === void 0 ? {} : { tool_args: args2 };
  return encodeGoJson({ ...shown(capabilities), ...toolArgs, tool_name: tool, tool_result: result });
}
function shown(capabilities) {
  return capabilities ? { capabilities: {} } : {};
}

// src/engine/guard/wasmGuard.ts
var WasmGuard = class {
  name;
  kind = "wasm";
  #worker;
  constructor(name, worker) {
    this.name = name;
    this.#worker = worker;
  }
  get healthy() {
    return this.#worker.healthy;
  }
  get memoryBytes() {
    return this.#worker.memoryBytes;
  }
  async labelAgent(policy, context) {
    const normalized = normalizePolicyPayload(policy);
    if (!normalized.ok) return { value: null, error: normalized.error, calls: [] };
    const payload = buildStrictLabelAgentPayload(normalized.value);
    if (!payload.ok) return { value: null, error: payload.error, calls: [] };
    return this.#ask("label_agent", encodeLabelAgentInput(payload.value), context, decodeLabelAgent);
  }
  labelResource(tool, args2, context) {
    const input = encodeLabelResourceInput(tool, args2, context.capabilities ?? true);
    return this.#ask("label_resource", input, context, decodeLabelResource);
  }
  labelResponse(tool, args2, result, context) {
    const input = encodeLabelResponseInput(tool, args2, result, context.capabilities ?? true);
    return this.#ask("label_response", input, context, (output) => decodeLabelResponse(output, result));
  }
  useCassette(cassette) {
    this.#worker.setCassette(cassette);
  }
  /** One call with any input, nothing built and nothing read. */
  raw(name, input, context) {
    return this.#worker.call(name, input, context);
  }
  close() {
    return this.#worker.close();
  }
  async #ask(name, input, context, decode) {
    const record = await this.raw(name, input, context);
    if (record.output === null) return { value: null, error: record.error, calls: [record] };
    const decoded = decode(record.output);
    if (decoded.ok) return { value: decoded.value, error: null, calls: [record] };
    return { value: null, error: decoded.error, calls: [record] };
  }
};

// src/engine/guard/loadGuard.ts
async function loadWasmGuard(bytes, options) {
  const loaded = await WorkerGuard.load(bytes, options);
  if (!loaded.ok) return loaded;
  return { ok: true, guard: new WasmGuard(loaded.guard.name, loaded.guard), record: loaded.record };
}

// src/core/mcp/toolResultBase64.ts
var ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
var PADDING = 61;
function normalizeBase64(text2) {
  const sextets = [];
  const failedAt = readQuanta(new TextEncoder().encode(text2), sextets);
  if (failedAt !== null) return { ok: false, error: `illegal base64 data at input byte ${failedAt}` };
  return { ok: true, value: writeQuanta(sextets) };
}
function encodeBase64(bytes) {
  return btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
}
function readQuanta(source, sextets) {
  const end = source.length;
  let at = 0;
  let inQuantum = 0;
  while (at < end) {
    const byte = source[at] ?? 0;
    at++;
    const value = sextetOf(byte);
    if (value >= 0) {
      sextets.push(value);
      inQuantum = (inQuantum + 1) % 4;
    } else if (byte === PADDING) {
      return readPadding(source, at, inQuantum);
    } else if (!isLineBreak(byte)) {
      return at - 1;
    }
  }
  return inQuantum === 0 ? null : end - inQuantum;
}
function readPadding(source, at, inQuantum) {
  if (inQuantum < 2) return at - 1;
  let next = skipLineBreaks(source, at);
  if (inQuantum === 2) {
    if (next === source.length) return source.length;
    if (source[next] !== PADDING) return next - 1;
    next = skipLineBreaks(source, next + 1);
  }
  return next < source.length ? next : null;
}
function skipLineBreaks(source, from) {
  let at = from;
  while (at < source.length && isLineBreak(source[at] ?? 0)) at++;
  return at;
}
function isLineBreak(byte) {
  return byte === 10 || byte === 13;
}
function sextetOf(byte) {
  return byte < 128 ? ALPHABET.indexOf(String.fromCharCode(byte)) : -1;
}
function writeQuanta(sextets) {
  const last = sextets.length % 4;
  const usedBits = last === 2 ? 48 : last === 3 ? 60 : 63;
  const text2 = sextets.map((value, at) => ALPHABET[at === sextets.length - 1 ? value & usedBits : value]).join("");
  return text2 + (last === 0 ? "" : "=".repeat(4 - last));
}

// src/core/mcp/toolResultResource.ts
function convertResource(value) {
  if (!isJsonObject(value)) {
    return { ok: false, error: `json: cannot unmarshal ${jsonKind(value)} into Go value of type mcp.ResourceContents` };
  }
  const fields = { uri: "", mimeType: "", text: "", blob: null, meta: null };
  let firstError = null;
  for (const [key, member2] of Object.entries(value).sort(([a], [b]) => compareUtf8(a, b))) {
    const error = readField(fields, toLower(key), member2);
    firstError ??= error;
  }
  if (firstError !== null) return { ok: false, error: firstError };
  return { ok: true, value: writeResource(fields) };
}
var stringFields = {
  uri: "uri",
  mimetype: "mimeType",
  text: "text"
};
function readField(fields, key, value) {
  const name = Object.hasOwn(stringFields, key) ? stringFields[key] : void 0;
  if (name !== void 0) {
    if (typeof value === "string") fields[name] = value;
    return value === null || typeof value === "string" ? null : fieldError2(name, "string", value);
  }
  if (key === "_meta") {
    if (value === null) fields.meta = null;
    else if (isJsonObject(value)) fields.meta = { ...fields.meta, ...value };
    return value === null || isJsonObject(value) ? null : fieldError2("_meta", "mcp.Meta", value);
  }
  return key === "blob" ? readBlob(fields, value) : null;
}
function readBlob(fields, value) {
  if (value === null) {
    fields.blob = null;
    return null;
  }
  if (typeof value === "string") {
    const blob = normalizeBase64(value);
    if (blob.ok) fields.blob = blob.value;
    return blob.ok ? null : blob.error;
  }
  if (!Array.isArray(value)) return fieldError2("blob", "[]uint8", value);
  const strange = value.find((item) => item !== null && !isByte(item));
  if (strange !== void 0) return fieldError2("blob", "uint8", strange);
  fields.blob = encodeBase64(value.map((item) => typeof item === "number" ? item : 0));
  return null;
}
function writeResource({ uri, mimeType, text: text2, blob, meta }) {
  return {
    uri,
    ...mimeType === "" ? {} : { mimeType },
    ...text2 === "" ? {} : { text: text2 },
    ...blob === null ? {} : { blob },
    ...meta === null || Object.keys(meta).length === 0 ? {} : { _meta: meta }
  };
}
function fieldError2(field2, type, value) {
  const literal = type === "uint8" && typeof value === "number" ? ` ${encodeGoJson(value)}` : "";
  return `json: cannot unmarshal ${jsonKind(value)}${literal} into Go struct field ResourceContents.${field2} of type ${type}`;
}
function jsonKind(value) {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return value === null ? "null" : typeof value;
}
function isByte(value) {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;
}

// src/core/mcp/toolResult.ts
function convertToToolResult(data) {
  const content = isJsonObject(data) ? member(data, "content") : void 0;
  if (!isJsonObject(data) || !isJsonArray2(content)) return { ok: true, value: textResult(encodeGoJson(data)) };
  const objects = [];
  for (const [index, item] of content.entries()) {
    if (!isJsonObject(item)) return { ok: false, error: `content item ${index}: expected map, got ${goType(item)}` };
    objects.push(item);
  }
  const converted = [];
  for (const item of objects) {
    const one = convertItem(item);
    if (!one.ok) return one;
    if (one.value !== null) converted.push(one.value);
  }
  return { ok: true, value: { content: converted, ...isErrorResult(data) ? { isError: true } : {} } };
}
function textResult(text2, isError = false) {
  return { content: [textItem(text2)], ...isError ? { isError } : {} };
}
function appendText(result, text2) {
  return { ...result, content: [...result.content, textItem(text2)] };
}
function goType(value) {
  if (value === null) return "<nil>";
  if (isJsonArray2(value)) return "[]interface {}";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "map[string]interface {}";
}
function convertItem(item) {
  const type = stringMember(item, "type");
  if (type === "image" || type === "audio") return convertMedia(type, item);
  if (type === "resource") return convertResourceItem(item);
  return { ok: true, value: textItem(stringMember(item, "text")) };
}
function convertMedia(type, item) {
  const data = mediaData(member(item, "data"));
  if (!data.ok) return { ok: false, error: `failed to decode ${type} data: ${data.error}` };
  return { ok: true, value: { type, mimeType: stringMember(item, "mimeType"), data: data.value } };
}
function mediaData(data) {
  if (data === void 0 || data === null) return { ok: false, error: "missing required 'data' field" };
  if (typeof data !== "string") return { ok: false, error: `unsupported data type ${goType(data)}` };
  return normalizeBase64(data);
}
function convertResourceItem(item) {
  const resource = member(item, "resource");
  if (resource === void 0 || resource === null) return { ok: true, value: null };
  const converted = convertResource(resource);
  if (!converted.ok) return { ok: false, error: `failed to parse resource: ${converted.error}` };
  return { ok: true, value: { type: "resource", resource: converted.value } };
}
function textItem(text2) {
  return { type: "text", text: text2 };
}
function isJsonArray2(value) {
  return Array.isArray(value);
}

// src/core/difc/notices.ts
var MAX_NAMED_ITEMS = 5;
function policyName(items) {
  const bySecrecy = items.filter(({ secrecyToAdd }) => secrecyToAdd.length > 0).length;
  if (bySecrecy > 0 && bySecrecy === items.length) return "secrecy policy";
  return bySecrecy === 0 && items.length > 0 ? "integrity policy" : "access policy";
}
function filteredNotice(items) {
  if (items.length === 0) return null;
  const removed = `[Filtered] ${items.length} item(s) in this response were removed by ${policyName(items)} and are not shown`;
  const parts = items.length > MAX_NAMED_ITEMS ? [] : items.map((item) => namePart(item)).filter((part) => part !== "");
  return parts.length === 0 ? `${removed}.` : `${removed}: ${parts.join("; ")}.`;
}
function singleItemError(item) {
  const subject = item.description === "" ? "resource" : item.description;
  const reason = item.reason === "" ? "" : ` (${item.reason})`;
  return `[Filtered] ${subject} exists but is not accessible \u2014 filtered by ${policyName([item])}${reason}`;
}
function blockedError(withheld, total, agentId2) {
  return `DIFC policy violation: ${withheld} of ${total} items in response are not accessible to agent ${agentId2}`;
}
function namePart({ description, reason }) {
  if (description === "") return reason;
  return reason === "" ? description : `${description} (${reason})`;
}

// src/core/difc/pipelineDecisions.ts
function coarseOutcome(operation, evaluation) {
  if (isAllowed(evaluation)) return "allowed";
  return operation === "read" ? "bypass" : "denied";
}
function shouldCallLabelResponse(operation, mode) {
  return operation === "read" || operation === "read-write" && mode !== "strict";
}
function shouldBlockFilteredResponse(mode, filteredCount) {
  return mode === "strict" && filteredCount > 0;
}
function shouldAccumulateReadLabels(operation, mode) {
  return operation !== "write" && mode === "propagate";
}
function filterCollection(mode, operation, agent, collection) {
  const evaluated = [];
  for (const item of collection.items) {
    if (item.labels === null) return null;
    const evaluation = evaluate(mode, operation, agent, item.labels);
    evaluated.push({ item, labels: item.labels, evaluation, allowed: isAllowed(evaluation) });
  }
  return evaluated;
}

// src/core/difc/rateLimit.ts
function rateLimitText(result) {
  if (!isJsonObject(result) || !isErrorResult(result)) return null;
  const text2 = extractText(result);
  return isRateLimitText(text2) ? text2 : null;
}
function isRateLimitText(text2) {
  const lower = toLower(text2);
  return ["rate limit exceeded", "api rate limit", "secondary rate limit", "too many requests"].some(
    (phrase) => lower.includes(phrase)
  ) || lower.includes("rate limit") && lower.includes("403");
}

// src/core/difc/toolPolicy.ts
function isSingularTool(tool) {
  return !tool.startsWith("list_") && !tool.startsWith("search_");
}

// src/core/difc/pipeline.ts
function* runPipeline(call2, agent) {
  const start = startResult(call2, agent);
  const args2 = call2.args === void 0 ? {} : call2.args;
  if (args2 !== null && !isJsonObject(args2)) return ended(start, "init", argumentsError(args2));
  const labeled = yield* ask({ ask: "labelResource", tool: call2.tool, args: args2 });
  if (!labeled.ok) return ended(start, 1, `guard labeling failed: resource labeling failed: ${labeled.error}`, labeled);
  const { resource, operation } = labeled.value;
  const evaluation = evaluate(call2.mode, operation, start.agentBefore, resource);
  const outcome = coarseOutcome(operation, evaluation);
  const known = { ...start, operation, resource: sortedResource(resource), coarse: { ...evaluation, outcome } };
  if (outcome === "denied") {
    return { ...ended(known, 2, formatViolation(evaluation, start.agentBefore, resource) ?? ""), outcome: "denied" };
  }
  const answer = yield* ask({ ask: "callBackend", server: call2.server, tool: call2.tool, args: args2 });
  if (!answer.ok) return ended(known, 3, answer.error, answer);
  const answered2 = { ...known, backendResult: answer.value };
  const limited = rateLimitText(answer.value);
  if (limited !== null) return { ...finished(answered2, textResult(limited, true)), endedIn: 3 };
  let collection = null;
  if (shouldCallLabelResponse(operation, call2.mode)) {
    const response = yield* ask({ ask: "labelResponse", tool: call2.tool, args: args2, result: answer.value });
    if (!response.ok) {
      return ended(answered2, 4, `response labeling failed: response labeling failed: ${response.error}`, response);
    }
    collection = response.value;
  }
  return filterAndFinish(answered2, operation, resource, collection, answer.value);
}
function dispatchQuestion(question, handlers) {
  if (question.ask === "labelResource") return handlers.labelResource(question);
  if (question.ask === "callBackend") return handlers.callBackend(question);
  return handlers.labelResponse(question);
}
var NIL_DEREFERENCE = "runtime error: invalid memory address or nil pointer dereference";
function* ask(question) {
  return yield question;
}
function filterAndFinish(answered2, operation, resource, collection, backendResult) {
  const { mode, agentBefore } = answered2;
  const evaluated = collection === null ? [] : filterCollection(mode, operation, agentBefore, collection);
  if (evaluated === null) return ended(answered2, 5, NIL_DEREFERENCE, { panic: NIL_DEREFERENCE });
  const labeled = collection === null ? answered2 : { ...answered2, items: evaluated.map(itemRecord) };
  const withheld = evaluated.filter(({ allowed }) => !allowed).map(withheldItem);
  const [only] = withheld;
  if (shouldBlockFilteredResponse(mode, withheld.length)) {
    return blocked(labeled, blockedError(withheld.length, evaluated.length, answered2.agent));
  }
  if (only !== void 0 && evaluated.length === 1 && isSingularTool(answered2.tool)) {
    return blocked(labeled, singleItemError(only));
  }
  const agentAfter = shouldAccumulateReadLabels(operation, mode) ? accumulateFromRead(agentBefore, collection === null ? resource : overallLabels(collection)) : agentBefore;
  const accumulated = { ...labeled, agentAfter };
  const accessible = evaluated.filter(({ allowed }) => allowed).map(({ item }) => item.data);
  const converted = convertToToolResult(collection === null ? backendResult : accessible);
  if (!converted.ok) return ended(accumulated, 6, `failed to convert result: ${converted.error}`);
  const notice = filteredNotice(withheld);
  return notice === null ? finished(accumulated, converted.value) : { ...finished(accumulated, appendText(converted.value, notice)), outcome: "filtered" };
}
function startResult(call2, agent) {
  const labels = makeAgent(agent.secrecy, agent.integrity);
  return {
    server: call2.server,
    tool: call2.tool,
    args: call2.args === void 0 ? {} : call2.args,
    agent: call2.agentId,
    mode: call2.mode,
    operation: null,
    resource: null,
    coarse: null,
    items: null,
    outcome: "allowed",
    error: null,
    endedIn: null,
    client: { result: null },
    backendResult: null,
    agentBefore: labels,
    agentAfter: labels
  };
}
function finished(result, client) {
  const { content, isError } = client;
  return { ...result, client: { result: { content, ...isError === void 0 ? {} : { isError } } } };
}
function ended(result, endedIn, error, cause = {}) {
  const text2 = cause.panic ?? error;
  const outcome = "error";
  const failed = { ...result, outcome, error: text2, endedIn, client: { error: { code: 0, message: text2 } } };
  return cause.panic === void 0 ? failed : { ...failed, panic: cause.panic };
}
function blocked(result, error) {
  return { ...ended(result, 5, error), outcome: "blocked" };
}
function argumentsError(args2) {
  const kind = Array.isArray(args2) ? "array" : typeof args2 === "boolean" ? "bool" : typeof args2;
  return `failed to parse arguments: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
}
function itemRecord({ item, labels, evaluation, allowed }, index) {
  const { origin, path, data } = item;
  return { index, origin, path, ...sortedResource(labels), ...evaluation, allowed, data };
}
function withheldItem({ labels, evaluation }) {
  return { description: labels.description, reason: evaluation.reason, secrecyToAdd: evaluation.secrecyToAdd };
}
function sortedResource({ description, secrecy, integrity }) {
  return { description, secrecy: sortedTags(secrecy), integrity: sortedTags(integrity) };
}

// src/engine/replay/drive.ts
async function answerPipeline(call2, agent, handlers) {
  const pipeline = runPipeline(call2, agent);
  let step = pipeline.next();
  while (step.done !== true) step = pipeline.next(await dispatchQuestion(step.value, handlers));
  return step.value;
}
function answeredResource(answer) {
  return answer.value === null ? refusal(answer) : { ok: true, value: answer.value };
}
function answeredResponse(answer) {
  return answer.error === null ? { ok: true, value: answer.value } : refusal(answer);
}
function refusal({ error, panic }) {
  return { ok: false, error: error ?? "", ...panic === void 0 ? {} : { panic } };
}

// src/engine/replay/stepFields.ts
var StepBackend = class {
  #answers;
  constructor(step) {
    const { backend } = step;
    this.#answers = Array.isArray(backend) ? backend.filter(isJsonObject).map(scriptedAnswer) : [];
  }
  source() {
    return { kind: "answers", answers: this.#answers };
  }
  /** Takes away the answers that these guard calls used up. */
  consume(calls) {
    const reached = calls.flatMap((call2) => call2.backendCalls).filter((lookup) => lookup.reached).length;
    this.#answers = this.#answers.slice(reached);
  }
};
function stepInput(step) {
  const repeat = step["inputRepeat"];
  if (!isJsonObject(repeat)) return stringOf(step, "input") ?? "";
  const times = Number(repeat["times"] ?? 0);
  return `${stringOf(repeat, "prefix") ?? ""}${(stringOf(repeat, "text") ?? "").repeat(times)}${stringOf(repeat, "suffix") ?? ""}`;
}
function stringOf(step, name) {
  const value = step[name];
  return typeof value === "string" ? value : void 0;
}
function booleanOf(step, name) {
  return step[name] === true;
}
function stringList(value) {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
function modeOf(step) {
  const parsed = parseEnforcementMode(stringOf(step, "mode") ?? "");
  return parsed.ok ? parsed.mode : "strict";
}
function operationOf2(step) {
  const operation = stringOf(step, "operation");
  return operation === "read" || operation === "write" || operation === "read-write" ? operation : void 0;
}
function scriptedAnswer(entry) {
  const wait = typeof entry["waitMs"] === "number" ? { waitMs: entry["waitMs"] } : {};
  const error = stringOf(entry, "error");
  return error === void 0 ? { result: entry["result"] ?? null, ...wait } : { error, ...wait };
}

// src/engine/replay/stepRunner.ts
var agentId = "default";
var StepRunner = class {
  #bytes;
  #options;
  #guard;
  #agent = emptyAgent;
  constructor(bytes, options) {
    this.#bytes = bytes;
    this.#options = options;
  }
  /** Runs one step; an unknown or malformed step is a line with `ok: false` and a sentence. */
  async run(step, deadlineMs) {
    switch (step["op"]) {
      case "load":
        return this.#load(step);
      case "raw":
        return this.#raw(step, deadlineMs);
      case "label_agent":
        return this.#labelAgent(step, deadlineMs);
      case "label_resource":
        return this.#labelResource(step, deadlineMs);
      case "label_response":
        return this.#labelResponse(step, deadlineMs);
      case "call":
        return this.#call(step, deadlineMs);
      case "evaluate":
        return evaluateStep(step);
      case "cancel":
        return this.run({ ...step, op: stringOf(step, "wraps") ?? "raw" }, Number(step["afterMs"] ?? 0));
      case "close":
        await this.close();
        return { ok: true };
      default:
        return { ok: false, error: `unknown step ${JSON.stringify(step["op"] ?? null)}` };
    }
  }
  async close() {
    const guard = this.#guard;
    this.#guard = void 0;
    await guard?.close();
  }
  async #load(step) {
    await this.close();
    const name = stringOf(step, "name") ?? this.#options.name ?? "guard";
    const loaded = await loadWasmGuard(this.#bytes, { ...this.#options, name });
    const { log, stdout, stderr, memoryBytes } = loaded.record;
    const said = { log: log.map(({ level, message }) => ({ level, message })), stdout, stderr };
    if (!loaded.ok) {
      if (loaded.panic !== void 0) return { ok: false, panic: loaded.panic };
      return { ok: false, error: loaded.error, ...said, ...loaded.trace === null ? {} : { trace: loaded.trace } };
    }
    this.#guard = loaded.guard;
    return { ok: true, healthy: true, ...said, ...memoryBytes === null ? {} : { memoryBytes } };
  }
  async #raw(step, deadlineMs) {
    const guard = this.#guard;
    if (guard === void 0) return notLoaded;
    const backend = new StepBackend(step);
    const name = stringOf(step, "function") ?? "";
    const record = await guard.raw(name, stepInput(step), this.#context(step, backend, deadlineMs));
    return { ok: record.error === null, ...errorOf(record.error, record.trace), ...this.#account([record], true) };
  }
  async #labelAgent(step, deadlineMs) {
    const guard = this.#guard;
    if (guard === void 0) return notLoaded;
    const payload = buildLabelAgentPayload(
      step["policy"],
      stringList(step["trustedBots"]),
      stringList(step["trustedUsers"])
    );
    const answer = await guard.labelAgent(payload, this.#context(step, new StepBackend(step), deadlineMs));
    const { value, error, calls } = answer;
    if (value === null) return { ok: false, ...errorOf(error, lastTrace(calls)), ...this.#account(calls, true) };
    this.#agent = addAgentTags(this.#agent, value.agent);
    const normalized = value.normalizedPolicy === null ? {} : { normalized_policy: value.normalizedPolicy };
    const result = { agent: value.agent, difc_mode: value.modeText, ...normalized };
    return { ok: true, result, agentAfter: this.#agent, ...this.#account(calls, true) };
  }
  async #labelResource(step, deadlineMs) {
    const guard = this.#guard;
    if (guard === void 0) return notLoaded;
    const context = this.#context(step, new StepBackend(step), deadlineMs);
    const { value, error, calls } = await guard.labelResource(stringOf(step, "tool") ?? "", argsOf2(step), context);
    if (value === null) return { ok: false, ...errorOf(error, lastTrace(calls)), ...this.#account(calls, true) };
    return { ok: true, result: value, ...this.#account(calls, true) };
  }
  async #labelResponse(step, deadlineMs) {
    const guard = this.#guard;
    if (guard === void 0) return notLoaded;
    const context = this.#context(step, new StepBackend(step), deadlineMs);
    const tool = stringOf(step, "tool") ?? "";
    const { value, error, calls } = await guard.labelResponse(tool, argsOf2(step), step["result"] ?? null, context);
    if (error !== null) return { ok: false, ...errorOf(error, lastTrace(calls)), ...this.#account(calls, true) };
    const items = value?.items.map(({ data, labels }) => ({ data, labels }));
    return { ok: true, result: items === void 0 ? null : { items }, ...this.#account(calls, true) };
  }
  async #call(step, deadlineMs) {
    const guard = this.#guard;
    if (guard === void 0) return notLoaded;
    if (isJsonObject(step["agent"])) {
      this.#agent = makeAgent(stringList(step["agent"]["secrecy"]), stringList(step["agent"]["integrity"]));
    }
    const backend = new StepBackend(step);
    const calls = [];
    const context = () => this.#context({ ...step, capabilities: true }, backend, deadlineMs);
    const keep = (answer) => {
      calls.push(...answer.calls);
      backend.consume(answer.calls);
      return answer;
    };
    const call2 = {
      server: stringOf(step, "server") ?? "",
      tool: stringOf(step, "tool") ?? "",
      args: step["args"],
      agentId,
      mode: modeOf(step)
    };
    const answered2 = await answerPipeline(call2, this.#agent, {
      labelResource: async ({ tool, args: args2 }) => answeredResource(keep(await guard.labelResource(tool, args2, context()))),
      callBackend: async () => {
        const error2 = stringOf(step, "backendError");
        return error2 === void 0 ? { ok: true, value: step["backendResult"] ?? null } : { ok: false, error: error2 };
      },
      labelResponse: async ({ tool, args: args2, result }) => answeredResponse(keep(await guard.labelResponse(tool, args2, result, context())))
    });
    if (answered2.panic !== void 0) return { ok: false, panic: answered2.panic };
    this.#agent = answered2.agentAfter;
    const { error, operation, resource, items, client, agentAfter, outcome } = answered2;
    return {
      ok: error === null,
      ...errorOf(error, lastTrace(calls)),
      outcome: outcome === "filtered" ? "allowed" : outcome,
      ...operation === null ? {} : { operation },
      ...resource === null ? {} : { resource },
      ...items === null ? {} : { items: items.map(itemLine) },
      client,
      agentAfter,
      ...this.#account(calls, false)
    };
  }
  #context(step, backend, deadlineMs) {
    const deadline = deadlineMs === void 0 ? {} : { deadlineMs };
    return { backend: backend.source(), capabilities: booleanOf(step, "capabilities"), ...deadline };
  }
  /** What the guard did and how it stands, over all entries of a step. */
  #account(calls, single) {
    const memoryBytes = this.#guard?.memoryBytes ?? null;
    const output = calls.findLast((call2) => call2.output !== null)?.output ?? null;
    const reached = calls.flatMap((call2) => call2.backendCalls).filter((lookup) => lookup.reached);
    return {
      healthy: this.#guard?.healthy ?? false,
      ...memoryBytes === null ? {} : { memoryBytes },
      ...single ? { attempts: calls.flatMap((call2) => call2.attempts.map(({ bufferSize }) => bufferSize)) } : {},
      ...single && output !== null ? { output } : {},
      backendCalls: reached.map(({ tool, args: args2 }) => ({ tool, args: args2 })),
      log: calls.flatMap((call2) => call2.log.map(({ level, message }) => ({ level, message }))),
      stdout: calls.map((call2) => call2.stdout).join(""),
      stderr: calls.map((call2) => call2.stderr).join("")
    };
  }
};
var notLoaded = { ok: false, error: "no guard is loaded: the first step loads it" };
function evaluateStep(step) {
  const mode = parseEnforcementMode(stringOf(step, "mode") ?? "");
  if (!mode.ok) return { ok: false, error: mode.error };
  const { agent, resource } = step;
  if (!isJsonObject(agent) || !isJsonObject(resource)) return { ok: false, error: "evaluate needs agent and resource" };
  const labels = makeAgent(stringList(agent["secrecy"]), stringList(agent["integrity"]));
  const description = stringOf(resource, "description") ?? "";
  const target = makeResource(description, stringList(resource["secrecy"]), stringList(resource["integrity"]));
  const operation = operationOf2(step);
  if (operation === void 0) {
    return { ok: true, decision: "allow", reason: "", secrecyToAdd: [], integrityToDrop: [] };
  }
  const evaluation = evaluate(mode.mode, operation, labels, target);
  const violation = evaluation.decision === "deny" ? formatViolation(evaluation, labels, target) : null;
  return { ok: true, ...evaluation, ...violation === null ? {} : { violation } };
}
function itemLine({ index, description, secrecy, integrity, allowed, reason }) {
  return { index, description, secrecy, integrity, allowed, reason };
}
function argsOf2(step) {
  return step["args"] === void 0 ? {} : step["args"];
}
function errorOf(error, trace) {
  return { ...error === null ? {} : { error }, ...error === null || trace === null ? {} : { trace } };
}
function lastTrace(calls) {
  return calls.at(-1)?.trace ?? null;
}

// src/engine/runtime/compileCache.ts
import { webcrypto } from "node:crypto";
var keptModules = 16;
var CompileCache = class {
  #preparations = /* @__PURE__ */ new Map();
  /** The preparation of these bytes, made by `make` only when they are new. A `make` that fails leaves nothing behind. */
  async prepare(bytes, make2) {
    const key = await contentKey(bytes);
    const known = this.#preparations.get(key);
    const preparation = known ?? make2();
    this.#preparations.delete(key);
    this.#preparations.set(key, preparation);
    const oldest = this.#preparations.keys().next().value;
    if (this.#preparations.size > keptModules && oldest !== void 0) this.#preparations.delete(oldest);
    try {
      return await preparation;
    } catch (failure) {
      if (this.#preparations.get(key) === preparation) this.#preparations.delete(key);
      if (known === void 0) throw failure;
      return this.prepare(bytes, make2);
    }
  }
  /** How many modules are kept. */
  get size() {
    return this.#preparations.size;
  }
};
async function contentKey(bytes) {
  const digest = await webcrypto.subtle.digest("SHA-256", bytes);
  return Buffer.from(digest).toString("hex");
}

// src/engine/runtime/spareWorkers.ts
var replacementDelayMs = 100;
var SpareWorkers = class {
  #workerFile;
  #spare;
  #replacement;
  #closed = false;
  constructor(workerFile3) {
    this.#workerFile = workerFile3;
    this.#spare = new WorkerThread(workerFile3);
  }
  /** A thread that has started already, or is about to; the taker owns it. */
  take() {
    const spare = this.#spare;
    this.#spare = null;
    this.#replaceSoon();
    return spare?.isAlive === true ? spare : new WorkerThread(this.#workerFile);
  }
  /** Stops the thread that stands by; what was taken is not touched. */
  async close() {
    this.#closed = true;
    clearTimeout(this.#replacement);
    const spare = this.#spare;
    this.#spare = null;
    await spare?.stop();
  }
  #replaceSoon() {
    clearTimeout(this.#replacement);
    if (this.#closed) return;
    this.#replacement = setTimeout(() => {
      this.#spare = new WorkerThread(this.#workerFile);
    }, replacementDelayMs).unref();
  }
};

// test/oracle/product.ts
var caseLimit2 = 3e4;
var Product = class {
  #workerFile;
  #spare;
  constructor(workerFile3) {
    this.#workerFile = workerFile3;
    this.#spare = new SpareWorkers(workerFile3);
  }
  /** A line a step. A throw and a case without end are lines as well, so that they count as differences. */
  async run({ guard, steps, loadMs }) {
    const runner = new StepRunner(guard, {
      workerFile: this.#workerFile,
      spare: this.#spare,
      cache: new CompileCache(),
      ...loadMs === void 0 ? {} : { deadlineMs: loadMs }
    });
    const lines = [];
    let timer;
    const tooLong = new Promise((resolve) => {
      timer = setTimeout(() => resolve({ error: "the product did not come back" }), caseLimit2);
    });
    try {
      for (const step of steps) {
        const line = await Promise.race([runStep(runner, step), tooLong]);
        lines.push(line);
        if (line["error"] === "the product did not come back") break;
      }
    } finally {
      clearTimeout(timer);
      await runner.close();
    }
    return lines;
  }
  close() {
    return this.#spare.close();
  }
};
async function runStep(runner, step) {
  try {
    return await runner.run(step);
  } catch (thrown) {
    return { error: `the product threw: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
}

// test/oracle/shrink.ts
async function shrink(made, stillDiffers, attempts) {
  let left = attempts;
  const tryCase = async (parts2, steps2) => {
    if (left-- <= 0) return false;
    try {
      return await stillDiffers(caseOf(made, parts2, steps2));
    } catch {
      return false;
    }
  };
  const steps = await fewest(made.steps, (candidate) => tryCase(made.parts, candidate));
  const parts = await fewest(made.parts, (candidate) => tryCase(candidate, steps));
  const finalSteps = await fewest(steps, (candidate) => tryCase(parts, candidate));
  return { found: caseOf(made, parts, finalSteps), parts };
}
async function fewest(all, holds) {
  let kept = all;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = kept.length - size; at > -size; at -= size) {
      const from = Math.max(at, 0);
      const candidate = [...kept.slice(0, from), ...kept.slice(at + size)];
      if (candidate.length < kept.length && await holds(candidate)) kept = candidate;
    }
  }
  return kept;
}

// test/oracle/tally.ts
var listedCases = 8;
var shownCharacters = 600;
var Tally = class {
  #kinds = /* @__PURE__ */ new Map();
  #explained = /* @__PURE__ */ new Map();
  #lost = [];
  cases = 0;
  /** Counts a difference; true when it is the first of its kind. */
  unexplained(name, index) {
    const known = this.#kinds.get(name);
    const kind = known ?? { name, count: 0, cases: [] };
    if (known === void 0) this.#kinds.set(name, kind);
    kind.count++;
    if (kind.cases.length < listedCases) kind.cases.push(index);
    return known === void 0;
  }
  explained(id) {
    this.#explained.set(id, (this.#explained.get(id) ?? 0) + 1);
  }
  /** The oracle had no answer. */
  lost(index, reason) {
    this.#lost.push(`case ${index}: ${reason}`);
  }
  get unexplainedCount() {
    return [...this.#kinds.values()].reduce((sum, { count }) => sum + count, 0);
  }
  /** The last lines of a run. */
  summary() {
    const kinds2 = [...this.#kinds.values()].sort((a, b) => b.count - a.count);
    const byId = [...this.#explained].map(([id, count]) => `${id} ${count}`).join(", ");
    const explained = [...this.#explained.values()].reduce((sum, count) => sum + count, 0);
    return [
      ...kinds2.map(({ name, count, cases }) => `${String(count).padStart(5)} \xD7 ${name}  (case ${cases.join(", ")}${count > cases.length ? ", \u2026" : ""})`),
      ...this.#lost.map((each) => `no answer of the oracle: ${each}`),
      `oracle: ${this.cases} cases, ${this.unexplainedCount} unexplained differences, ${explained} explained${byId === "" ? "" : ` (${byId})`}`
    ].join("\n");
  }
};
function describeDifference(name, index, found, { found: smallest, parts }) {
  const lines = found.flatMap(({ step, member: member2, oracle, product }) => [
    `  step ${step + 1}, ${member2}`,
    `    oracle  ${shown2(oracle)}`,
    `    product ${shown2(product)}`
  ]);
  return [
    `\u2500\u2500 ${name} (case ${index})`,
    ...lines,
    ...parts.slice(0, 20).map(({ label }) => `  part: ${label}`),
    ...parts.length > 20 ? [`  and ${parts.length - 20} parts more`] : [],
    ...smallest.steps.map((step) => `  ${JSON.stringify(step)}`),
    `  guard: ${Buffer.from(smallest.guard).toString("base64")}`
  ].join("\n");
}
function shown2(value) {
  const text2 = JSON.stringify(value) ?? "nothing";
  return text2.length <= shownCharacters ? text2 : `${text2.slice(0, shownCharacters)}\u2026 (${text2.length} characters)`;
}

// test/oracle/main.ts
var lanes = 2;
var printedKinds = 15;
var [binary = "", workerFile2 = "", ...args] = process.argv.slice(2);
process.exitCode = await main();
async function main() {
  const options = readOptions(args);
  const gateway = new GatewayProcess(binary);
  const product = new Product(workerFile2);
  try {
    const wrong = await proveOracle(gateway);
    if (wrong > 0) {
      console.log(`The oracle differs from ${wrong} recorded lines, so it proves nothing`);
      return 1;
    }
    const tally = new Tally();
    await compareCases(options, gateway, product, tally);
    console.log(tally.summary());
    return tally.unexplainedCount > 0 ? 1 : 0;
  } finally {
    gateway.close();
    await product.close();
  }
}
async function proveOracle(gateway) {
  const cases = parityCases(parityGroups()).filter(({ steps }) => steps.every(isKnown));
  const answers2 = await Promise.all(cases.map(async ({ guard, steps }) => gateway.run({ guard, steps })));
  let wrong = 0;
  let lines = 0;
  for (const [index, { name, expected }] of cases.entries()) {
    const answer = answers2[index] ?? [];
    for (const [line, recorded] of expected.entries()) {
      const printed = "died" in answer ? { ...answer } : answer[line] ?? {};
      lines++;
      if (isDeepStrictEqual2(actualShape(recorded, printed), expectedShape(recorded))) continue;
      wrong++;
      console.log(`${name}, line ${line + 1}
  recorded ${JSON.stringify(recorded)}
  oracle   ${JSON.stringify(printed)}`);
    }
  }
  console.log(`recorded: ${cases.length} cases, ${lines} lines, ${wrong} differ`);
  return wrong;
}
function isKnown(step) {
  const { op, wraps = "raw" } = step;
  return op === "load" || op === "raw" || op === "close" || op === "cancel" && wraps === "raw";
}
async function compareCases(options, gateway, product, tally) {
  const { only, cases } = options;
  const last = only === null ? cases : only + 1;
  let next = only ?? 0;
  let printed = 0;
  const lane = async () => {
    for (let index = next++; index < last; index = next++) {
      const { kind, made } = generate(options.seed, index, options.kind);
      const found = await compareOne(caseOf(made), gateway, product);
      tally.cases++;
      if (only !== null) console.log(Buffer.from(caseOf(made).guard).toString("base64"));
      if ("died" in found) tally.lost(index, `${kind}: ${found.died}`);
      else if (found.length > 0) {
        const explanation = explanationOf(found);
        if (explanation !== null) tally.explained(explanation.id);
        else {
          const difference = kindOf(found);
          if (!tally.unexplained(`${kind}: ${difference}`, index) || printed++ >= printedKinds) continue;
          const smallest = await shrink(
            made,
            async (candidate) => {
              const still = await compareOne(candidate, gateway, product);
              return !("died" in still) && kindOf(still) === difference;
            },
            options.shrinkAttempts
          );
          const final = await compareOne(smallest.found, gateway, product);
          console.log(describeDifference(`${kind}: ${difference}`, index, "died" in final ? [] : final, smallest));
        }
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
async function compareOne(wanted, gateway, product) {
  const [oracle, own] = await Promise.all([gateway.run(wanted), product.run(wanted)]);
  return "died" in oracle ? oracle : differences(oracle, own);
}
