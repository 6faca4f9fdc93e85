"use strict";

// src/engine/runtime/workerMain.ts
var import_node_worker_threads2 = require("node:worker_threads");

// src/core/base/goText.ts
function quoteGo(text) {
  let out = '"';
  for (const rune of wellFormed(text)) out += quoteRune(rune);
  return `${out}"`;
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
function wellFormed(text) {
  return anySurrogate.test(text) ? text.replace(loneSurrogates, "\uFFFD") : text;
}
function utf8Length(text) {
  if (isAscii(text)) return text.length;
  let bytes = 0;
  for (const rune of text) {
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
  const short2 = shortEscapes[rune];
  if (short2 !== void 0) return short2;
  if (printable.test(rune)) return rune;
  const code = rune.codePointAt(0) ?? 0;
  const hex2 = (width) => code.toString(16).padStart(width, "0");
  if (code < 32 || code === 127) return `\\x${hex2(2)}`;
  return code < 65536 ? `\\u${hex2(4)}` : `\\U${hex2(8)}`;
}
function isAscii(text) {
  return !/[\u0080-\uffff]/.test(text);
}
function rank(unit) {
  if (unit < 55296) return unit;
  return unit < 57344 ? unit + 8192 : unit - 2048;
}

// src/core/base/goJsonScan.ts
var maxGoJsonDepth = 1e4;
function parseValid(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, ...explainGoJsonError(text) };
  }
  return isTooDeep(text) ? { ok: false, ...explainGoJsonError(text) } : { ok: true, value };
}
function isTooDeep(text) {
  if (text.length <= 2 * maxGoJsonDepth || !hasManyOpenings(text)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = skipString(text, at);
    else if (code === openBrace || code === openBracket) {
      if (++depth > maxGoJsonDepth) return true;
    } else if (code === closeBrace || code === closeBracket) depth--;
  }
  return false;
}
function explainGoJsonError(text) {
  const scan = new Scan(text);
  const context = scan.document();
  if (context === null) throw new Error("explainGoJsonError was asked about a valid text");
  return scan.errorHere(context);
}
function skipString(text, open) {
  let at = open + 1;
  for (; ; ) {
    const end = text.indexOf('"', at);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
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
function hasManyOpenings(text) {
  let left = maxGoJsonDepth;
  for (const opening of ["[", "{"]) {
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) {
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
  constructor(text) {
    this.#text = text;
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
    const shown2 = code === void 0 ? quoteByte(32) : quoteByte(utf8ByteOf(code));
    return { error: `invalid character ${shown2} ${context}`, offset };
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
function buildGoJsonTree(text) {
  const open = [];
  let at = 0;
  for (; ; ) {
    const code = text.charCodeAt(at);
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
      const end = scalarEnd(text, at);
      const inside = open.at(-1);
      if (inside?.kind === "object" && inside.key === null) {
        inside.key = stringValue(text.slice(at, end));
        at = end;
        continue;
      }
      node = scalar(text.slice(at, end), at);
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
function scalarEnd(text, at) {
  if (text.charCodeAt(at) === 34) return skipString(text, at) + 1;
  literalAt.lastIndex = at;
  literalAt.test(text);
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

// src/core/base/goJson.ts
function encodeGoJson(value) {
  const encoder = new Encoder();
  return finish(encoder.encode(value, 0), encoder.metSurrogate);
}
function decodeGoJson(text) {
  const valid = parseValid(text);
  if (!valid.ok || !needsCare.test(text)) return valid;
  const { value, overflow } = buildGoJsonTree(text);
  if (overflow === null) return { ok: true, value };
  const offset = utf8Length(text.slice(0, overflow.at));
  return {
    ok: false,
    error: `json: cannot unmarshal number ${overflow.literal} into Go value of type float64`,
    offset
  };
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
    let text = "[";
    for (let index = 0; index < items.length; index++) {
      if (index > 0) text += ",";
      text += this.encode(items[index] ?? null, depth);
    }
    return `${text}]`;
  }
  #object(object, depth) {
    const { sorted, texts } = this.#order(object);
    let text = "{";
    for (let index = 0; index < sorted.length; index++) {
      text += texts[index] ?? "";
      text += this.encode(object[sorted[index] ?? ""] ?? null, depth);
    }
    return `${text}}`;
  }
  #order(object) {
    const keys = Object.keys(object);
    const first = keys[0];
    if (first === void 0) return { keys, sorted: keys, texts: keys };
    const known = this.#orders.get(first);
    if (known !== void 0 && sameKeys(known.keys, keys)) return known;
    const sorted = sortUtf8(keys);
    const texts = sorted.map((key, index) => `${index === 0 ? "" : ","}${this.#string(key)}:`);
    const order3 = { keys, sorted, texts };
    this.#orders.set(first, order3);
    return order3;
  }
  #string(text) {
    if (!needsEscape.test(text)) return `"${text}"`;
    if (anySurrogate2.test(text)) this.metSurrogate = true;
    return JSON.stringify(text);
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
function finish(text, metSurrogate) {
  let finished = text;
  for (const [char, escape] of goEscapes) {
    if (finished.includes(char)) finished = finished.replaceAll(char, escape);
  }
  if (!metSurrogate || !finished.includes("\\ud")) return finished;
  return finished.replace(escapes, (escape) => escape.length === 6 ? "\uFFFD" : escape);
}
function isArray(value) {
  return Array.isArray(value);
}

// src/core/trace/cassette.ts
var CassettePlayer = class {
  #shelves = /* @__PURE__ */ new Map();
  #call = -1;
  constructor(data) {
    for (const entry of data.entries) {
      const key = shelfKey(entry.tool, entry.argsText);
      const shelf = this.#shelves.get(key);
      if (shelf === void 0) this.#shelves.set(key, new Shelf(entry));
      else shelf.add(entry);
    }
  }
  /** Says which agent call the following questions belong to; its index in the trace. */
  beginCall(call) {
    this.#call = call;
  }
  answer(tool, args) {
    const taken = this.#shelves.get(shelfKey(tool, encodeGoJson(args)))?.take(this.#call);
    if (taken === void 0) return { answer: { error: missText(tool) }, miss: true, line: null, reused: false };
    return { answer: taken.entry.answer, miss: false, line: taken.entry.line, reused: taken.reused };
  }
};
function missText(tool) {
  return `the trace has no recorded answer for "${tool}" with these arguments`;
}
var Shelf = class {
  #entries;
  #left = new Int32Array(0);
  #right = new Int32Array(0);
  constructor(entry) {
    this.#entries = [entry];
  }
  add(entry) {
    this.#entries.push(entry);
  }
  take(call) {
    if (this.#left.length === 0) this.#prepare();
    const start = this.#firstFrom(call);
    const slot = this.#nearer(find(this.#left, start), find(this.#right, start + 1), call);
    const unused = this.#entries[slot - 1];
    if (unused !== void 0) {
      this.#left[slot] = slot - 1;
      this.#right[slot] = slot + 1;
      return { entry: unused, reused: false };
    }
    const used = this.#entries[this.#nearer(start, start + 1, call) - 1];
    return used === void 0 ? void 0 : { entry: used, reused: true };
  }
  #prepare() {
    this.#entries.sort((a, b) => a.call - b.call);
    const slots = this.#entries.length + 2;
    this.#left = Int32Array.from({ length: slots }, (_, slot) => slot);
    this.#right = this.#left.slice();
  }
  /** How many entries belong to earlier calls; the slot of the last of them. */
  #firstFrom(call) {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = low + high >>> 1;
      if ((this.#entries[middle]?.call ?? call) < call) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  /** The slot whose call is nearer; at the same distance the earlier one, because its answer was known by then. */
  #nearer(left, right, call) {
    const before = this.#entries[left - 1];
    const after = this.#entries[right - 1];
    if (before === void 0) return after === void 0 ? 0 : right;
    if (after === void 0) return left;
    return after.call - call < call - before.call ? right : left;
  }
};
function shelfKey(tool, argsText) {
  return `${tool}\0${argsText}`;
}
function find(next, slot) {
  let end = slot;
  while ((next[end] ?? end) !== end) end = next[end] ?? end;
  let at = slot;
  while (at !== end) {
    const on = next[at] ?? end;
    next[at] = end;
    at = on;
  }
  return end;
}

// src/engine/runtime/abi.ts
var firstOutputBytes = 4 * 1024 * 1024;
var maxOutputBytes = 16 * 1024 * 1024;
var maxInputBytes = 8 * 1024 * 1024;
var maxAttempts = 3;
var tooSmallCode = -2;
var failedCode = -1;
var directMarginBytes = 65536;
var pageBytes = 65536;
var maxBackendCalls = 50;
var v8StackFrames = 50;
var wallClockStart = 1640995200000000000n;
var clockStep = 1000000n;
var closedRunMs = 250;
var maxLogLines = 1e4;
var maxLogBytes = 16 * 1024 * 1024;
var maxStreamBytes = 1024 * 1024;
var maxBackendRecords = 1e3;
var maxBackendBytes = 64 * 1024 * 1024;
var maxGrowEvents = 1024;
var memoryLimitBytes = 512 * pageBytes;

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

// src/engine/runtime/answering.ts
var Answering = class {
  #shared;
  #line;
  #player = null;
  constructor(shared, line) {
    this.#shared = shared;
    this.#line = line;
  }
  setCassette(data) {
    this.#player = new CassettePlayer(data);
  }
  /** A guard call begins. */
  begin() {
    if (this.#shared.get(words.backend) === backends.cassette) {
      this.#player?.beginCall(this.#shared.get(words.cassetteCall));
    }
  }
  /** The backend's answer. A call whose context has ended gets none, whoever would answer. */
  answer(tool, args) {
    if (this.#shared.get(words.context) !== contexts.live) return { kind: "deadline" };
    const backend = this.#shared.get(words.backend);
    if (backend === backends.host) return this.#line.ask(tool, args);
    if (backend === backends.cassette && this.#player !== null) return played(this.#player, tool, args);
    return { kind: "error", bytes: Buffer.from("there is no backend") };
  }
};
function played(player, tool, args) {
  const { answer, miss } = player.answer(tool, args);
  if (answer.error === void 0) return { kind: "result", bytes: Buffer.from(encodeGoJson(answer.result)) };
  return { kind: miss ? "miss" : "error", bytes: Buffer.from(answer.error) };
}

// src/engine/runtime/blockingCall.ts
var import_node_worker_threads = require("node:worker_threads");
var HostLine = class {
  #shared;
  #port;
  #seen = 0;
  #received = 0;
  #bytes = null;
  constructor(shared, port) {
    this.#shared = shared;
    this.#port = port;
  }
  post(message, transfer = []) {
    this.#port.postMessage(message, transfer);
  }
  /** Sleeps until the host wants something that is not yet known. */
  sleep() {
    Atomics.wait(this.#shared.words, words.wake, this.#seen);
    this.#seen = this.#shared.get(words.wake);
  }
  /** Whether a call is to be made. The host posts what belongs to it first, so `takeMessages` must come after this. */
  takeCall() {
    return Atomics.exchange(this.#shared.words, words.call, 0) === 1;
  }
  /** Hands on the messages that were posted; bytes are kept for whoever expects them. */
  takeMessages(receive) {
    while (this.#received !== this.#shared.get(words.posted)) {
      const message = (0, import_node_worker_threads.receiveMessageOnPort)(this.#port)?.message;
      if (message === void 0) return;
      this.#received++;
      if (message.kind === "bytes") this.#bytes = message.bytes;
      else receive(message);
    }
  }
  /** The input of the call that begins: a view that stays as it is until the call ends. */
  input() {
    const length = this.#shared.get(words.inputLength);
    return { length, bytes: this.#shared.input.subarray(0, length) };
  }
  /** Asks the host's backend and sleeps until it has answered, or until the call's context has ended. */
  ask(tool, args) {
    const shared = this.#shared;
    shared.set(words.answer, answers.none);
    this.post({ kind: "ask", tool, args });
    while (shared.get(words.answer) === answers.none) this.sleep();
    this.takeMessages(() => {
    });
    const kind = shared.get(words.answer);
    if (kind === answers.deadline) return { kind: "deadline" };
    const length = shared.get(words.answerLength);
    const bytes = length <= shared.answer.length ? shared.answer.subarray(0, length) : this.#takeBytes();
    return { kind: kind === answers.result ? "result" : "error", bytes };
  }
  /** The bytes that came by message because they were too long for the shared memory. */
  #takeBytes() {
    const bytes = this.#bytes ?? new Uint8Array(0);
    this.#bytes = null;
    return bytes;
  }
};

// src/engine/runtime/guestError.ts
var GuestError = class _GuestError extends Error {
  /** Function indexes of the stack trace, innermost first, imports counted; null when the gateway prints none. */
  frames;
  /** Whether the gateway takes it for a trap, after which the guard is unusable (gateway spec 1.8). */
  isTrap;
  /** Whether the module was closed, by itself or with its context; such an error is told unwrapped while loading. */
  isExit;
  constructor(text, frames = null, isTrap = false, isExit = false) {
    super(text);
    this.name = "GuestError";
    this.frames = frames;
    this.isTrap = isTrap;
    this.isExit = isExit;
  }
  /** The same error behind `prefix`. */
  behind(prefix) {
    return new _GuestError(prefix + this.message, this.frames, this.isTrap, this.isExit);
  }
};
var ExitSignal = class extends Error {
  code;
  constructor(code) {
    super(exitText(code));
    this.name = "ExitSignal";
    this.code = code;
  }
};
var HostPanic = class extends Error {
  /** `module.name` of the function; set where it leaves the host. */
  from = "";
  constructor(text) {
    super(text);
    this.name = "HostPanic";
  }
};
var nilDereference = "runtime error: invalid memory address or nil pointer dereference";
var canceledExit = 4294967295;
var deadlineExit = 4026531839;
function exitText(code) {
  if (code === canceledExit) return "module closed with context canceled";
  if (code === deadlineExit) return "module closed with context deadline exceeded";
  return `module closed with exit_code(${code})`;
}
function exitError(code) {
  return new GuestError(exitText(code), null, code !== 0, true);
}

// src/engine/runtime/memory.ts
var GuestMemory = class {
  #memory = null;
  #bytes = new Uint8Array(0);
  #data = new DataView(new ArrayBuffer(0));
  /** Binds the instance's memory; before, and for a module without one, every access is wazero's nil dereference. */
  attach(memory) {
    this.#memory = memory;
    this.#renew();
  }
  get exists() {
    return this.#memory !== null;
  }
  /** Size in bytes. */
  get size() {
    return this.#renew().length;
  }
  /** A view of `length` bytes, or null when they do not all lie in memory; no bytes at the very end are fine. */
  read(offset, length) {
    const bytes = this.#renew();
    return offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : null;
  }
  /** Copies bytes in; false, and nothing written, when they do not fit. */
  write(offset, source) {
    const bytes = this.#renew();
    if (offset + source.length > bytes.length) return false;
    bytes.set(source, offset);
    return true;
  }
  /** Reads a little-endian u32; null out of bounds. */
  readU32(offset) {
    return offset + 4 <= this.#renew().length ? this.#data.getUint32(offset, true) : null;
  }
  /** Writes a little-endian u32; false out of bounds. */
  writeU32(offset, value) {
    if (offset + 4 > this.#renew().length) return false;
    this.#data.setUint32(offset, value, true);
    return true;
  }
  /** Writes a little-endian u64; false out of bounds. */
  writeU64(offset, value) {
    if (offset + 8 > this.#renew().length) return false;
    this.#data.setBigUint64(offset, value, true);
    return true;
  }
  /** Grows by whole pages; false, and nothing changed, beyond the maximum. */
  grow(pages2) {
    if (this.#memory === null) throw new HostPanic(nilDereference);
    try {
      this.#memory.grow(pages2);
      return true;
    } catch {
      return false;
    }
  }
  /** A grown memory leaves old views empty, so each access takes the current buffer. */
  #renew() {
    if (this.#memory === null) throw new HostPanic(nilDereference);
    const { buffer } = this.#memory;
    if (this.#bytes.buffer !== buffer) {
      this.#bytes = new Uint8Array(buffer);
      this.#data = new DataView(buffer);
    }
    return this.#bytes;
  }
};
function pagesFor(bytes) {
  return Math.ceil(bytes / pageBytes);
}

// src/engine/runtime/buffers.ts
function callExport(world, name, input) {
  const { guest, memory, recorder } = world;
  if (!guest.has(name)) throw new GuestError(`function ${name} not exported from WASM module`);
  if (!memory.exists) throw new GuestError("WASM module has no memory");
  if (input.length > maxInputBytes) {
    throw new GuestError(`input too large: ${input.length} bytes (max ${maxInputBytes})`);
  }
  const attempt = guest.has("alloc") && guest.has("dealloc") ? allocatedAttempt : directAttempt;
  let size = firstOutputBytes;
  for (let tries = 0; tries < maxAttempts; tries++) {
    recorder.attempt(size);
    const needed = attempt(world, name, input.bytes, size);
    if (needed === null) return;
    if (needed > maxOutputBytes) {
      throw new GuestError(`guard requires buffer of ${needed} bytes which exceeds maximum of ${maxOutputBytes} bytes`);
    }
    size = needed;
  }
  throw new GuestError(`failed after ${maxAttempts} attempts, buffer size ${size} still insufficient`);
}
function allocatedAttempt(world, name, input, size) {
  const inputAt = allocate(world, "input", input.length);
  try {
    const outputAt = allocate(world, "output", size);
    try {
      return enter(world, name, input, inputAt, outputAt, size);
    } finally {
      release(world, outputAt, size);
    }
  } finally {
    release(world, inputAt, input.length);
  }
}
function directAttempt(world, name, input, size) {
  const { memory, recorder } = world;
  const required = input.length + size + directMarginBytes;
  const before = memory.size;
  if (before < required && !memory.grow(pagesFor(required - before))) {
    throw new GuestError(`failed to grow WASM memory from ${before} to ${required} bytes`);
  }
  recorder.watchMemory("host");
  const outputAt = memory.size - size;
  return enter(world, name, input, outputAt - input.length, outputAt, size);
}
function enter({ shared, guest, memory, recorder }, name, input, inputAt, outputAt, size) {
  if (!memory.write(inputAt, input)) throw new GuestError("failed to write input to WASM memory");
  shared.set(words.phase, phases.label);
  const code = prefixed(
    "WASM function call failed: ",
    () => guest.invoke(name, [inputAt, input.length, outputAt, size])
  );
  if (code === null) throw new GuestError("WASM function returned no results");
  const hint = code === tooSmallCode ? memory.readU32(outputAt) ?? 0 : 0;
  recorder.returned(code, hint);
  if (code === tooSmallCode) return hint > 0 ? hint : 2 * size;
  if (code < 0) throw new GuestError(`WASM function returned error code: ${code}`);
  const output = memory.read(outputAt, code);
  if (output === null) throw new GuestError(`failed to read output from WASM memory (len=${code})`);
  recorder.output(output);
  return null;
}
function allocate({ shared, guest }, what, size) {
  shared.set(words.phase, what === "input" ? phases.allocInput : phases.allocOutput);
  return prefixed(`failed to allocate WASM ${what} buffer: `, () => {
    const pointer = guest.invoke("alloc", [size]);
    if (pointer === null) throw new GuestError("alloc returned no result");
    if (pointer === 0) throw new GuestError("alloc returned null pointer");
    return pointer >>> 0;
  });
}
function release({ shared, guest }, pointer, size) {
  if (pointer === 0 || size === 0) return;
  shared.set(words.phase, phases.dealloc);
  try {
    guest.invoke("dealloc", [pointer, size], "uncancellable");
  } catch (thrown) {
    if (!(thrown instanceof GuestError)) throw thrown;
  }
}
function prefixed(prefix, run) {
  try {
    return run();
  } catch (thrown) {
    throw thrown instanceof GuestError ? thrown.behind(prefix) : thrown;
  }
}

// src/engine/runtime/guest.ts
var import_node_vm = require("node:vm");

// src/engine/runtime/webAssembly.ts
var webAssembly = globalThis.WebAssembly;

// src/engine/runtime/traps.ts
var trapTexts = /* @__PURE__ */ new Map([
  ["unreachable", "unreachable"],
  ["divide by zero", "integer divide by zero"],
  ["remainder by zero", "integer divide by zero"],
  ["divide result unrepresentable", "integer overflow"],
  ["float unrepresentable in integer range", "integer overflow"],
  ["memory access out of bounds", "out of bounds memory access"],
  ["data segment out of bounds", "out of bounds memory access"],
  ["table index is out of bounds", "invalid table access"],
  ["table access out of bounds", "invalid table access"],
  ["element segment out of bounds", "invalid table access"],
  ["null function or function signature mismatch", "indirect call type mismatch"],
  ["function signature mismatch", "indirect call type mismatch"]
]);
var deepestPlace = 1e3;
var stackOverflow = "Maximum call stack size exceeded";
function keepLongStacks() {
  Error.stackTraceLimit = v8StackFrames;
}
function guestErrorOf(thrown, facts) {
  if (thrown instanceof GuestError) return thrown;
  if (thrown instanceof ExitSignal) return exitError(thrown.code);
  if (thrown instanceof HostPanic) {
    const host = facts.imports.get(thrown.from);
    const frames = wasmFrames(thrown).map((frame) => frame.index);
    return new GuestError(`${thrown.message} (recovered by wazero)`, host === void 0 ? frames : [host, ...frames]);
  }
  if (thrown instanceof webAssembly.RuntimeError) {
    const frames = wasmFrames(thrown);
    const site = frames[0] === void 0 ? void 0 : facts.trapSites.get(frames[0].offset);
    const text = site ?? trapTexts.get(thrown.message) ?? thrown.message;
    return new GuestError(
      `wasm error: ${text}`,
      frames.map((frame) => frame.index),
      true
    );
  }
  if (thrown instanceof RangeError && thrown.message === stackOverflow) return new GuestError("stack overflow");
  throw thrown;
}
function wasmFrames(error) {
  const frames = [];
  for (const [, index = "", offset = ""] of (error.stack ?? "").matchAll(
    /wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/gm
  )) {
    frames.push({ index: Number(index), offset: Number.parseInt(offset, 16) });
  }
  return frames;
}
function guestPlace() {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = deepestPlace;
  try {
    return wasmFrames(new Error("place")).map((frame) => `${frame.index}:${frame.offset}`).join(" ");
  } finally {
    Error.stackTraceLimit = limit;
  }
}

// src/core/wasm/valueTypes.ts
var i32 = 127;
var i64 = 126;
var f32 = 125;
var f64 = 124;
var v128 = 123;
var funcref = 112;
var externref = 111;
var exnref = 105;
var refNullPrefix = 99;
var refPrefix = 100;
var nonNullableBit = 256;
var concreteBit = 512;
var typeIndexUnit = 1024;
var heapTypes = /* @__PURE__ */ new Map([
  [-16, funcref],
  [-17, externref],
  [-23, exnref]
]);
function abstractRef(heapType2, nullable) {
  const type = heapTypes.get(heapType2);
  return type === void 0 || nullable ? type : asNonNullable(type);
}
function kindOf(type) {
  return type & 255;
}
function concreteRef(index, nullable) {
  return index * typeIndexUnit + concreteBit + (nullable ? 0 : nonNullableBit) + funcref;
}
function isPlain(type) {
  return type <= 255 && type !== exnref;
}
function isConcrete(type) {
  return (type & concreteBit) !== 0;
}
function typeIndexOf(type) {
  return Math.floor(type / typeIndexUnit);
}
function isRef(type) {
  const kind = kindOf(type);
  return kind === funcref || kind === externref || kind === exnref || isConcrete(type);
}
function isNullable(type) {
  return isRef(type) && (type & nonNullableBit) === 0;
}
function asNonNullable(type) {
  return (type & nonNullableBit) === 0 ? type + nonNullableBit : type;
}
function asNullable(type) {
  return (type & nonNullableBit) === 0 ? type : type - nonNullableBit;
}
function isSubtype(actual, expected) {
  if (actual === expected) return true;
  if (asNullable(actual) === asNullable(expected) && isNullable(expected)) return true;
  return isConcrete(actual) && kindOf(expected) === funcref && (!isNullable(actual) || isNullable(expected));
}
var names = /* @__PURE__ */ new Map([
  [i32, ["i32", "i32"]],
  [i64, ["i64", "i64"]],
  [f32, ["f32", "f32"]],
  [f64, ["f64", "f64"]],
  [v128, ["v128", "v128"]],
  [funcref, ["funcref", "(ref func)"]],
  [externref, ["externref", "(ref extern)"]],
  [exnref, ["exnref", "(ref exn)"]]
]);
function typeName(type) {
  if (isConcrete(type)) return `(ref ${isNullable(type) ? "null " : ""}${typeIndexOf(type)})`;
  const name = names.get(asNullable(type));
  return name === void 0 ? "unknown" : name[(type & nonNullableBit) === 0 ? 0 : 1];
}
function signatureText({ params, results, group }) {
  const side = (types) => types.length === 0 ? "v" : types.map(typeName).join("");
  const suffix = group === void 0 || group.size < 2 ? "" : `|rec${group.position}/${group.size}`;
  return `${side(params)}_${side(results)}${suffix}`;
}
function goNumber(type) {
  return BigInt(isConcrete(type) ? typeIndexOf(type) : 0) << 32n | BigInt(type & typeIndexUnit - 1);
}

// src/engine/runtime/values.ts
var scratch = new DataView(new ArrayBuffer(8));
function toGuest(params, args) {
  const slots = params.reduce((count, type) => count + (type === v128 ? 2 : 1), 0);
  if (slots !== args.length) throw new GuestError(`expected ${slots} params, but passed ${args.length}`);
  return params.map((type, index) => fromBits(kindOf(type), args[index] ?? 0));
}
function fromGuest(results, returned) {
  const type = results[0];
  if (type === void 0) return null;
  const value = (results.length === 1 ? returned : returned[0]) ?? 0;
  if (typeof value === "bigint") return Number(BigInt.asIntN(32, value));
  if (typeof value !== "number") return 0;
  if (type === f32) scratch.setFloat32(0, value, true);
  else if (type === f64) scratch.setFloat64(0, value, true);
  else return value | 0;
  return scratch.getInt32(0, true);
}
function fromBits(kind, bits) {
  if (kind === i64) return BigInt(bits >>> 0);
  if (kind === i32) return bits | 0;
  if (kind === funcref || kind === externref) return null;
  scratch.setUint32(0, bits, true);
  scratch.setUint32(4, 0, true);
  if (kind === f32) return scratch.getFloat32(0, true);
  return kind === f64 ? scratch.getFloat64(0, true) : bits;
}

// src/engine/runtime/guest.ts
var Guest = class {
  #shared;
  #recorder;
  #facts;
  #onClose;
  #instance = null;
  #exitCode = null;
  /** While a closed guest runs: the places from which it called the host, and what was recorded before each. */
  #closedPlaces = null;
  /** `onClose` gives back what the module's system holds, once. */
  constructor(shared, recorder, facts, onClose) {
    this.#shared = shared;
    this.#recorder = recorder;
    this.#facts = facts;
    this.#onClose = onClose;
  }
  attach(instance) {
    this.#instance = instance;
  }
  /** Closes the guest; the first exit code stays. */
  close(exitCode) {
    if (this.#exitCode !== null) return;
    this.#exitCode = exitCode;
    this.#onClose();
  }
  /** Whether the module exports a function of that name. */
  has(name) {
    return this.#facts.functions.has(name);
  }
  /**
   * Calls an exported function with raw i32 values; the result's low 32 bits as signed i32, or null when there is none.
   * Throws `GuestError`.
   */
  invoke(name, args, cancellable = "cancellable") {
    if (cancellable === "cancellable" && this.#contextEnded()) throw exitError(this.#exitCode ?? 0);
    const signature = this.#facts.functions.get(name);
    if (signature === void 0) throw new GuestError(`function ${name} not exported from WASM module`);
    const values = toGuest(signature.params, args);
    let result;
    try {
      result = this.#enter(name, values);
    } finally {
      this.#recorder.watchMemory("guest");
      if (cancellable === "cancellable") this.#contextEnded();
    }
    if (this.#exitCode !== null) throw exitError(this.#exitCode);
    return fromGuest(signature.results, result);
  }
  /** Runs the start function; the module exports it under a private name, which its facts do not list. */
  start(name) {
    if (this.#contextEnded()) throw exitError(this.#exitCode ?? 0);
    this.#enter(name, []);
    this.#contextEnded();
    if (this.#exitCode !== null) throw exitError(this.#exitCode);
  }
  /**
   * To be called first in a host function that a closed guest may reach. A closed guest is stopped at the first loop it enters
   * (wazero spec 6.3). V8 does not tell about loops, but whoever calls the host twice from the same place has gone round one:
   * then what it did since the first time is taken back, and it is stopped.
   */
  passHost() {
    if (this.#closedPlaces === null || this.#exitCode === null) return;
    const place = guestPlace();
    const before = this.#closedPlaces.get(place);
    if (before === void 0) {
      this.#closedPlaces.set(place, this.#recorder.mark());
      return;
    }
    this.#recorder.rewind(before);
    throw new ExitSignal(this.#exitCode);
  }
  #enter(name, values) {
    const entry = this.#instance?.exports[name];
    if (typeof entry !== "function") throw new GuestError(`function ${name} not exported from WASM module`);
    const run = () => entry(...values);
    try {
      return this.#exitCode === null ? run() : this.#runClosed(run, this.#exitCode);
    } catch (thrown) {
      throw guestErrorOf(thrown, this.#facts);
    }
  }
  /** A loop that calls no host function is stopped by V8 after a while; unlike a worker, the instance survives that. */
  #runClosed(run, exitCode) {
    this.#closedPlaces = /* @__PURE__ */ new Map();
    closedRun.current = run;
    try {
      return closedScript().runInThisContext({ timeout: closedRunMs });
    } catch (thrown) {
      if (isTimeout(thrown)) throw new ExitSignal(exitCode);
      throw thrown;
    } finally {
      this.#closedPlaces = null;
      closedRun.current = null;
    }
  }
  /** Whether the call's context has ended; if so, the guest is closed from now on (wazero spec 6.4). */
  #contextEnded() {
    const context = this.#shared.get(words.context);
    if (context === contexts.live) return false;
    this.close(context === contexts.deadline ? deadlineExit : canceledExit);
    return true;
  }
};
var closedRun = { current: null };
var closedRunName = "guardscopeClosedRun";
var script = null;
function closedScript() {
  if (script !== null) return script;
  Object.defineProperty(globalThis, closedRunName, { value: closedRun });
  script = new import_node_vm.Script(`${closedRunName}.current()`);
  return script;
}
function isTimeout(thrown) {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
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
var Recorder = class {
  #shared;
  #journal;
  #memory;
  #startedAt = 0;
  #attempt = 0;
  #logLines = 0;
  #logBytes = 0;
  #logDropped = 0;
  #streamBytes = { stdout: 0, stderr: 0 };
  #backendCalls = 0;
  #backendBytes = 0;
  #grows = 0;
  #memoryBytes = -1;
  constructor(shared, journal, memory) {
    this.#shared = shared;
    this.#journal = journal;
    this.#memory = memory;
  }
  begin() {
    this.#startedAt = performance.now();
    this.#attempt = -1;
    this.#logLines = 0;
    this.#logBytes = 0;
    this.#logDropped = 0;
    this.#streamBytes = { stdout: 0, stderr: 0 };
    this.#backendCalls = 0;
    this.#backendBytes = 0;
    this.#grows = 0;
    this.#shared.set(words.logDropped, 0);
    this.#journal.begin();
    this.#memoryBytes = this.#memory.exists ? this.#memory.size : -1;
    this.#shared.set(words.memory, this.#memoryBytes);
  }
  /** Milliseconds since `begin`. */
  now() {
    return performance.now() - this.#startedAt;
  }
  /** Linear memory as last seen; -1 for none. */
  get memoryBytes() {
    return this.#memoryBytes;
  }
  /** Looks at the size of the memory, and notes who made it grow since the last look. */
  watchMemory(by) {
    if (!this.#memory.exists) return;
    const size = this.#memory.size;
    if (size === this.#memoryBytes) return;
    if (this.#memoryBytes >= 0 && this.#grows < maxGrowEvents) {
      this.#journal.add("grow", this.now(), this.#memoryBytes, size, by === "host" ? 0 : 1);
      this.#grows++;
    }
    this.#memoryBytes = size;
    this.#shared.set(words.memory, size);
  }
  attempt(bufferSize) {
    this.#attempt++;
    this.#journal.add("attempt", this.now(), bufferSize);
  }
  returned(code, hint) {
    this.#journal.add("returned", this.now(), code, hint);
  }
  output(bytes) {
    this.#journal.add("output", this.now(), 0, 0, 0, bytes);
  }
  log(level, message) {
    if (this.#logLines >= maxLogLines || this.#logBytes + message.length > maxLogBytes) {
      this.#logDropped++;
      this.#shared.set(words.logDropped, this.#logDropped);
      return;
    }
    this.#logLines++;
    this.#logBytes += message.length;
    this.#journal.add("log", this.now(), level, Math.max(this.#attempt, 0), 0, message);
  }
  /** Keeps what fits of a write to standard output or error. The first byte over the limit is kept as a sign that there was more. */
  stream(name, bytes) {
    const room = maxStreamBytes + 1 - this.#streamBytes[name];
    if (room <= 0 || bytes.length === 0) return;
    const kept = bytes.subarray(0, room);
    this.#streamBytes[name] += kept.length;
    this.#journal.add(name, this.now(), 0, 0, 0, kept);
  }
  /** Notes that a `call_backend` begins; whether it is listed, that is whether its end is to be noted too. */
  ask(capacity, tool, args) {
    if (this.#backendCalls >= maxBackendRecords) return false;
    this.#backendCalls++;
    const keptTool = this.#kept(tool);
    const keptArgs = this.#kept(args);
    this.#journal.add("ask", this.now(), capacity, Math.max(this.#attempt, 0), keptTool.length, keptTool, keptArgs);
    return true;
  }
  answer(durationMs, code, end, flags, text) {
    const kept = this.#kept(text);
    const keptFlags = kept === text ? flags : flags & answerFlags.reached;
    this.#journal.add("answer", durationMs, code, backendEnds.indexOf(end), keptFlags, kept);
  }
  mark() {
    return { journal: this.#journal.mark(), logLines: this.#logLines, backendCalls: this.#backendCalls };
  }
  rewind(mark) {
    this.#journal.rewind(mark.journal);
    this.#logLines = mark.logLines;
    this.#backendCalls = mark.backendCalls;
  }
  /** The bytes, or none when the call has had its share. */
  #kept(bytes) {
    if (this.#backendBytes + bytes.length > maxBackendBytes) return noBytes;
    this.#backendBytes += bytes.length;
    return bytes;
  }
};
var noBytes = new Uint8Array(0);

// src/engine/runtime/text.ts
function guestText(bytes) {
  if (bytes.length === 0) return "";
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.includes(replacement) ? decodeByteWise(bytes) : text;
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

// src/engine/runtime/hostFunctions.ts
var EnvFunctions = class {
  #world;
  #calls = 0;
  constructor(world) {
    this.#world = world;
  }
  /** A guard call begins: its `call_backend`s are counted anew, over all attempts (gateway spec 1.9). */
  begin() {
    this.#calls = 0;
    this.#world.answering.begin();
  }
  functions = {
    call_backend: (tool, toolLength, args, argsLength, result, capacity) => this.#callBackend(
      { offset: tool >>> 0, length: toolLength >>> 0 },
      { offset: args >>> 0, length: argsLength >>> 0 },
      { offset: result >>> 0, length: capacity >>> 0 }
    ),
    host_log: (level, message, length) => this.#hostLog(level, message >>> 0, length >>> 0)
  };
  /** A message outside the memory is dropped, as the gateway drops it. */
  #hostLog(level, offset, length) {
    const { guest, memory, recorder } = this.#world;
    guest.passHost();
    recorder.watchMemory("guest");
    const message = memory.read(offset, length);
    if (message !== null) recorder.log(level, message);
  }
  #callBackend(tool, args, result) {
    const { guest, memory, recorder } = this.#world;
    guest.passHost();
    recorder.watchMemory("guest");
    const begun = recorder.now();
    const toolBytes = memory.read(tool.offset, tool.length);
    const argsBytes = memory.read(args.offset, args.length);
    const listed = recorder.ask(result.length, toolBytes ?? noBytes2, argsBytes ?? noBytes2);
    const { code, end, reached, text } = this.#answer(toolBytes, argsBytes, result);
    if (listed) {
      const is = text === void 0 ? 0 : text.is === "result" ? answerFlags.resultText : answerFlags.errorText;
      const flags = (reached ? answerFlags.reached : 0) | is;
      recorder.answer(recorder.now() - begun, code, end, flags, text?.bytes ?? noBytes2);
    }
    return code;
  }
  /** The gateway's checks in its order. */
  #answer(toolBytes, argsBytes, result) {
    this.#calls++;
    if (this.#calls > maxBackendCalls) return refused("over-limit");
    if (toolBytes === null) return refused("bad-tool-range");
    if (argsBytes === null) return refused("bad-args-range");
    const tool = guestText(toolBytes);
    let args = null;
    if (argsBytes.length > 0) {
      const decoded = decodeGoJson(guestText(argsBytes));
      if (!decoded.ok) return { ...refused("args-not-json"), text: { is: "error", bytes: Buffer.from(decoded.error) } };
      args = decoded.value;
    }
    const answer = this.#world.answering.answer(tool, args);
    switch (answer.kind) {
      case "deadline":
        return { code: failedCode, end: "deadline", reached: true };
      case "miss":
        return failed("no-recorded-answer", answer.bytes);
      case "error":
        return failed("error", answer.bytes);
      case "result":
        return this.#deliver(answer.bytes, result);
    }
  }
  /** Writes the result, or its length when it is too long for the guest's buffer. */
  #deliver(bytes, { offset, length: capacity }) {
    const { memory } = this.#world;
    const text = { is: "result", bytes };
    if (bytes.length > capacity) {
      if (capacity >= 4) memory.writeU32(offset, bytes.length);
      return { code: tooSmallCode, end: "too-small", reached: true, text };
    }
    return memory.write(offset, bytes) ? { code: bytes.length, end: "answered", reached: true, text } : { code: failedCode, end: "bad-result-range", reached: true, text };
  }
};
var noBytes2 = new Uint8Array(0);
function refused(end) {
  return { code: failedCode, end, reached: false };
}
function failed(end, bytes) {
  return { code: failedCode, end, reached: true, text: { is: "error", bytes } };
}

// src/engine/runtime/clock.ts
var GuestClocks = class {
  #wall = wallClockStart;
  #monotonic = 0n;
  /** Reads clock 0: 2022-01-01T00:00:00Z, then a millisecond later each time. */
  readWall() {
    const now = this.#wall;
    this.#wall += clockStep;
    return now;
  }
  /** Reads clock 1: 0, then a millisecond later each time. */
  readMonotonic() {
    const now = this.#monotonic;
    this.#monotonic += clockStep;
    return now;
  }
};

// src/engine/runtime/randomSeed.ts
var firstValues = [
  "U4x/lrFkv68bl7ufS7RyiOifWxSE8lJNCcnZND6SuhoJ3Z1S39ebhU12Qpthegwxn58NO6VbDGjA1hRMiIU1sYQay+BwmwexWAg/YdN1vNICtB30",
  "+RkpXuGP2p5vguWbTnSOgeeeS669b+NM3LqEDz7o1j6MT/7UHOvqVG2PrLsT3RqsBM4uW6KHfFV5z6Lbx44bC6+uiHgbgqdREIpC/O08kDyqQ0YP",
  "WnhiBhaXiivtDOPGxPOupHvD4ElbVxId/v2+DBAoh1PhANrNLYhfhWkstgfaAKF2HBxwceeWohDcLcJaW3SyOeEpcF4nPwUbySMmgo4rBS9uOBdl",
  "jhBh3EmJR/3zREHyDtTBFgI/qP/jV2tv7Sf/iIl0usDK/Zr80FaSsTYZ53c4lk39x56NbVNDc2Yc/WaT10/sHhuJSVAatyNuS3Uh32KQzyvrQsPg",
  "yicyhWDxqiDAZ86m6L9GB9SrK0aAQCzaX7KCDohdMslg8d6XgoPUaqCaNvlsIJRFF0bj7U2mRkeprotPp7T8ZDoguvoade2XMnqGuLDDmhbxz9Kz",
  "tRIZ+Op5Uzq/RI1lLEedMmB1M0SQWRTIzBzwHZ2jng6SnQK6Sry8sWk5eyS3NOfvCm4BhfGFTetf5CQh/vesIQiR9XSXXikqoriq1wR8Yc2zM3OV",
  "6+csJ6CYwFwhl9rmtzLDB1HfZo+HTiwmnxzgnKhgF6fn4hdIMD/0SRwbI+EcSO1yF1OdaF928u6nmLxk3g5dILKGSyrTwmzZ5jgjQnZaEzrWluUt",
  "92D28cNGXimg3KTRasOg1XATO0XCFXH19UpkuTEFUT/YQpuMGUrhup8qgz2GrnKzZh/obywqxk2/RhX1GCTiMFMSY3t8mcK4fW3wot1e8oNnGQfe",
  "LWcvYfqgvjiG9FeSHsN8Wg5GDPDXA9DofcX1ZhpFAZQzQJpxK2pmm6vXumUiTKLlaXjZpc5i/qKxGoOPFmIuf7VM7j5nVSJtnBg8GTOpFplYXhg7",
  "twkZVi2w5sjXCbnD1zg7mTxpSSqZRbCwz+Pc+S7B/JYQ1+60sZ0JFqJ0I8rCnkQvDjHCgclTlmDwX7N9fkXNG/C8/KsaNGxDTxHPkQBBb6YWlbn1",
  "IC5oNjocePV/R4TgrtnHQ4VkGE4THx4qfIEfvYhbzF5nNOiTPzyy0fJdUvn4x1Svetfh1ieMn1N8hy+ED52Uk9n97a6T2yQglXGPWAuMj+kr7Maq",
  "dsOw3vlIr75hJ6Upz9VrwRs8LoCoN6HGaagijvdoZOwq4M3ra/3fIbEURJd0v9N80ga1ChrOBQq2GZ7zx7OW1hj94Nfhopmabz2fG4t6uBSfct7+",
  "ulxs1P1NOYgskrSyGsgStwNAYt/DBjoOemhisP7xBfcpGcKoekmUxvweQB4RxaS9nH6OqeZdbBLEBGX9NS8sIELsPT72DbZ2l0BRfcdlKzGe7/UW",
  "U1qhHsnzPbE+0fcTrhvjhBMjKF7RA/hxr5vNExUjPDk5ePVTwXCJ6PMmelcMzH45v8rHyKxCviwXLGI1Q9EGMwNtPYNGuBkWrkb/dxPWprL62Qda",
  "nW3zRAWQKexmey60GkAB5RdVb+XLQFsOMXCsrKXHW/evf3tw6GFENtO6A2s7H1iU/kJ5UOfQT7tMJuvhL9XhqSNxmAiiBLjRUbps8spsRirtiBYv",
  "XUXNNbWgdjrn4YPvP7et+Yk29YceTdqKKE7xwJqFu4dDe0G9AzBaOzhsffE22S0iVJlgr6cU8qgp4cL0AhZzvzDFC8FnnVBWiVXJvMGYCJ2V9gPl",
  "l9KvX4/JEc4L46nhJelEw4SXlwjWqnwo/GKejZFHz2kvX7agVZGrSIaHOh6tBaTrpmcdaVFcg92d2K86Otd05QLF/TqDoEY1CKmJMwAhYqDdTB/1",
  "VH9XxFIDHyEh4UFwCKpaV0Vsrt2RwXMprVrODmHq6bZS3zMoALTCq1gndkvYW2jKMtXDrXPCZHhYO8Rxj6Nr5I1lnJA/4XNBAcfk84/Tf7n64/AO",
  "u06bbfR1KocukWTPBfVoF9LInqTWXXYRBg5kh5BZMhtLt1rbFBovHXwv3ngR9IGlzwhqPsPYs753ABL9J6S2/VsCroUlb3Ombt4+TdhXILOVdaSI",
  "1XQNpy9yaVpXDb+CJkfyleIzlUru2s/2NuGwms8g3moQ/5lhQ+3Kb5a/Td/a8AudT81q+Mvbs/YxlFBKNYaopliuYIy17lOata0Z2vK6I9ymZ9/7",
  "plUTTFlKLFWAa9+k51bkuli0i65JDQT6LgejVels+0qJzKvygZ15p02eEoL9CnIUVPGzlPbqvGxmpki639tH2dNQimk4C6YWDV/0tDJ79hlQ4BMb",
  "j1d1I62Gl6c0Y801KAbmru75K3Bem//kDpRm/JkPo67BHkqmfLauuxe3/qjSlRPTHtT/ZR0W5tWZVhmhUV9fU4dpAAXtD3rR8ji7HTNECePBZJWz",
  "c6VvQ6jh0vUTckb8psYz6yTUP4PsDU0tL9ZQb9/u4ooeJDI9gOfLB4RfQ9IjIpoOpCEUSifbt8jEQMHHmPmih00shfEsJIiRv4fS2SmgpMF5pVt7",
  "c+TvqLJBQ0421E8dfXk4jaGeXOr+gyFjdZgm8N85+DNpXKJ5KqZRlUiQvO3cz2atPXOofOGrn4OHfSbWO7sn9bxJe3zWVEdNy4YqvrTdaJugTQ1D",
  "rmigg9al6Px0xBzkrnadJ922IcFkMjnqvTeKLpGprJfid/LAjXFLmMnZ5iwFYspaKW4Sp3YXRC7duCOoLxm6UX0KUktUkrv59yrDTvy5Cq1e3228",
  "IZ+/AjDs8l+mZsmXJGsIHV0sV1uO7wAIsI1hlKCXZAT0LqiEKkhz+w1kh+13faZHBrdImVelnx0qfzbqF6O81VqVn5XRkgTC47+syeDmAwt8AGks",
  "uXxpDJg0wusoKbqb1P+pHa9YGW93XjAn88k7SewvHrmKN+RIiHf/fmx+JCUf4VAR7OfMWvss7ZN6a7ys4+6gkRvXWUANh7m7gLNTwRXLwd5ip3jd",
  "nqBCezWdTCD+IYokRm/cqgfzRUjJR+WglqI/XIlnz0/hKL086pz8xljy7aSxJJKc3M9YII9JTr4zRsGlmu14e5fFdwwN/t6EXPWwB0DctgiUSGbo",
  "P8MyF8HyLyO0yqVgThYgoMOXs6jjR7fLk0PkPl6U/Jel5AhHBG359diIAr4kEqHqNGe2ZVYvMmiHSOSDxeqYCVEjzEIuT3oMjOl0B1OPYV72foGu",
  "NhrVtLz3DyKIMWvFDi6QQ0wrfD2iyg2KICMlTMe4DLY16F2VvSM3QNWTeISiEpU7eRfMDH9F1uwBTR/UC1kNaLRRM3w8AIrL5RIxY/uAnyHLoACf",
  "GVGR4xjQ8zFJ84IlHeA72zX1fc9SuWhDJgqUXJGcjxG5+436hH1mWfugI0rbvDYY40akwcvimU4YFGu6CxanUBjWxAo+WXaxygRoZHScSD0Ex5zJ",
  "rWS2XXYHD2E/35b2SKJW3DwiOu9LzokVlCvZumsAcx2tlYOefD+v/xpMwQkCHltCu3V48Zxwo/d9pTxmJeBIuQuqHnKwERoszFBH6SsoQIlrzjSr",
  "U6mtBJct5MJ/xmRGoXb7ZFoTwl3Lulbku/Y1Xhsq+HpmVDH3RyqWiWGBZp8QH1qZVyy0GiAUF5QgXsb1W4p7XltKxhCO4EUVVTHkOGRH9Tn0yRnc",
  "S77j1SnwSL78DuQWCstKbG4Qct7QQwBQjdXzFVss/AaB2dAJAZaEWYyCdA5tWZPwAffZoj3P8g150q03Tv1e5OyrKAfyubYZBFj++DbEt3Wsr2AO",
  "wVQjlbaM7+ZWjTlgOE692YpOqirr7GazTlY4cNuAPQ8oDj5icKOwGP4Di8gtnIOMD+hE0lawtSnpYvMxM58TWthSlzspyqBFPpAUqIfiARHuARbr",
  "cQvGq67iwk5dkEQtxUpNymRkAzlsNhTGn5yC1jxb8iHHJumsqYvyNAE40v4h2lPeVMi1UAb5P34ByxRr15TF3uaMZxYynB08qbTTgvsQGrl4FiEm",
  "I2vBK/rFKBUkGcam+D1HYM3m8fWbPACqd3fIAAtw4erAyJAiudsTjWbTHQUA3Z8aAkPW6rUP0ngBYcdIScPexyxRq5t4z5ZpWRCILcf1O4/HMgsc",
  "9IRyb/ZLNkHf02nZj3NM2Q5cA9h4TFjAHK76ppahU1k/FCrtYFWLMoCUCvZ65djQK7HmExedOVrDwcxQ3BUfxAXR9zwpHDoq7po6piR4YC/WXHso",
  "Zq3/Nor7+JXYAM5L4Oy8tVU5jJEwycDcEDxkHpGnKi2Xh5bXwGc+nhvgi5P6hCIKgYxDRcFmXIKHkiYS3r7nq5Ola3V0m9KMtEJQ8fxvrK+D/WuQ",
  "JLna/X+rypE3dE4rkECcY8qhZRaSgV/N2neYqEYPFaYIyGbLu52G4ZphEkj+591UJPJ5fnWTDkYRBy2NlA/8ddAcFPkho8AtTosf99pJnXDkb8ww",
  "v150q6KPqcscGpDz7EFD81PzxrER5LMVG7Q3Bueor9fIR/zs+y9R0u9apMbWY4zxPbIap5SHaaW1eKHH1Ok3VVWImHOvaWke2M0RETqzvp/Xk2hc",
  "ceQm6KxZCTRVQFFi5q+PbNitfhjWjtCjKd9GVfFoNfdi7Gbj5c3e67+XyPMyHYbAhuSgv7sFSzm0Xzia7xLLFW2nBjjnmZiQdANd6P8fw3602l13",
  "4PFaFNU7Fa7mvQJb32kKk8BtT1gRrBbylHUlRyT4y/zBc43MiNBnHIHb8XXRrP9ha7pmLYwee/kWWtcWtV14fB5xXutFT0sq1Rga/5dT+MD8Jc1x",
  "RkSknfBbRmoJaX56UlpX6hsJTLXDPbkiyjT/VYOcsBSEGlBEzk0xPDB/ARxiIOx4cr48SOQUolVYYQ942yal5bCtU9g8Gc8PACZRgr3oBYSSNA9I",
  "7NZjaMQKM9DAqbvWtwH/H6QIUFrdiSyKW4T1hLXL4UtJu7rrkBia103Qh8dbOqSHfpQFZydKxXyV+IRzLUcxBYvBiehrQXtZC++xoqXY+apAQCEU",
  "P41rJ90HwAFsKBX39jdqD2XzQGi8F7/AvvtTxWaUcA6rUPpUs2rS576X07eRmCg1G5xaTFpBUIRuAWcyTLGYIExaoMHgPLTyxwPSPNd+SsKx7bCJ",
  "YLONkTnpBcNwkpwztu3tWIBzWtDdfeTiAVHzugIzhN3+mYf/2u0ZDaMPQPCLrMKnV9CERQGO6UwHdq/ewqRfLBw411/Sn1KiXXwQMM6azzNfRkJh",
  "EC3rtGa1qvuMBByWRLGOy8G+bdztx5JI2yr0Aj3+o4Ff6uNlhWrgFRjjurfXTVXYuG1uPz/fck8neqK8mfZueTPThPNK2nSUkLfgmDnyzCPRsRBH",
  "mT/NYorArcws4XcIMW28h1duNlBnKbKQ9IeZMyKOUD6bv2eOIdIcqjO4SEATxRHrf/HBT/Ddh2RaLWVExR3FSghLIwIG+Ox2DPt271Dozsh121q8",
  "0WC2jOlRKXiP+nUC+6Er+7E3r9jWA9a4NVKkR5RgHpS5mHV8FUKRbffLpVrgphM/0kXXbfTEu0JiREoJ0b8OXQKaa6t0p5d3rgBcGkJJADvV2W83",
  "ckUYW0EcQzo4ttHNqu6R58MjjfCanxCVDzMHRdq1Dc3wii9lm5DC0aW/t+aiOvHQ5wxZB/LI+UI9VxY1Dtpleb9pxUNLdDL3WBcA2BX0KLLc/paJ",
  "SDmdblwtx4DGtIsj8LAqmOmYEzWAq4nbVeAX9tJ4y0t3RefdiOp9zwg4xYAsUNl8WKdmE5fsfzaUFiyUiYIWeMTyQXs/cB95hj8rCaYZyMlfObu1",
  "jVqmbmAVkV3yTBYCpoO/RBBfHWv91y2Wti3wm7nVqoVCrisKXsWaWWdH4DD8/VBCpcxYzzjBGGlj7T267Vor7kG7bkwY5RAyvFHGWc/4qOex74h0",
  "NJQMHNw18vsSxh5I/FMA60ho7eCCOXsSfs8FF5AsmBI95xLucehHB50Lav1qLIMoIOojpRz+zlXoxLMND6+DDQthcebwOd8O8GPfHDxx6dGSPE1C",
  "wIcTfjFT1XerBfE+h1ekmS6SdPcMQM5jOLzNRijib9lmFEz7A4nSuXVPW+0UvLT9cKMuCMgVsIfKheupcpUkGpznSNCq8F7+ei54U1+V4DVMD9Y1",
  "n4WMWqvBEEfqXfY4kBA7uqcr9fgJ6Uy+oXMY6KA2ccgIMOeX7m31rEIv6keCA1JXg5ydeXFnDrhVa3ioo9IHemHoE1Ow/BNTRQJzP/ZRC4lH+dHc",
  "heDZfYnrsK2OYcIwATtZ1HSqIat0Fiy+/vPuHdS4RztLij8pBdolEZGenqexEIrQ4PMDoWXJt3+M2Ol0JLxzJQEJzZZfovXEjIuQyNqLtcIh7ehI",
  "/PjwFbvUjBdgHMd63YkorpOVkJ3+B9MUUob7+yumLJScPPFDejo7CW0rBmySMYl2BmBzk0DRlVVMRiOgGgGyTHDxlis="
].join("");

// src/engine/runtime/random.ts
var order = 607;
var lag = 273;
var bytesPerValue = 7;
var GuestRandom = class {
  #values;
  #next = 0;
  #current = 0n;
  #left = 0;
  constructor() {
    this.#values = decodeValues();
  }
  /** Fills the bytes; what is left of the last value is used up by the next read. */
  fill(target) {
    for (let at = 0; at < target.length; at++) {
      if (this.#left === 0) {
        this.#current = this.#nextValue();
        this.#left = bytesPerValue;
      }
      target[at] = Number(this.#current & 0xffn);
      this.#current >>= 8n;
      this.#left--;
    }
  }
  /** The ring holds the last 607 values: the slot to overwrite is x(n-607), and x(n-273) lies 334 slots on. */
  #nextValue() {
    const slot = this.#next % order;
    if (this.#next >= order) {
      const sum = (this.#values[slot] ?? 0n) + (this.#values[(slot + order - lag) % order] ?? 0n);
      this.#values[slot] = BigInt.asUintN(64, sum);
    }
    this.#next++;
    return this.#values[slot] ?? 0n;
  }
};
function decodeValues() {
  const bytes = Buffer.from(firstValues, "base64");
  return BigUint64Array.from({ length: order }, (_, index) => bytes.readBigUInt64LE(index * 8));
}

// src/engine/runtime/wasi/system.ts
var GuestSystem = class {
  memory;
  /** Takes what the guest writes to standard output and error. */
  write;
  #state = { clocks: new GuestClocks(), random: new GuestRandom(), open: /* @__PURE__ */ new Set([0, 1, 2]) };
  constructor(memory, write) {
    this.memory = memory;
    this.write = write;
  }
  /** The state; in a closed module there is none, and wazero stumbles over that (wazero spec 6.3). */
  get state() {
    if (this.#state === null) throw new HostPanic(nilDereference);
    return this.#state;
  }
  /** Drops the state, as closing the module does. */
  close() {
    this.#state = null;
  }
};

// src/engine/runtime/wasi/errno.ts
var errno = {
  success: 0,
  badf: 8,
  fault: 21,
  inval: 28,
  nametoolong: 37,
  nosys: 52,
  notdir: 54,
  notsup: 58,
  perm: 63
};

// src/engine/runtime/wasi/clocks.ts
var wall = 0;
var monotonic = 1;
var resolutions = /* @__PURE__ */ new Map([
  [wall, 1000n],
  [monotonic, 1n]
]);
function clockFunctions(system) {
  return {
    clock_res_get(id, result) {
      const resolution = resolutions.get(id);
      if (resolution === void 0) return errno.inval;
      void system.state;
      return system.memory.writeU64(result >>> 0, resolution) ? errno.success : errno.fault;
    },
    /** A reading that cannot be stored still advances the clock. */
    clock_time_get(id, _precision, result) {
      if (id !== wall && id !== monotonic) return errno.inval;
      const { clocks } = system.state;
      const now = id === wall ? clocks.readWall() : clocks.readMonotonic();
      return system.memory.writeU64(result >>> 0, now) ? errno.success : errno.fault;
    }
  };
}

// src/engine/runtime/wasi/times.ts
var access = 1;
var accessNow = 2;
var modification = 4;
var modificationNow = 8;
function tickTimes(clocks, flags) {
  if ((flags & access) !== 0 && (flags & accessNow) !== 0) return false;
  const ticked = (flags & accessNow) !== 0;
  if (ticked) clocks.readWall();
  if ((flags & modification) !== 0 && (flags & modificationNow) !== 0) return false;
  if ((flags & modificationNow) !== 0 && !ticked) clocks.readWall();
  return true;
}

// src/engine/runtime/wasi/descriptors.ts
var blockDevice = 1;
var fileRights = 0x08e001ffn;
var statusBytes = 24;
var fileStatusBytes = 64;
var direntBytes = 24;
var lastAdvice = 5;
var nonblock = 4;
var synchronous = 2 | 8 | 16;
function descriptorFunctions(system) {
  const isOpen = (fd) => system.state.open.has(fd);
  const answer = (code) => (fd) => isOpen(fd) ? code : errno.badf;
  return {
    fd_advise(fd, _offset, _length, advice) {
      if (!isOpen(fd)) return errno.badf;
      return (advice & 255) > lastAdvice ? errno.inval : errno.success;
    },
    fd_allocate(fd, offset, length) {
      if (!isOpen(fd)) return errno.badf;
      const end = BigInt.asIntN(64, offset + length);
      if (end < 0n) return errno.inval;
      return end === 0n ? errno.success : errno.nosys;
    },
    fd_close: (fd) => system.state.open.delete(fd) ? errno.success : errno.badf,
    fd_datasync: answer(errno.success),
    fd_sync: answer(errno.success),
    fd_fdstat_get(fd, result) {
      const { open } = system.state;
      const status = system.memory.read(result >>> 0, statusBytes);
      if (status === null) return errno.fault;
      if (!open.has(fd)) return errno.badf;
      status.fill(0);
      status[0] = blockDevice;
      system.memory.writeU64((result >>> 0) + 8, fileRights);
      return errno.success;
    },
    fd_fdstat_set_flags(fd, flags) {
      const { open } = system.state;
      if ((flags & synchronous) !== 0) return errno.inval;
      if (!open.has(fd)) return errno.badf;
      return (flags & nonblock) === 0 ? errno.success : errno.nosys;
    },
    fd_fdstat_set_rights: () => errno.nosys,
    fd_filestat_get(fd, result) {
      const { open } = system.state;
      const status = system.memory.read(result >>> 0, fileStatusBytes);
      if (status === null) return errno.fault;
      if (!open.has(fd)) return errno.badf;
      status.fill(0);
      status[16] = blockDevice;
      status[24] = 1;
      return errno.success;
    },
    fd_filestat_set_size: answer(errno.nosys),
    /** wazero falls back to the file system of the descriptor, and a stream has none. */
    fd_filestat_set_times(fd, _access, _modification, flags) {
      const { open, clocks } = system.state;
      if (!open.has(fd)) return errno.badf;
      if (!tickTimes(clocks, flags)) return errno.inval;
      throw new HostPanic(nilDereference);
    },
    /** An open descriptor is "preopened", with an empty name. */
    fd_prestat_get(fd, result) {
      if (!isOpen(fd)) return errno.badf;
      return system.memory.writeU64(result >>> 0, 0n) ? errno.success : errno.fault;
    },
    fd_prestat_dir_name(fd, path, length) {
      if (!isOpen(fd)) return errno.badf;
      if (length !== 0) return errno.nametoolong;
      return system.memory.read(path >>> 0, 0) === null ? errno.fault : errno.success;
    },
    fd_readdir(_fd, _buffer, length) {
      void system.state;
      return length >>> 0 < direntBytes ? errno.inval : errno.badf;
    },
    fd_renumber(from, to) {
      if (!isOpen(from) || to < 0) return errno.badf;
      return errno.notsup;
    },
    fd_seek: answer(errno.nosys),
    fd_tell: answer(errno.nosys)
  };
}

// src/engine/runtime/wasi/environment.ts
function environmentFunctions(system) {
  const list = (entries, texts) => {
    void system.state;
    const fits2 = system.memory.read(entries >>> 0, 0) !== null && system.memory.read(texts >>> 0, 0) !== null;
    return fits2 ? errno.success : errno.fault;
  };
  const sizes = (count, bytes) => {
    void system.state;
    if (!system.memory.writeU32(count >>> 0, 0)) return errno.fault;
    return system.memory.writeU32(bytes >>> 0, 0) ? errno.success : errno.fault;
  };
  return { args_get: list, args_sizes_get: sizes, environ_get: list, environ_sizes_get: sizes };
}

// src/engine/runtime/wasi/paths.ts
var import_node_buffer = require("node:buffer");
function pathFunctions(system) {
  const atPath = (fd, path, length) => {
    const { open } = system.state;
    const bytes = system.memory.read(path >>> 0, length >>> 0);
    if (bytes === null) return errno.fault;
    if (!isInside(bytes)) return errno.perm;
    return open.has(fd) ? errno.notdir : errno.badf;
  };
  return {
    path_create_directory: atPath,
    path_filestat_get: (fd, _flags, path, length) => atPath(fd, path, length),
    path_filestat_set_times(fd, _flags, path, length, _access, _modification, timeFlags) {
      return tickTimes(system.state.clocks, timeFlags) ? atPath(fd, path, length) : errno.inval;
    },
    path_link: (fd, _flags, path, length) => atPath(fd, path, length),
    path_open: (fd, _flags, path, length) => atPath(fd, path, length),
    path_readlink(fd, path, length, _buffer, bufferLength) {
      void system.state;
      return length === 0 || bufferLength === 0 ? errno.inval : atPath(fd, path, length);
    },
    path_remove_directory: atPath,
    path_rename: atPath,
    path_symlink: (_path, _length, fd) => system.state.open.has(fd) ? errno.notdir : errno.badf,
    path_unlink_file: atPath
  };
}
function isInside(bytes) {
  if (!(0, import_node_buffer.isUtf8)(bytes)) return false;
  const path = Buffer.from(bytes).toString("latin1");
  if (path.startsWith("/")) return false;
  let depth = 0;
  for (const part of path.split("/")) {
    if (part === "..") depth--;
    else if (part !== "" && part !== ".") depth++;
    if (depth < 0) return false;
  }
  return true;
}

// src/engine/runtime/wasi/poll.ts
var subscriptionBytes = 48;
var eventBytes = 32;
var clock = 0;
var fdRead = 1;
var fdWrite = 2;
function pollFunctions(system) {
  return {
    poll_oneoff(input, output, count, result) {
      const { memory } = system;
      if (count === 0) return errno.inval;
      const asked = memory.read(input >>> 0, Math.imul(count, subscriptionBytes) >>> 0);
      if (asked === null) return errno.fault;
      const events = memory.read(output >>> 0, Math.imul(count, eventBytes) >>> 0);
      if (events === null) return errno.fault;
      events.fill(0);
      if (!memory.writeU32(result >>> 0, count >>> 0)) return errno.fault;
      return poll(asked, events, count >>> 0, system.state.open);
    }
  };
}
function poll(asked, events, count, open) {
  const waiting = [];
  let written = 0;
  for (let index = 0; index < count; index++) {
    const at = index * subscriptionBytes;
    if (at + subscriptionBytes > asked.length) {
      throw new HostPanic(`runtime error: index out of range [${at + 8}] with length ${asked.length}`);
    }
    const view = new DataView(asked.buffer, asked.byteOffset + at, subscriptionBytes);
    const type = view.getUint8(8);
    if (type === clock) {
      const flags = view.getUint16(40, true);
      if (flags !== 0) return flags === 1 ? errno.notsup : errno.inval;
      writeEvent(events, written++, asked, at, errno.success, type);
    } else if (type === fdRead || type === fdWrite) {
      const fd = view.getInt32(16, true);
      if (fd < 0) return errno.badf;
      if (!open.has(fd)) writeEvent(events, written++, asked, at, errno.badf, type);
      else if (type === fdWrite) writeEvent(events, written++, asked, at, errno.notsup, type);
      else waiting.push(at);
    } else {
      return errno.inval;
    }
  }
  if (waiting.length > 0 && !open.has(0)) return errno.badf;
  for (const at of waiting) writeEvent(events, written++, asked, at, errno.success, fdRead);
  return errno.success;
}
function writeEvent(events, index, asked, at, error, type) {
  const event = events.subarray(index * eventBytes, (index + 1) * eventBytes);
  event.set(asked.subarray(at, at + 8));
  event[8] = error;
  event[9] = 0;
  event[10] = type;
  event[11] = 0;
  event[12] = 0;
  event[13] = 0;
}

// src/engine/runtime/wasi/process.ts
function processFunctions(system, onExit) {
  return {
    /** Ends the call with this code, even when the module was closed with another before (wazero spec 6.2). */
    proc_exit(code) {
      onExit(code >>> 0);
      throw new ExitSignal(code >>> 0);
    },
    proc_raise: () => errno.nosys,
    sched_yield() {
      void system.state;
      return errno.success;
    },
    /** Bytes outside the memory use up nothing of the stream. */
    random_get(buffer, length) {
      const { random } = system.state;
      const target = system.memory.read(buffer >>> 0, length >>> 0);
      if (target === null) return errno.fault;
      random.fill(target);
      return errno.success;
    }
  };
}

// src/engine/runtime/wasi/sockets.ts
function socketFunctions(system) {
  const notASocket = () => {
    void system.state;
    return errno.badf;
  };
  return {
    sock_accept: notASocket,
    sock_recv: notASocket,
    sock_send(_fd, _data, _count, flags) {
      void system.state;
      return flags === 0 ? errno.badf : errno.notsup;
    },
    sock_shutdown: notASocket
  };
}

// src/engine/runtime/wasi/streams.ts
var streamNames = [void 0, "stdout", "stderr"];
function streamFunctions(system) {
  const visit = (list, count, result, skipsEmpty, handle) => {
    const { memory } = system;
    const listBytes = count << 3 >>> 0;
    if (memory.read(list >>> 0, listBytes) === null) return errno.fault;
    let moved = 0;
    for (let at = list >>> 0; at < (list >>> 0) + listBytes; at += 8) {
      const length = memory.readU32(at + 4) ?? 0;
      if (length === 0 && skipsEmpty) continue;
      const bytes = memory.read(memory.readU32(at) ?? 0, length);
      if (bytes === null) return errno.fault;
      const outcome = handle(bytes);
      if (outcome === "stop") break;
      if ("failed" in outcome) return outcome.failed;
      moved += outcome.moved;
    }
    return memory.writeU32(result >>> 0, moved) ? errno.success : errno.fault;
  };
  const bad = () => ({ failed: errno.badf });
  const isOpen = (fd) => system.state.open.has(fd);
  return {
    fd_read(fd, list, count, result) {
      if (!isOpen(fd)) return errno.badf;
      return visit(list, count, result, true, fd === 0 ? () => "stop" : bad);
    },
    fd_pread(fd, list, count, _offset, result) {
      return isOpen(fd) ? visit(list, count, result, true, bad) : errno.badf;
    },
    fd_write(fd, list, count, result) {
      if (!isOpen(fd)) return errno.badf;
      const name = streamNames[fd];
      if (name === void 0) return visit(list, count, result, false, bad);
      return visit(list, count, result, false, (bytes) => {
        system.write(name, bytes);
        return { moved: bytes.length };
      });
    },
    /** No bytes can be written anywhere, and a bad pointer of an empty buffer is still found. */
    fd_pwrite(fd, list, count, _offset, result) {
      if (!isOpen(fd)) return errno.badf;
      return visit(list, count, result, false, (bytes) => bytes.length === 0 ? { moved: 0 } : bad());
    }
  };
}

// src/engine/runtime/wasi/functions.ts
var wasiModule = "wasi_snapshot_preview1";
function wasiFunctions(system, onExit) {
  return {
    ...environmentFunctions(system),
    ...clockFunctions(system),
    ...descriptorFunctions(system),
    ...streamFunctions(system),
    ...pathFunctions(system),
    ...pollFunctions(system),
    ...processFunctions(system, onExit),
    ...socketFunctions(system)
  };
}

// src/engine/runtime/instance.ts
var takenNames = /* @__PURE__ */ new Set(["env", wasiModule]);
var GuardInstance = class {
  #shared;
  #facts;
  #memory = new GuestMemory();
  #recorder;
  #guest;
  #system;
  #env;
  constructor(world, facts) {
    this.#shared = world.shared;
    this.#facts = facts;
    this.#recorder = new Recorder(world.shared, world.journal, this.#memory);
    this.#system = new GuestSystem(this.#memory, (stream, bytes) => this.#recorder.stream(stream, bytes));
    this.#guest = new Guest(world.shared, this.#recorder, facts, () => this.#system.close());
    this.#env = new EnvFunctions({
      guest: this.#guest,
      memory: this.#memory,
      recorder: this.#recorder,
      answering: world.answering
    });
  }
  /** Instantiates the module and runs its start function, which may log; the failure is wazero's text or the gateway's. */
  start(module2, name) {
    return this.#enter(phases.start, () => {
      this.#link(module2);
      this.#runStart();
      if (takenNames.has(name)) throw new GuestError(`module[${name}] has already been instantiated`);
    });
  }
  /** One guard call. */
  call(name, input) {
    const world = { shared: this.#shared, guest: this.#guest, memory: this.#memory, recorder: this.#recorder };
    return this.#enter(phases.label, () => callExport(world, name, input));
  }
  #enter(phase, run) {
    this.#recorder.begin();
    this.#env.begin();
    this.#shared.set(words.phase, phase);
    const memoryBefore = this.#recorder.memoryBytes;
    let failure = null;
    try {
      run();
    } catch (thrown) {
      if (!(thrown instanceof GuestError)) throw thrown;
      failure = { text: thrown.message, frames: thrown.frames, isTrap: thrown.isTrap };
    }
    this.#recorder.watchMemory("guest");
    this.#shared.set(words.phase, phases.idle);
    return { failure, memoryBefore, memoryAfter: this.#recorder.memoryBytes, durationMs: this.#recorder.now() };
  }
  #link(module2) {
    const imports = {
      env: named("env", this.#env.functions),
      [wasiModule]: named(
        wasiModule,
        wasiFunctions(this.#system, (code) => this.#guest.close(code))
      )
    };
    let instance;
    try {
      instance = new webAssembly.Instance(module2, imports);
    } catch (thrown) {
      throw new GuestError(thrown instanceof Error ? thrown.message : String(thrown));
    }
    this.#guest.attach(instance);
    const { memoryExport } = this.#facts;
    if (memoryExport !== null) this.#memory.attach(instance.exports[memoryExport]);
    this.#recorder.watchMemory("guest");
  }
  #runStart() {
    const { start } = this.#facts;
    if (start === null) return;
    try {
      this.#guest.start(start.export);
    } catch (thrown) {
      if (thrown instanceof GuestError && !thrown.isExit) throw thrown.behind(`${start.label} failed: `);
      throw thrown;
    }
  }
};
function named(module2, functions) {
  const entries = Object.entries(functions).map(([name, run]) => {
    const wrapped = (...args) => {
      try {
        return run(...args);
      } catch (thrown) {
        if (thrown instanceof HostPanic) thrown.from = `${module2}.${name}`;
        throw thrown;
      }
    };
    return [name, wrapped];
  });
  return Object.fromEntries(entries);
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
var noBytes3 = new Uint8Array(0);
var JournalWriter = class {
  #shared;
  #post;
  #length = 0;
  #parts = 0;
  constructor(shared, post) {
    this.#shared = shared;
    this.#post = post;
  }
  /** Starts anew for the next entry into the guest. */
  begin() {
    this.#length = 0;
    this.#parts = 0;
    this.#publish();
  }
  /** Appends an entry; its payload may come in two pieces. */
  add(kind, time, a = 0, b = 0, c = 0, first = noBytes3, second = noBytes3) {
    const payload = first.length + second.length;
    const size = headBytes + padded(payload);
    const { journal, journalView } = this.#shared;
    if (this.#length + size > journal.length) this.#flush();
    if (size > journal.length) {
      const part = new Uint8Array(size);
      writeEntry(part, viewOf(part), 0, kind, time, a, b, c, first, second);
      this.#postPart(part);
      return;
    }
    writeEntry(journal, journalView, this.#length, kind, time, a, b, c, first, second);
    this.#length += size;
    this.#publish();
  }
  /** A place to come back to. */
  mark() {
    return { parts: this.#parts, length: this.#length };
  }
  /** Takes back what was added since `mark`, unless it has been posted. */
  rewind(mark) {
    if (mark.parts !== this.#parts) return;
    this.#length = mark.length;
    this.#publish();
  }
  #flush() {
    if (this.#length === 0) return;
    this.#postPart(this.#shared.journal.slice(0, this.#length));
  }
  #postPart(part) {
    this.#post(new Uint8Array(part));
    this.#parts++;
    this.#length = 0;
    this.#publish();
  }
  #publish() {
    this.#shared.set(words.journal, (this.#parts << journalLengthBits | this.#length) >>> 0);
  }
};
function writeEntry(target, view, at, kind, time, a, b, c, first, second) {
  view.setUint32(at, entryKinds.indexOf(kind), true);
  view.setUint32(at + 4, first.length + second.length, true);
  view.setFloat64(at + 8, time, true);
  view.setInt32(at + 16, a, true);
  view.setInt32(at + 20, b, true);
  view.setInt32(at + 24, c, true);
  target.set(first, at + headBytes);
  target.set(second, at + headBytes + first.length);
}
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
function padded(length) {
  return length + 7 & ~7;
}

// src/core/wasm/leb128.ts
function encodeU32(value) {
  const bytes = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push(rest % 128 | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
function skipLeb128(bytes, at) {
  let position = at;
  while ((bytes[position] ?? 0) >= 128) position++;
  return position + 1;
}

// src/core/wasm/memoryCap.ts
var pageSize = 65536;
var memoryCapPages = 512;
var maxPages = 65536;
function effectiveMax(limits) {
  return limits.max === null ? memoryCapPages : Math.min(limits.max, memoryCapPages);
}
function memoryLimitsError(limits) {
  const { min, max: declared } = limits;
  if (declared !== null && declared > maxPages) return `max ${pages(declared)} over limit of ${pages(memoryCapPages)}`;
  if (min > memoryCapPages) return `min ${pages(min)} over limit of ${pages(memoryCapPages)}`;
  const max = effectiveMax(limits);
  if (min > max) return `min ${pages(min)} > max ${pages(max)}`;
  return null;
}
function pages(count) {
  let size = count * 64 % 2 ** 32;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size = Math.floor(size / 1024);
    unit++;
  }
  return `${count} pages (${size} ${units[unit]})`;
}
var units = ["Ki", "Mi", "Gi", "Ti"];

// src/core/wasm/refused.ts
var Refused = class extends Error {
  /** wazero does not answer here but panics, and the gateway dies with it (wazero spec 2.3). */
  panic;
  constructor(message, panic = false) {
    super(message);
    this.panic = panic;
  }
};
function within(context, read) {
  try {
    return read();
  } catch (thrown) {
    throw inContext(context, thrown);
  }
}
function inContext(context, thrown) {
  return thrown instanceof Refused && !thrown.panic ? new Refused(`${context}: ${thrown.message}`) : thrown;
}
function refusalOf(read) {
  try {
    read();
    return null;
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown;
    throw thrown;
  }
}

// src/core/wasm/cursor.ts
var strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
var overflow32 = "overflows a 32-bit integer";
var twoTo32 = 2 ** 32;
var twoTo33 = 2 ** 33;
var Cursor = class {
  bytes;
  end;
  /** Offset of the next byte. May be set beyond the end, as wazero's validator does; reading there is `EOF`. */
  at;
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }
  get left() {
    return Math.max(0, this.end - this.at);
  }
  byte() {
    if (this.at >= this.end) throw new Refused("EOF");
    return this.bytes[this.at++] ?? 0;
  }
  /** Passes over `count` bytes; refuses with `EOF` when none is left and `unexpected EOF` when some are. */
  pass(count) {
    const left = this.left;
    if (count > left) {
      this.at = this.end;
      throw new Refused(left === 0 ? "EOF" : "unexpected EOF");
    }
    this.at += count;
  }
  /** Like `pass`, for bytes that nobody looks at: its one refusal is `EOF`. */
  discard(count) {
    const enough = count <= this.left;
    this.at = enough ? this.at + count : this.end;
    if (!enough) throw new Refused("EOF");
  }
  u32() {
    let value = 0;
    let scale = 1;
    for (let read = 1; read <= 5; read++) {
      const byte = this.byte();
      if (byte < 128) {
        if (read === 5 && byte > 15) throw new Refused(overflow32);
        return value + byte * scale;
      }
      value += (byte & 127) * scale;
      scale *= 128;
    }
    throw new Refused(overflow32);
  }
  /** A signed 32-bit number. wazero reads on while bytes say that more follow, and only then counts them. */
  s32() {
    let value = 0;
    let shift = 0;
    let byte;
    let read = 0;
    do {
      byte = this.#signedByte();
      if (shift < 32) value |= (byte & 127) << shift;
      shift += 7;
      read++;
    } while (byte >= 128);
    if (shift < 32 && (byte & 64) !== 0) value |= -1 << shift;
    if (read > 5 || read === 5 && (byte & 48) !== (value < 0 ? 48 : 0)) throw new Refused(overflow32);
    return value;
  }
  /** A signed 33-bit number: a block type or a heap type. */
  s33() {
    let value = 0;
    let shift = 0;
    let byte = 128;
    while (shift < 35 && byte >= 128) {
      byte = this.#signedByte();
      value += (byte & 127) * 2 ** shift;
      shift += 7;
    }
    if (shift < 33 && (byte & 64) !== 0) value += twoTo33 - 2 ** shift;
    value %= twoTo33;
    if (value >= twoTo32) value -= twoTo33;
    if (shift === 35 && (byte & 32) !== (value < 0 ? 32 : 0)) throw new Refused("overflows a 33-bit integer");
    return value;
  }
  /** Passes over a signed 64-bit number; nothing here needs its value. */
  s64() {
    let byte;
    let read = 0;
    do {
      byte = this.#signedByte();
      read++;
    } while (byte >= 128);
    const negative = (byte & 1) !== 0;
    if (read > 10 || read === 10 && (byte & 62) !== (negative ? 62 : 0)) {
      throw new Refused("overflows a 64-bit integer");
    }
  }
  /** A text with its length in front; `what` names it in the refusal. */
  utf8(what) {
    let size;
    try {
      size = this.u32();
    } catch (thrown) {
      throw thrown instanceof Refused ? new Refused(`failed to read ${what} size: ${thrown.message}`) : thrown;
    }
    const start = this.at;
    try {
      this.pass(size);
    } catch (thrown) {
      throw thrown instanceof Refused ? new Refused(`failed to read ${what}: ${thrown.message}`) : thrown;
    }
    return this.#text(start, what);
  }
  /** The bytes from `start` to here as text. Short ASCII, which names are, goes without a decoder. */
  #text(start, what) {
    const { bytes, at } = this;
    if (at - start < 48) {
      let text = "";
      let next = start;
      while (next < at) {
        const byte = bytes[next] ?? 128;
        if (byte >= 128) break;
        text += String.fromCharCode(byte);
        next++;
      }
      if (next === at) return text;
    }
    try {
      return strictUtf8.decode(bytes.subarray(start, at));
    } catch {
      throw new Refused(`${what} is not valid UTF-8`);
    }
  }
  #signedByte() {
    if (this.at >= this.end) throw new Refused("readByte failed: EOF");
    return this.bytes[this.at++] ?? 0;
  }
};

// src/core/wasm/decodeConst.ts
var op = {
  end: 11,
  globalGet: 35,
  i32Const: 65,
  i64Const: 66,
  f32Const: 67,
  f64Const: 68,
  refNull: 208,
  refFunc: 210,
  vector: 253
};
var v128Const = 12;
var extendedConst = /* @__PURE__ */ new Map([
  [106, "i32.add"],
  [107, "i32.sub"],
  [108, "i32.mul"],
  [124, "i64.add"],
  [125, "i64.sub"],
  [126, "i64.mul"]
]);
function readConstExpression(cursor) {
  const start = cursor.at;
  for (; ; ) {
    const opcode = within("read const expression opcode", () => cursor.byte());
    if (opcode === op.end) return { start, end: cursor.at };
    readInstruction(cursor, opcode);
  }
}
function readInstruction(cursor, opcode) {
  switch (opcode) {
    case op.i32Const:
      within("read value", () => cursor.s32());
      return;
    case op.i64Const:
      within("read value", () => cursor.s64());
      return;
    case op.f32Const:
      within("read f32 constant", () => cursor.pass(4));
      return;
    case op.f64Const:
      within("read f64 constant", () => cursor.pass(8));
      return;
    case op.globalGet:
    case op.refFunc:
      within("read value", () => cursor.u32());
      return;
    case op.refNull:
      readRefNull(cursor);
      return;
    case op.vector:
      readVector(cursor);
      return;
  }
  const gated2 = extendedConst.get(opcode);
  if (gated2 === void 0) throw new Refused(`invalid byte for const expression op code: 0x${opcode.toString(16)}`);
  throw new Refused(`${gated2} is not supported in a constant expression as feature "extended-const" is disabled`);
}
function readRefNull(cursor) {
  const byte = within("read reference type for ref.null", () => cursor.byte());
  if (byte === funcref || byte === externref || byte === exnref) return;
  cursor.at--;
  try {
    cursor.u32();
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(`invalid type for ref.null: 0x${byte.toString(16)}`) : thrown;
  }
}
function readVector(cursor) {
  const opcode = within("read vector instruction opcode suffix", () => cursor.byte());
  if (opcode !== v128Const) throw new Refused(`invalid vector opcode for const expression: 0x${opcode.toString(16)}`);
  const read = Math.min(16, cursor.left);
  cursor.at += read;
  const context = "read vector const instruction immediates";
  if (read === 0) throw new Refused(`${context}: EOF`);
  if (read < 16) throw new Refused(`${context}: needs 16 bytes but was ${read} bytes`);
}
function evaluateConst(bytes, span, resolver) {
  const cursor = new Cursor(bytes, span.start, span.end);
  const stack = [];
  for (; ; ) {
    const opcode = cursor.byte();
    if (opcode === op.end) break;
    stack.push(evaluateInstruction(cursor, opcode, resolver));
  }
  const [only] = stack;
  if (only === void 0 || stack.length !== 1) {
    throw new Refused("stack has more than one value at end of constant expression");
  }
  return only;
}
function evaluateInstruction(cursor, opcode, resolver) {
  switch (opcode) {
    case op.i32Const:
      return { type: i32, value: cursor.s32() };
    case op.i64Const:
      cursor.s64();
      return { type: i64, value: 0 };
    case op.f32Const:
      cursor.pass(4);
      return { type: f32, value: 0 };
    case op.f64Const:
      cursor.pass(8);
      return { type: f64, value: 0 };
    case op.globalGet:
      return { type: resolver.global(cursor.u32()), value: 0 };
    case op.refFunc:
      resolver.func(cursor.u32());
      return { type: funcref, value: 0 };
    case op.refNull:
      return { type: nullType(cursor), value: 0 };
    default:
      cursor.pass(17);
      return { type: v128, value: 0 };
  }
}
function nullType(cursor) {
  const byte = cursor.byte();
  if (byte === funcref || byte === externref || byte === exnref) return byte;
  cursor.at--;
  return concreteRef(cursor.u32(), true);
}

// src/core/wasm/segments.ts
function dataError(module2) {
  const size = (module2.memory?.min ?? 0) * pageSize;
  for (const [index, { offset, init }] of module2.data.entries()) {
    if (offset === null) continue;
    if (constantOffset(module2, offset) + (init.end - init.start) > size) {
      return `data[${index}]: out of bounds memory access`;
    }
  }
  return null;
}
function inertElements(module2, spaces) {
  const inert = /* @__PURE__ */ new Set();
  let stopped = false;
  for (const segment of module2.elements) {
    if (segment.mode === "passive" && segment.type === externref) inert.add(segment);
    if (segment.offset === null) continue;
    const count = (segment.functions ?? segment.expressions ?? []).length;
    const room = spaces.tables[segment.table]?.min ?? 0;
    const fits2 = constantOffset(module2, segment.offset) + count <= room;
    if (!fits2 && count > 0) stopped = true;
    if (!fits2 || stopped) inert.add(segment);
  }
  return inert;
}
function constantOffset(module2, offset) {
  const resolver = { global: () => 127, func: () => void 0 };
  return evaluateConst(module2.bytes, offset, resolver).value >>> 0;
}

// src/core/wasm/sections.ts
var sectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13
};
var sectionNames = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data_count",
  "tag"
];
function sectionName(id) {
  return sectionNames[id] ?? "unknown";
}
function inOrder(id, previous) {
  if (id === sectionId.custom) return true;
  if (id === sectionId.tag) return previous <= sectionId.memory;
  if (previous === sectionId.tag) return id >= sectionId.global;
  if (id > sectionId.dataCount) return false;
  if (id === sectionId.dataCount) return previous <= sectionId.element;
  if (previous === sectionId.dataCount) return id >= sectionId.code;
  return id > previous;
}
var preambleSize = 8;
var magic = [0, 97, 115, 109];
var version = [1, 0, 0, 0];
function hasMagic(bytes) {
  return magic.every((byte, index) => bytes[index] === byte);
}
function hasPreamble(bytes) {
  return hasMagic(bytes) && version.every((byte, index) => bytes[magic.length + index] === byte);
}

// src/core/wasm/vectorSection.ts
function appendEntries({ bytes, sections }, id, count, entries) {
  if (entries.length === 0) return [];
  const content = entries.flat();
  const newCount = encodeU32(count + entries.length);
  const section = sections.find((each) => each.id === id);
  if (section !== void 0) {
    const { start, end } = section;
    return [
      { start, end: skipLeb128(bytes, start), bytes: newCount, inside: section },
      { start: end, end, bytes: content, inside: section }
    ];
  }
  const whole = [...newCount, ...content];
  const next = sections.find((each) => rank2(each.id) > rank2(id));
  const at = next?.header ?? bytes.length;
  return [{ start: at, end: at, bytes: [id, ...encodeU32(whole.length), ...whole], inside: null }];
}
function rank2(id) {
  return id === sectionId.custom ? -1 : order2.indexOf(id);
}
var order2 = [
  sectionId.type,
  sectionId.import,
  sectionId.function,
  sectionId.table,
  sectionId.memory,
  sectionId.tag,
  sectionId.global,
  sectionId.export,
  sectionId.start,
  sectionId.element,
  sectionId.dataCount,
  sectionId.code,
  sectionId.data
];

// src/core/wasm/adapt.ts
function adapt(module2, spaces) {
  const exports2 = new PrivateExports(module2);
  const own = module2.exports.find((each) => each.kind === "memory")?.name;
  const memoryExport = spaces.memory === null ? null : own ?? exports2.add("guardscope:memory", "memory", 0);
  const startExport = module2.start === null ? null : exports2.add("guardscope:start", "func", module2.start);
  const flagIndex = spaces.globals.length;
  const closedFlag = canClose(module2) ? { export: exports2.add("guardscope:closed", "global", flagIndex), index: flagIndex } : null;
  return {
    memoryExport,
    startExport,
    closedFlag,
    edits: [
      ...capMemory(module2),
      ...closedFlag === null ? [] : appendEntries(module2, sectionId.global, module2.globals.length, [flagGlobal]),
      ...appendEntries(module2, sectionId.export, module2.exports.length, exports2.entries),
      ...removeStart(module2),
      ...emptyElements(module2, spaces)
    ]
  };
}
var flagGlobal = [i32, 1, 65, 0, 11];
function canClose({ imports }) {
  return imports.some((each) => each.module === "wasi_snapshot_preview1" && each.name === "proc_exit");
}
var kindBytes = { func: 0, memory: 2, global: 3 };
var PrivateExports = class {
  entries = [];
  #taken;
  constructor({ exports: exports2 }) {
    this.#taken = new Set(exports2.map((each) => each.name));
  }
  /** Gives the name, with as many quotes behind it as it takes to be free. */
  add(name, kind, index) {
    let free = name;
    while (this.#taken.has(free)) free += "'";
    this.#taken.add(free);
    const text = [...new TextEncoder().encode(free)];
    this.entries.push([...encodeU32(text.length), ...text, kindBytes[kind], ...encodeU32(index)]);
    return free;
  }
};
function sectionOf(module2, id) {
  return module2.sections.find((each) => each.id === id);
}
function capMemory(module2) {
  const { memory } = module2;
  const inside = sectionOf(module2, sectionId.memory);
  if (memory === null || inside === void 0 || memory.max === effectiveMax(memory)) return [];
  const bytes = [1, ...encodeU32(memory.min), ...encodeU32(effectiveMax(memory))];
  return [{ start: memory.start, end: memory.end, bytes, inside }];
}
function removeStart(module2) {
  const section = sectionOf(module2, sectionId.start);
  return section === void 0 ? [] : [{ start: section.header, end: section.end, bytes: [], inside: null }];
}
function emptyElements(module2, spaces) {
  const inside = sectionOf(module2, sectionId.element);
  if (inside === void 0) return [];
  return [...inertElements(module2, spaces)].map((segment) => {
    return { start: segment.start, end: segment.end, bytes: declarative(module2, segment), inside };
  });
}
function declarative(module2, { functions, expressions, type }) {
  if (functions !== null) return [3, 0, ...encodeU32(functions.length), ...functions.flatMap(encodeU32)];
  const values = (expressions ?? []).flatMap(({ start, end }) => [...module2.bytes.subarray(start, end)]);
  const byte = type <= 255 ? type : funcref;
  return [7, byte, ...encodeU32(expressions?.length ?? 0), ...values];
}

// src/core/wasm/decodeTypes.ts
var plainTypes = /* @__PURE__ */ new Set([i32, i64, f32, f64, v128, funcref, externref, exnref]);
var maxTableMin = 2 ** 27;
function isPlainType(byte) {
  return plainTypes.has(byte);
}
function isRefPrefix(byte) {
  return byte === refNullPrefix || byte === refPrefix;
}
function readRefType(cursor, nullable) {
  const heapType2 = within("read ref heap type", () => cursor.s33());
  const abstract = abstractRef(heapType2, nullable);
  if (abstract !== void 0) return abstract;
  if (heapType2 < 0) throw new Refused(`unknown abstract heap type: ${heapType2}`);
  return concreteRef(heapType2, nullable);
}
function readValueType(cursor) {
  const byte = cursor.byte();
  if (isPlainType(byte)) return byte;
  if (isRefPrefix(byte)) return readRefType(cursor, byte === refNullPrefix);
  throw new Refused(`invalid value type: ${byte}`);
}
function readValueTypes(cursor, count) {
  const types = [];
  for (let read = 0; read < count; read++) types.push(readValueType(cursor));
  return types;
}
function readTypes(cursor) {
  const count = within("get size of vector", () => cursor.u32());
  const types = [];
  for (let index = 0; index < count; index++) {
    const context = `read ${index}-th type`;
    const form = within(context, () => cursor.byte());
    if (form === 78) {
      readGroup(cursor, types);
      continue;
    }
    cursor.at--;
    const type = within(context, () => readSignature(cursor));
    checkForwardRefs(type, types.length);
    types.push(type);
  }
  return types;
}
function readGroup(cursor, types) {
  const size = within("read rec group count", () => cursor.u32());
  const first = types.length;
  for (let position = 0; position < size; position++) {
    const type = within(`read ${position}-th type in rec group`, () => readSignature(cursor));
    types.push({ ...type, group: { position, size } });
  }
  for (const type of types.slice(first)) checkForwardRefs(type, first + size);
}
function readSignature(cursor) {
  const form = within("read leading byte", () => cursor.byte());
  if (form !== 96) throw new Refused(`invalid byte: ${hex(form)} != 0x60`);
  const paramCount = within("could not read parameter count", () => cursor.u32());
  const params = within("could not read parameter types", () => readValueTypes(cursor, paramCount));
  const resultCount = within("could not read result count", () => cursor.u32());
  const results = within("could not read result types", () => readValueTypes(cursor, resultCount));
  return { params, results };
}
function checkForwardRefs(type, known) {
  const check2 = (types, side) => {
    for (const [index, each] of types.entries()) {
      if (!isConcrete(each) || typeIndexOf(each) < known) continue;
      throw new Refused(`unknown type index ${typeIndexOf(each)} in ${side}[${index}]`);
    }
  };
  check2(type.params, "param");
  check2(type.results, "result");
}
function readLimits(cursor) {
  const flag = within("read leading byte", () => cursor.byte());
  if (flag > 3) throw new Refused(`invalid byte for limits: ${hex(flag)} not in (0x00, 0x01, 0x02, 0x03)`);
  const min = within("read min of limit", () => cursor.u32());
  const max = (flag & 1) === 0 ? null : within("read max of limit", () => cursor.u32());
  return { min, max, shared: flag >= 2 };
}
function readTable(cursor) {
  let byte = within("read leading byte", () => cursor.byte());
  const hasInit = byte === 64;
  if (hasInit) {
    const reserved = within("read reserved byte after 0x40", () => cursor.byte());
    if (reserved !== 0) {
      throw new Refused(`expected 0x00 after 0x40 table prefix, got 0x${reserved.toString(16).padStart(2, "0")}`);
    }
    byte = within("read table ref type", () => cursor.byte());
  }
  const type = isRefPrefix(byte) ? readRefType(cursor, byte === refNullPrefix) : byte;
  const { min, max, shared } = within("read limits", () => readLimits(cursor));
  if (min > maxTableMin) throw new Refused(`table min must be at most ${maxTableMin}`);
  if (max !== null && max < min) throw new Refused("table size minimum must not be greater than maximum");
  if (shared) throw new Refused("tables cannot be marked as shared");
  const init = hasInit ? within("read table init expr", () => readConstExpression(cursor)) : null;
  return { type, min, max, init };
}
function readGlobalType(cursor) {
  const type = within("read value type", () => readValueType(cursor));
  const mutability = within("read mutablity", () => cursor.byte());
  if (mutability > 1) throw new Refused(`invalid byte for mutability: ${hex(mutability)} != 0x00 or 0x01`);
  return { type, mutable: mutability === 1 };
}
function hex(value) {
  return `0x${value.toString(16)}`;
}

// src/core/wasm/decodeCode.ts
var endOpcode = 11;
var maxLocals = 2 ** 32 - 1;
function readCode(cursor) {
  const count = within("get size of vector", () => cursor.u32());
  const code = [];
  let hasLaterTypes = false;
  for (let index = 0; index < count; index++) {
    try {
      const entry = readEntry(cursor);
      hasLaterTypes ||= entry.hasLaterTypes;
      code.push(entry.code);
    } catch (thrown) {
      throw inContext(`read ${index}-th code segment`, thrown);
    }
  }
  return { code, hasLaterTypes };
}
function readLocals(cursor) {
  const runs = [];
  const count = cursor.u32();
  for (let read = 0; read < count; read++) {
    const size = cursor.u32();
    const byte = cursor.byte();
    const type = isRefPrefix(byte) ? readRefType(cursor, byte === refNullPrefix) : byte;
    runs.push({ count: size, type });
  }
  return runs;
}
function readEntry(cursor) {
  const start = cursor.at;
  const size = readU32(cursor, "get the size of code");
  const locals = cursor.at;
  const end = locals + size;
  const runs = readU32(cursor, "get the size locals");
  if (cursor.at > end) throw new Refused("EOF");
  const firstRun = cursor.at;
  const { localCount, hasLaterTypes } = checkLocals(cursor, runs);
  if (runs > 0) {
    cursor.at = firstRun;
    fitLocals(cursor, runs, end);
  }
  const body = cursor.at;
  if (body > end) throw new Refused("runtime error: makeslice: len out of range", true);
  within("read body", () => cursor.pass(end - body));
  if (end === body || cursor.bytes[end - 1] !== endOpcode) throw new Refused("expr not end with OpcodeEnd");
  return { code: { start, end, locals, localCount, body: { start: body, end } }, hasLaterTypes };
}
function checkLocals(cursor, runs) {
  let localCount = 0;
  let hasLaterTypes = false;
  for (let read = 0; read < runs; read++) {
    localCount += readU32(cursor, "read n of locals");
    const byte = within("read type of local", () => cursor.byte());
    if (isRefPrefix(byte)) within("read local ref heap type", () => cursor.s33());
    else if (!isPlainType(byte)) throw new Refused(`invalid local type: ${hex(byte)}`);
    hasLaterTypes ||= isRefPrefix(byte) || byte === exnref;
  }
  if (localCount > maxLocals) throw new Refused(`too many locals: ${localCount}`);
  return { localCount, hasLaterTypes };
}
function fitLocals(cursor, runs, end) {
  for (let read = 0; read < runs; read++) {
    cursor.u32();
    if (cursor.at + 1 > end) throw new Refused("EOF");
    const byte = cursor.byte();
    if (isRefPrefix(byte)) readRefType(cursor, byte === refNullPrefix);
  }
}
function readU32(cursor, context) {
  try {
    return cursor.u32();
  } catch (thrown) {
    throw inContext(context, thrown);
  }
}

// src/core/wasm/decodeSpaces.ts
var kinds = ["func", "table", "memory", "global", "tag"];
function readImports(cursor) {
  const count = readCount(cursor);
  const imports = [];
  for (let index = 0; index < count; index++) {
    const module2 = within(`import[${index}] error decoding module`, () => cursor.utf8("import module"));
    const name = within(`import[${index}] error decoding name`, () => cursor.utf8("import name"));
    const kind = within(`import[${index}] error decoding type`, () => cursor.byte());
    const what = `import[${index}] ${kinds[kind] ?? hex(kind)}[${module2}.${name}]`;
    imports.push(within(what, () => readImport(cursor, kind, module2, name)));
  }
  return imports;
}
function readImport(cursor, kind, module2, name) {
  switch (kind) {
    case 0:
      return { module: module2, name, kind: "func", typeIndex: cursor.u32() };
    case 1:
      return { module: module2, name, kind: "table", table: readTable(cursor) };
    case 2:
      return { module: module2, name, kind: "memory", memory: readMemoryType(cursor) };
    case 3:
      return { module: module2, name, kind: "global", global: readGlobalType(cursor) };
    case 4:
      throw new Refused('tag imports require exception handling feature: feature "exception-handling" is disabled');
    default:
      throw new Refused(`invalid byte: invalid byte for importdesc: ${hex(kind)}`);
  }
}
function readFunctions(cursor) {
  const count = readCount(cursor);
  const functions = [];
  try {
    for (let read = 0; read < count; read++) functions.push(cursor.u32());
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(`get type index: ${thrown.message}`) : thrown;
  }
  return functions;
}
function readTables(cursor) {
  const count = readSize(cursor);
  const tables = [];
  for (let read = 0; read < count; read++) tables.push(readTable(cursor));
  return tables;
}
function readMemory(cursor) {
  const count = readSize(cursor);
  if (count > 1) throw new Refused(`at most one memory allowed in module, but read ${count}`);
  return count === 0 ? null : readMemoryType(cursor);
}
function readMemoryType(cursor) {
  const start = cursor.at;
  const { min, max, shared } = readLimits(cursor);
  if (shared) throw new Refused("shared memory requested but threads feature not enabled");
  const error = memoryLimitsError({ min, max });
  if (error !== null) throw new Refused(error);
  return { min, max, start, end: cursor.at };
}
function readGlobals(cursor) {
  const count = readCount(cursor);
  const globals = [];
  for (let index = 0; index < count; index++) {
    globals.push(within(`global[${index}]`, () => ({ ...readGlobalType(cursor), init: readConstExpression(cursor) })));
  }
  return globals;
}
function readExports(cursor) {
  const count = readCount(cursor);
  const exports2 = [];
  const seen = /* @__PURE__ */ new Set();
  for (let index = 0; index < count; index++) {
    const each = within("read export", () => readExport(cursor));
    if (seen.has(each.name)) throw new Refused(`export[${index}] duplicates name ${quoteGo(each.name)}`);
    seen.add(each.name);
    exports2.push(each);
  }
  return exports2;
}
function readExport(cursor) {
  const name = cursor.utf8("export name");
  const byte = within("error decoding export kind", () => cursor.byte());
  const kind = kinds[byte];
  if (kind === void 0) throw new Refused(`invalid byte: invalid byte for exportdesc: ${hex(byte)}`);
  return { name, kind, index: within("error decoding export index", () => cursor.u32()) };
}
function readCount(cursor) {
  return within("get size of vector", () => cursor.u32());
}
function readSize(cursor) {
  try {
    return cursor.u32();
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused("error reading size") : thrown;
  }
}

// src/core/wasm/decodeSegments.ts
var maxFunctionIndex = 2 ** 27;
function readElements(cursor) {
  const count = within("get size of vector", () => cursor.u32());
  const segments = [];
  for (let read = 0; read < count; read++) segments.push(within("read element", () => readElement(cursor)));
  return segments;
}
function readElement(cursor) {
  const start = cursor.at;
  const flags = within("read element prefix", () => cursor.u32());
  if (flags > 7) throw new Refused(`invalid element segment prefix: ${hex(flags)}`);
  const active = (flags & 1) === 0;
  const explicit = (flags & 2) !== 0;
  const byExpression = (flags & 4) !== 0;
  const table4 = active && explicit ? within("get size of vector", () => cursor.u32()) : 0;
  const offset = active ? within("read expr for offset", () => readConstExpression(cursor)) : null;
  let type = byExpression ? funcref : asNonNullable(funcref);
  if (!active || explicit) {
    if (byExpression) type = readElementType(cursor);
    else readElementKind(cursor);
  }
  return {
    start,
    mode: active ? "active" : explicit ? "declarative" : "passive",
    type,
    table: table4,
    offset,
    functions: byExpression ? null : readFunctionIndexes(cursor),
    expressions: byExpression ? readExpressions(cursor) : null,
    end: cursor.at
  };
}
function readElementKind(cursor) {
  const kind = within("read element prefix", () => cursor.byte());
  if (kind !== 0) throw new Refused(`element kind must be zero but was ${hex(kind)}`);
}
function readElementType(cursor) {
  const byte = within("read element ref type", () => cursor.byte());
  if (isRefPrefix(byte)) return readRefType(cursor, byte === refNullPrefix);
  if (byte !== funcref && byte !== externref) throw new Refused(`invalid ref type for element: ${hex(byte)}`);
  return byte;
}
function readFunctionIndexes(cursor) {
  const count = within("get size of vector", () => cursor.u32());
  const indexes = [];
  for (let read = 0; read < count; read++) {
    const index = readFunctionIndex(cursor);
    if (index >= maxFunctionIndex) throw new Refused(`too large function index in Element init: ${index}`);
    indexes.push(index);
  }
  return indexes;
}
function readFunctionIndex(cursor) {
  try {
    return cursor.u32();
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(`read function index: ${thrown.message}`) : thrown;
  }
}
function readExpressions(cursor) {
  const count = within("failed to get the size of constexpr vector", () => cursor.u32());
  const expressions = [];
  for (let read = 0; read < count; read++) expressions.push(readConstExpression(cursor));
  return expressions;
}
function readData(cursor) {
  const count = within("get size of vector", () => cursor.u32());
  const segments = [];
  for (let read = 0; read < count; read++) segments.push(within("read data segment", () => readSegment(cursor)));
  return segments;
}
function readSegment(cursor) {
  const start = cursor.at;
  const flags = within("read data segment prefix", () => cursor.u32());
  if (flags > 2) throw new Refused(`invalid data segment prefix: ${hex(flags)}`);
  if (flags === 2) {
    const memory = within("read memory index", () => cursor.u32());
    if (memory !== 0) throw new Refused(`memory index must be zero but was ${memory}`);
  }
  const offset = flags === 1 ? null : within("read offset expression", () => readConstExpression(cursor));
  const size = within("get the size of vector", () => cursor.u32());
  const initStart = cursor.at;
  within("read bytes for init", () => cursor.pass(size));
  return { start, end: cursor.at, offset, init: { start: initStart, end: cursor.at } };
}

// src/core/wasm/names.ts
var subsection = { module: 0, functions: 1, locals: 2 };
function readNames(cursor, limit) {
  let left = limit;
  let module2 = "";
  let functions = [];
  while (left > 0) {
    if (cursor.left === 0) break;
    const id = cursor.byte();
    const sizeAt = cursor.at;
    const size = within(`failed to read the size of subsection[${id}]`, () => cursor.u32());
    left -= 1 + (cursor.at - sizeAt);
    if (left < 0) left = Infinity;
    if (id === subsection.module) module2 = cursor.utf8("module name");
    else if (id === subsection.functions) functions = readFunctionNames(cursor);
    else if (id === subsection.locals) readLocalNames(cursor);
    else within(`failed to skip subsection[${id}]`, () => cursor.discard(size));
    left -= size;
    if (left < 0) left = Infinity;
  }
  return { module: module2, functions };
}
function functionNames(entries, functionCount) {
  const names2 = /* @__PURE__ */ new Map();
  let next = 0;
  for (const entry of entries) {
    if (entry.index < next) continue;
    if (entry.index >= functionCount) break;
    names2.set(entry.index, entry.name);
    next = entry.index + 1;
  }
  return names2;
}
function readFunctionNames(cursor) {
  const count = readFunctionCount(cursor, subsection.functions);
  const entries = [];
  for (let read = 0; read < count; read++) {
    const index = readFunctionIndex2(cursor, subsection.functions);
    entries.push({ index, name: cursor.utf8(`function[${index}] name`) });
  }
  return entries;
}
function readLocalNames(cursor) {
  const count = readFunctionCount(cursor, subsection.locals);
  for (let read = 0; read < count; read++) {
    const index = readFunctionIndex2(cursor, subsection.locals);
    const locals = within(`failed to read the local count for function[${index}]`, () => cursor.u32());
    for (let local2 = 0; local2 < locals; local2++) {
      const localIndex = within(`failed to read a local index of function[${index}]`, () => cursor.u32());
      cursor.utf8(`function[${index}] local[${localIndex}] name`);
    }
  }
}
function readFunctionCount(cursor, id) {
  return within(`failed to read the function count of subsection[${id}]`, () => cursor.u32());
}
function readFunctionIndex2(cursor, id) {
  return within(`failed to read a function index in subsection[${id}]`, () => cursor.u32());
}

// src/core/wasm/decode.ts
function decodeModule(bytes) {
  if (!hasMagic(bytes)) throw new Refused("invalid magic number");
  if (!hasPreamble(bytes)) throw new Refused("invalid version header");
  const sections = [];
  const draft = emptyModule(bytes, sections);
  const cursor = new Cursor(bytes, preambleSize);
  let previous = 0;
  while (cursor.left > 0) {
    const header = cursor.at;
    const id = cursor.byte();
    const size = within(`get size of section ${sectionName(id)}`, () => cursor.u32());
    if (!inOrder(id, previous)) throw new Refused("invalid section order");
    if (id !== sectionId.custom) previous = id;
    const start = cursor.at;
    let name = "";
    try {
      if (id === sectionId.custom) name = readCustom(cursor, size, draft);
      else readSection(cursor, id, draft);
      const read = cursor.at - start;
      if (read !== size) throw new Refused(`invalid section length: expected to be ${size} but got ${read}`);
    } catch (thrown) {
      throw thrown instanceof Bare ? thrown : inContext(`section ${sectionName(id)}`, thrown);
    }
    sections.push({ id, header, start, end: cursor.at, name });
  }
  const { functions, code } = draft;
  if (functions.length !== code.length) {
    throw new Refused(`function and code section have inconsistent lengths: ${functions.length} != ${code.length}`);
  }
  draft.hasLaterTypes ||= declaresLaterTypes(draft);
  return draft;
}
var Bare = class extends Refused {
};
function bare(read) {
  try {
    return read();
  } catch (thrown) {
    throw thrown instanceof Refused && !thrown.panic ? new Bare(thrown.message) : thrown;
  }
}
function emptyModule(bytes, sections) {
  return {
    bytes,
    sections,
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memory: null,
    globals: [],
    exports: [],
    start: null,
    elements: [],
    hasCode: false,
    code: [],
    data: [],
    dataCount: null,
    names: null,
    hasLaterTypes: false
  };
}
function readSection(cursor, id, draft) {
  switch (id) {
    case sectionId.type:
      draft.types = readTypes(cursor);
      break;
    case sectionId.import:
      draft.imports = bare(() => readImports(cursor));
      break;
    case sectionId.function:
      draft.functions = readFunctions(cursor);
      break;
    case sectionId.table:
      draft.tables = readTables(cursor);
      break;
    case sectionId.memory:
      draft.memory = readMemory(cursor);
      break;
    case sectionId.tag:
      throw new Bare('tag section not supported as feature "exception-handling" is disabled');
    case sectionId.global:
      draft.globals = bare(() => readGlobals(cursor));
      break;
    case sectionId.export:
      draft.exports = readExports(cursor);
      break;
    case sectionId.start:
      draft.start = within("get function index", () => cursor.u32());
      break;
    case sectionId.element:
      draft.elements = readElements(cursor);
      break;
    case sectionId.code: {
      const { code, hasLaterTypes } = readCode(cursor);
      draft.hasCode = true;
      draft.code = code;
      draft.hasLaterTypes ||= hasLaterTypes;
      break;
    }
    case sectionId.data:
      draft.data = readData(cursor);
      break;
    case sectionId.dataCount:
      draft.dataCount = readDataCount(cursor);
      break;
    default:
      throw new Refused("invalid section id");
  }
}
function readDataCount(cursor) {
  try {
    return cursor.u32();
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.message === "EOF") return 0;
    throw thrown;
  }
}
function readCustom(cursor, size, draft) {
  const start = cursor.at;
  const name = cursor.utf8("custom section name");
  const nameSize = cursor.at - start;
  if (size < nameSize) throw new Refused(`malformed custom section ${name}`);
  if (name !== "name") {
    bare(() => within(`failed to skip name[${name}]`, () => cursor.discard(size - nameSize)));
    return name;
  }
  if (draft.names !== null) throw new Refused("redundant custom section name");
  draft.names = readNames(cursor, size - nameSize);
  return name;
}
function declaresLaterTypes({ types, tables, globals }) {
  return types.some((type) => type.group !== void 0 || !type.params.every(isPlain) || !type.results.every(isPlain)) || tables.some((table4) => table4.init !== null || table4.type !== funcref && table4.type !== externref) || globals.some((global2) => !isPlain(global2.type));
}

// src/core/wasm/spaces.ts
function importsOf(module2, kind) {
  return module2.imports.filter((each) => each.kind === kind);
}
function gatherSpaces(module2) {
  const functions = importsOf(module2, "func").map((each) => each.typeIndex);
  const globals = importsOf(module2, "global").map((each) => each.global);
  const tables = importsOf(module2, "table").map((each) => each.table);
  const memories = importsOf(module2, "memory").map((each) => each.memory);
  if (memories.length > 0 && module2.memory !== null) throw new Refused("at most one table allowed in module");
  return {
    functions: [...functions, ...module2.functions],
    importedFunctions: functions.length,
    globals: [...globals, ...module2.globals],
    importedGlobals: globals.length,
    tables: [...tables, ...module2.tables],
    importedTables: tables.length,
    memory: module2.memory ?? memories.at(-1) ?? null
  };
}

// src/core/wasm/describe.ts
function describeModule(module2) {
  const functions = describeFunctions(module2);
  const { exports: exports2, data } = module2;
  const count = (mode) => module2.elements.filter((each) => each.mode === mode).length;
  const memories = [
    ...importsOf(module2, "memory").map(({ memory }) => ({ min: memory.min, max: memory.max, imported: true })),
    ...module2.memory === null ? [] : [{ min: module2.memory.min, max: module2.memory.max, imported: false }]
  ];
  const global2 = (each, imported) => {
    return { type: each.type, mutable: each.mutable, imported };
  };
  const table4 = ({ type, min, max }, imported) => {
    return { type, min, max, imported };
  };
  return {
    size: module2.bytes.length,
    sections: module2.sections,
    types: module2.types,
    imports: module2.imports.map((each) => describeImport(module2, each)),
    functions,
    tables: [
      ...importsOf(module2, "table").map((each) => table4(each.table, true)),
      ...module2.tables.map((each) => table4(each, false))
    ],
    memories,
    globals: [
      ...importsOf(module2, "global").map((each) => global2(each.global, true)),
      ...module2.globals.map((each) => global2(each, false))
    ],
    exports: exports2.map((each) => ({
      ...each,
      signature: each.kind === "func" ? functions[each.index]?.signature ?? null : null
    })),
    start: module2.start,
    elements: { active: count("active"), passive: count("passive"), declarative: count("declarative") },
    data: {
      active: data.filter((each) => each.offset !== null).length,
      passive: data.filter((each) => each.offset === null).length,
      bytes: data.reduce((sum, { init }) => sum + init.end - init.start, 0)
    },
    moduleName: module2.names?.module ?? "",
    producers: readProducers(module2)
  };
}
var unknownSignature = { params: [], results: [] };
function describeFunctions(module2) {
  const imported = importsOf(module2, "func");
  const names2 = functionNames(module2.names?.functions ?? [], imported.length + module2.functions.length);
  const exported = /* @__PURE__ */ new Map();
  for (const { kind, index, name } of module2.exports) {
    if (kind === "func") exported.set(index, [...exported.get(index) ?? [], name]);
  }
  const describe = (index, typeIndex) => ({
    index,
    signature: module2.types[typeIndex] ?? unknownSignature,
    name: names2.get(index) ?? "",
    exports: sortUtf8(exported.get(index) ?? [])
  });
  const descriptions = imported.map(({ module: from, name, typeIndex }, index) => {
    return { ...describe(index, typeIndex), imported: { module: from, name }, body: null };
  });
  for (const [defined, typeIndex] of module2.functions.entries()) {
    const body = module2.code[defined]?.body;
    descriptions.push({
      ...describe(imported.length + defined, typeIndex),
      imported: null,
      body: body === void 0 ? null : { offset: body.start, size: body.end - body.start }
    });
  }
  return descriptions;
}
function describeImport({ types }, each) {
  const type = each.kind === "func" ? types[each.typeIndex] : void 0;
  const { module: module2, name, kind } = each;
  return { module: module2, name, kind, signature: type === void 0 ? "" : signatureText(type) };
}
function readProducers({ bytes, sections }) {
  const producers = [];
  const section = sections.find((each) => each.name === "producers");
  if (section === void 0) return producers;
  refusalOf(() => {
    const cursor = new Cursor(bytes, section.start, section.end);
    cursor.utf8("section name");
    for (let fields = cursor.u32(); fields > 0; fields--) {
      const field = cursor.utf8("field name");
      for (let values = cursor.u32(); values > 0; values--) {
        producers.push({ field, name: cursor.utf8("name"), version: cursor.utf8("version") });
      }
    }
  });
  return producers;
}

// src/core/wasm/frames.ts
function frameText({ index, module: module2, name, signature }) {
  const params = signature.params.map(frameType).join(",");
  const results = signature.results.map(frameType).join(",");
  const call = `${module2}.${name === "" ? `$${index}` : name}(${params})`;
  if (signature.results.length === 0) return call;
  return signature.results.length === 1 ? `${call} ${results}` : `${call} (${results})`;
}
var shown = /* @__PURE__ */ new Map([
  [i32, "i32"],
  [i64, "i64"],
  [f32, "f32"],
  [f64, "f64"],
  [externref, "externref"]
]);
function frameType(type) {
  return shown.get(kindOf(type)) ?? "unknown";
}

// src/core/wasm/functionLabel.ts
function functionLabel(module2, index) {
  const imported = module2.imports.filter((each) => each.kind === "func").length;
  const names2 = module2.exports.filter((each) => each.kind === "func" && each.index === index + imported).map((each) => quoteGo(each.name));
  return names2.length === 0 ? `function[${index}]` : `function[${index}] export[${sortUtf8(names2).join(",")}]`;
}

// src/core/wasm/imports.ts
var hostFunctions = /* @__PURE__ */ new Map([
  [
    "env",
    /* @__PURE__ */ new Map([
      ["call_backend", "i32i32i32i32i32i32_i32"],
      ["host_log", "i32i32i32_v"]
    ])
  ],
  ["wasi_snapshot_preview1", wasiFunctions2()]
]);
function importError({ imports, types }) {
  for (const each of imports) {
    const host = hostFunctions.get(each.module);
    if (host === void 0) return `module[${each.module}] not instantiated`;
    const offered = host.get(each.name);
    if (offered === void 0) return `${quoteGo(each.name)} is not exported in module ${quoteGo(each.module)}`;
    if (each.kind !== "func") {
      return `export ${quoteGo(each.name)} in module ${quoteGo(each.module)} is a func, not a ${each.kind}`;
    }
    const type = types[each.typeIndex];
    const asked = type === void 0 ? "" : signatureText(type);
    if (asked !== offered) {
      return `import func[${each.module}.${each.name}]: signature mismatch: ${asked} != ${offered}`;
    }
  }
  return null;
}
function wasiFunctions2() {
  const table4 = `
    args_get ii, args_sizes_get ii, environ_get ii, environ_sizes_get ii, clock_res_get ii, clock_time_get iIi,
    fd_advise iIIi, fd_allocate iII, fd_close i, fd_datasync i, fd_fdstat_get ii, fd_fdstat_set_flags ii,
    fd_fdstat_set_rights iII, fd_filestat_get ii, fd_filestat_set_size iI, fd_filestat_set_times iIIi,
    fd_pread iiiIi, fd_prestat_get ii, fd_prestat_dir_name iii, fd_pwrite iiiIi, fd_read iiii, fd_readdir iiiIi,
    fd_renumber ii, fd_seek iIii, fd_sync i, fd_tell ii, fd_write iiii, path_create_directory iii,
    path_filestat_get iiiii, path_filestat_set_times iiiiIIi, path_link iiiiiii, path_open iiiiiIIii,
    path_readlink iiiiii, path_remove_directory iii, path_rename iiiiii, path_symlink iiiii, path_unlink_file iii,
    poll_oneoff iiii, proc_exit i, proc_raise i, sched_yield v, random_get ii, sock_accept iii, sock_recv iiiiii,
    sock_send iiiii, sock_shutdown ii`;
  const functions = /* @__PURE__ */ new Map();
  for (const [, name = "", params = ""] of table4.matchAll(/(\w+) (\w+)/g)) {
    const spelled = params.replaceAll("i", "i32").replaceAll("I", "i64");
    functions.set(name, `${spelled}_${name === "proc_exit" ? "v" : "i32"}`);
  }
  return functions;
}

// src/core/wasm/rewrite.ts
function rewrite(original, edits) {
  const ordered = [...edits, ...sizeEdits(edits)].sort(
    (a, b) => a.start - b.start || a.end - b.end || Number(a.inside === null) - Number(b.inside === null)
  );
  const bytes = new Uint8Array(ordered.reduce((sum, edit) => sum + growth(edit), original.length));
  const marks = /* @__PURE__ */ new Map();
  const runs = new Runs();
  let from = 0;
  let to = 0;
  for (const edit of ordered) {
    copy(original, from, edit.start, bytes, to);
    to += edit.start - from;
    runs.add(to, edit.start, true);
    copy(edit.bytes, 0, edit.bytes.length, bytes, to);
    if (edit.marks !== void 0) for (const mark of edit.marks) marks.set(to + mark.at, mark.text);
    to += edit.bytes.length;
    from = edit.end;
    runs.add(to, from, false);
  }
  copy(original, from, original.length, bytes, to);
  return { bytes, marks, originalOffset: (offset) => runs.originalOffset(offset) };
}
function copy(from, start, end, to, at) {
  if (from instanceof Uint8Array && end - start > 64) {
    to.set(from.subarray(start, end), at);
    return;
  }
  for (let offset = start; offset < end; offset++) to[at + offset - start] = from[offset] ?? 0;
}
function growth(edit) {
  return edit.bytes.length - (edit.end - edit.start);
}
function sizeEdits(edits) {
  const grown = /* @__PURE__ */ new Map();
  for (const edit of edits) {
    if (edit.inside !== null) grown.set(edit.inside, (grown.get(edit.inside) ?? 0) + growth(edit));
  }
  return [...grown].map(([{ header, start, end }, growth2]) => {
    return { start: header + 1, end: start, bytes: encodeU32(end - start + growth2), inside: null };
  });
}
var Runs = class {
  #starts = [0];
  #origins = [0];
  #isNew = [false];
  add(start, origin, isNew) {
    this.#starts.push(start);
    this.#origins.push(origin);
    this.#isNew.push(isNew);
  }
  originalOffset(offset) {
    const index = this.#runOf(offset);
    const origin = this.#origins[index] ?? 0;
    return this.#isNew[index] === true ? origin : origin + offset - (this.#starts[index] ?? 0);
  }
  /** The last run that starts at or before the offset. */
  #runOf(offset) {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
};

// src/core/wasm/instrument.ts
var trapTexts2 = {
  nan: "invalid conversion to integer",
  nullEntry: "invalid table access",
  closed: "module closed"
};
var op2 = {
  loop: 3,
  callIndirect: 17,
  localGet: 32,
  localTee: 34,
  globalGet: 35,
  tableGet: 37,
  f32Ne: 92,
  f64Ne: 98,
  refIsNull: 209
};
var trapIf = [4, 64, 0, 11];
var trapAt = 2;
var maxLocals2 = 5e4 - 3;
function instrument(module2, sites, closedFlag) {
  const inside = module2.sections.find((each) => each.id === sectionId.code);
  if (inside === void 0) return [];
  const edits = [];
  let next = 0;
  for (const [index, code] of module2.code.entries()) {
    const own = [];
    for (let site = sites[next]; site !== void 0 && site < code.end; site = sites[++next]) {
      if (closedFlag !== null || module2.bytes[site] !== op2.loop) own.push(site);
    }
    if (own.length === 0) continue;
    const params = module2.types[module2.functions[index] ?? -1]?.params.length ?? 0;
    for (const edit of instrumentFunction(module2.bytes, code, params, own, closedFlag)) {
      edits.push({ start: edit.start, end: edit.end, bytes: edit.bytes, marks: edit.marks ?? [], inside });
    }
  }
  return edits;
}
function instrumentFunction(bytes, code, params, sites, closedFlag) {
  const runs = readLocals(new Cursor(bytes, code.locals, code.body.start));
  const declared = params + runs.reduce((sum, { count }) => sum + count, 0);
  if (declared > maxLocals2) return [];
  const scratch2 = new Scratch(declared);
  const checks = sites.map((site) => check(bytes, site, scratch2, closedFlag));
  const edits = [...scratch2.declarations(code, skipLeb128(bytes, code.locals), runs.length), ...checks];
  const size = code.end - code.locals + edits.reduce((sum, edit) => sum + growth(edit), 0);
  return [{ start: code.start, end: code.locals, bytes: encodeU32(size) }, ...edits];
}
function check(bytes, site, scratch2, closedFlag) {
  switch (bytes[site]) {
    case op2.loop: {
      const test = [op2.globalGet, ...encodeU32(closedFlag ?? 0)];
      return trapBefore(skipLeb128(bytes, site + 1), test, [], trapTexts2.closed);
    }
    case op2.callIndirect: {
      const table4 = bytes.subarray(skipLeb128(bytes, site + 1), skipLeb128(bytes, skipLeb128(bytes, site + 1)));
      const local2 = scratch2.local(i32);
      const test = [op2.localTee, ...local2, op2.tableGet, ...table4, op2.refIsNull];
      return trapBefore(site, test, [op2.localGet, ...local2], trapTexts2.nullEntry);
    }
    default: {
      const isDouble = doubleTruncations.has(bytes[site] ?? 0);
      const local2 = scratch2.local(isDouble ? f64 : f32);
      const test = [op2.localTee, ...local2, op2.localGet, ...local2, isDouble ? op2.f64Ne : op2.f32Ne];
      return trapBefore(site, test, [op2.localGet, ...local2], trapTexts2.nan);
    }
  }
}
var doubleTruncations = /* @__PURE__ */ new Set([170, 171, 176, 177]);
function trapBefore(at, test, rest, text) {
  return {
    start: at,
    end: at,
    bytes: [...test, ...trapIf, ...rest],
    marks: [{ at: test.length + trapAt, text }]
  };
}
var Scratch = class {
  #first;
  #types = [];
  constructor(first) {
    this.#first = first;
  }
  /** The encoded index of the local of that type. */
  local(type) {
    if (!this.#types.includes(type)) this.#types.push(type);
    return encodeU32(this.#first + this.#types.indexOf(type));
  }
  /** Edits of the declarations: their count, and a run for each added local behind the others. */
  declarations({ locals, body }, afterCount, runs) {
    if (this.#types.length === 0) return [];
    const added = this.#types.flatMap((type) => [1, type]);
    return [
      { start: locals, end: afterCount, bytes: encodeU32(runs + this.#types.length) },
      { start: body.start, end: body.start, bytes: added }
    ];
  }
};

// src/core/wasm/codeRanges.ts
function codesOf(text) {
  return text.split(" ").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map((code) => Number.parseInt(code, 16));
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

// src/core/wasm/immediates.ts
var kinds2 = {
  none: 0,
  leb: 1,
  lebTwice: 2,
  memoryAccess: 3,
  blockType: 4,
  fourBytes: 5,
  eightBytes: 6,
  /** br_table. */
  labels: 7,
  zeroByte: 8,
  /** select with types. */
  select: 9,
  heapType: 10,
  /** 0xfc and 0xfd: a second opcode follows. */
  misc: 11,
  vector: 12,
  /** Float to integer with a trap. */
  truncation: 13,
  callIndirect: 14,
  /** An opcode that only one engine takes, or none. */
  other: 15,
  lane: 16,
  sixteenBytes: 17,
  /** A memory access with a lane. */
  memoryLane: 18,
  twoZeroBytes: 19,
  /** A number and a zero byte. */
  lebZero: 20,
  loop: 21,
  local: 22,
  global: 23,
  /** ref.func, whose function must be declared: a start function that we export would be. */
  refFunc: 24
};
var immediates = {
  kinds: kinds2,
  byOpcode: table("other", {
    none: "00 01 05 0b 0f 1a 1b 45-a7 ac-ad b2-c4 d1",
    leb: "0c 0d 10 25 26 41 42",
    local: "20-22",
    global: "23 24",
    memoryAccess: "28-3e",
    blockType: "02 04",
    loop: "03",
    fourBytes: "43",
    eightBytes: "44",
    labels: "0e",
    zeroByte: "3f 40",
    select: "1c",
    heapType: "d0",
    refFunc: "d2",
    misc: "fc",
    vector: "fd",
    truncation: "a8-ab ae-b1",
    callIndirect: "11"
  }),
  byMisc: table("other", {
    none: "00-07",
    lebZero: "08",
    leb: "09 0d 0f-11",
    twoZeroBytes: "0a",
    zeroByte: "0b",
    lebTwice: "0c 0e"
  }),
  byVector: table("none", {
    memoryAccess: "00-0b 5c 5d",
    sixteenBytes: "0c 0d",
    lane: "15-22",
    memoryLane: "54-5b",
    other: "9a a2 a5 a6 af b0 b2-b4 bb c2 c5 c6 cf d0 d2-d4 e2 ee"
  })
};
function table(rest, rows2) {
  const byCode = new Uint8Array(256).fill(kinds2[rest]);
  for (const [kind, codes] of Object.entries(rows2)) {
    for (const code of codesOf(codes)) byCode[code] = kinds2[kind];
  }
  return byCode;
}

// src/core/wasm/features.ts
function scanBodies(module2) {
  const { bytes, types, code } = module2;
  const seen = new Uint8Array(512);
  const sites = [];
  const imported = module2.imports.filter((each) => each.kind === "global").length;
  const globals = imported + module2.globals.length;
  let isPlain2 = !module2.hasLaterTypes;
  for (const [index, typeIndex] of module2.functions.entries()) {
    const type = types[typeIndex];
    const entry = code[index];
    if (type === void 0 || entry === void 0) isPlain2 = false;
    else if (!scanBody(bytes, entry, type.params.length + entry.localCount, globals, seen, sites)) isPlain2 = false;
  }
  return { isPlain: isPlain2, sites, seen };
}
var {
  none,
  local,
  global,
  refFunc,
  leb,
  lebTwice,
  memoryAccess,
  blockType,
  loop,
  fourBytes,
  eightBytes,
  labels,
  zeroByte,
  select,
  heapType,
  misc,
  vector,
  truncation,
  callIndirect,
  other
} = immediates.kinds;
function scanBody(bytes, { body: { start, end } }, locals, globals, seen, sites) {
  const { byOpcode, byMisc, byVector } = immediates;
  let isPlain2 = true;
  let at = start;
  while (at < end) {
    const opcode = bytes[at];
    let kind = byOpcode[opcode];
    seen[opcode] = 1;
    at++;
    if (kind === misc) {
      const code = bytes[at];
      kind = byMisc[code];
      seen[256 + code] = 1;
      at++;
    } else if (kind === vector) {
      const code = bytes[at];
      kind = byVector[code];
      at++;
      if (code >= 128 && bytes[at++] !== 1) return false;
    }
    switch (kind) {
      case none:
        break;
      case memoryAccess:
        if (bytes[at] >= 64) return false;
        at++;
        while (bytes[at] >= 128) at++;
        at++;
        break;
      case callIndirect:
        sites.push(at - 1);
        while (bytes[at] >= 128) at++;
        at++;
        while (bytes[at] >= 128) at++;
        at++;
        break;
      case lebTwice:
        while (bytes[at] >= 128) at++;
        at++;
        while (bytes[at] >= 128) at++;
        at++;
        break;
      case local:
      case global: {
        let index = bytes[at++];
        if (index >= 128) {
          index &= 127;
          for (let scale = 128; ; scale *= 128) {
            const more = bytes[at++];
            index += (more & 127) * scale;
            if (!(more >= 128)) break;
          }
        }
        if (index >= (kind === local ? locals : globals)) return false;
        break;
      }
      case refFunc:
        isPlain2 = false;
        at = skipLeb128(bytes, at);
        break;
      case leb:
        while (bytes[at] >= 128) at++;
        at++;
        break;
      case truncation:
        sites.push(at - 1);
        break;
      case loop:
      case blockType: {
        if (kind === loop) sites.push(at - 1);
        const type = bytes[at];
        if (type >= 64 && type < 128 && !isShortBlockType(type)) return false;
        while (bytes[at] >= 128) at++;
        at++;
        break;
      }
      case fourBytes:
        at += 4;
        break;
      case eightBytes:
        at += 8;
        break;
      case labels:
        at = skipLabels(bytes, at, end);
        break;
      case zeroByte:
        if (bytes[at++] !== 0) return false;
        break;
      case select:
        if (bytes[at] !== 1 || !isShortBlockType(bytes[at + 1])) return false;
        at += 2;
        break;
      case heapType:
        if (bytes[at] !== 112 && bytes[at] !== 111) return false;
        at++;
        break;
      case other:
        return false;
      default:
        at = skipRest(bytes, at, kind);
        if (at < 0) return false;
    }
  }
  return isPlain2 && at === end;
}
function isShortBlockType(byte) {
  return byte === 64 || byte >= 123 && byte <= 127 || byte === 112 || byte === 111;
}
function skipLabels(bytes, start, end) {
  let at = start;
  let count = 0;
  let scale = 1;
  for (; ; ) {
    const byte = bytes[at++];
    count += (byte & 127) * scale;
    if (!(byte >= 128)) break;
    scale *= 128;
  }
  for (let left = count + 1; left > 0 && at < end; left--) {
    while (bytes[at] >= 128) at++;
    at++;
  }
  return at;
}
function skipRest(bytes, start, kind) {
  const { lane, sixteenBytes, memoryLane, twoZeroBytes, lebZero } = immediates.kinds;
  let at = start;
  switch (kind) {
    case lane:
      return at + 1;
    case sixteenBytes:
      return at + 16;
    case memoryLane:
      if (bytes[at] >= 64) return -1;
      at++;
      while (bytes[at] >= 128) at++;
      return at + 2;
    case twoZeroBytes:
      return bytes[at] === 0 && bytes[at + 1] === 0 ? at + 2 : -1;
    case lebZero:
      while (bytes[at] >= 128) at++;
      return bytes[at + 1] === 0 ? at + 2 : -1;
    default:
      return -1;
  }
}

// src/core/wasm/validate.ts
var maxGlobals = 2 ** 27;
function validateBeforeBodies(module2) {
  checkConcreteTypes(module2);
  checkStart(module2);
  const spaces = gatherSpaces(module2);
  checkTableInits(module2, spaces);
  checkImports(module2);
  checkGlobals(module2, spaces);
  checkData(module2, spaces);
  checkExports(module2, spaces);
  return spaces;
}
function validateDataCount({ dataCount, data }) {
  if (dataCount === null || dataCount === data.length) return;
  throw new Refused(`data count section (${dataCount}) doesn't match the length of data section (${data.length})`);
}
function signatureOf(module2, index) {
  const typeIndex = typeIndexOfFunction(module2, index);
  return typeIndex === void 0 ? void 0 : module2.types[typeIndex];
}
function typeIndexOfFunction(module2, index) {
  const functions = module2.imports.flatMap((each) => each.kind === "func" ? [each.typeIndex] : []);
  const typeIndex = index < functions.length ? functions[index] : module2.functions[index - functions.length];
  return typeIndex === void 0 || typeIndex >= module2.types.length ? void 0 : typeIndex;
}
function checkConcreteTypes(module2) {
  if (!module2.hasLaterTypes) return;
  const { types, globals, tables, code, elements, bytes } = module2;
  const check2 = (type, where) => {
    if (isConcrete(type) && typeIndexOf(type) >= types.length) {
      throw new Refused(`unknown type ${typeIndexOf(type)} in ${where}`);
    }
  };
  for (const [index, global2] of globals.entries()) check2(global2.type, `global[${index}]`);
  for (const [index, table4] of tables.entries()) check2(table4.type, `table[${index}]`);
  for (const [index, { locals, body }] of code.entries()) {
    let local2 = 0;
    for (const run of readLocals(new Cursor(bytes, locals, body.start))) {
      if (run.count > 0) check2(run.type, `func[${index}].local[${local2}]`);
      local2 += run.count;
    }
  }
  for (const [index, element] of elements.entries()) check2(element.type, `element[${index}]`);
}
function checkStart(module2) {
  const { start } = module2;
  if (start === null) return;
  const signature = signatureOf(module2, start);
  if (signature === void 0) throw new Refused(`invalid start function: func[${start}] has an invalid type`);
  if (signature.params.length === 0 && signature.results.length === 0) return;
  const text = signatureText(signature);
  throw new Refused(`invalid start function: func[${start}] must have an empty (nullary) signature: ${text}`);
}
function checkTableInits(module2, spaces) {
  for (const [index, { type, init }] of module2.tables.entries()) {
    if (init === null) {
      if (isNullable(type)) continue;
      throw new Refused(`type mismatch: non-nullable table[${index}] requires an init expression`);
    }
    within(`table[${index}] init`, () => checkConst(module2, spaces, init, type, spaces.functions.length));
  }
}
function checkImports({ imports, types }) {
  for (const [index, each] of imports.entries()) {
    if (each.module === "") throw new Refused(`import[${index}] has an empty module name`);
    if (each.kind !== "func" || each.typeIndex < types.length) continue;
    const name = `${quoteGo(each.module)}.${quoteGo(each.name)}`;
    throw new Refused(`invalid import[${name}] function: type index out of range`);
  }
}
function checkGlobals(module2, spaces) {
  if (spaces.globals.length > maxGlobals) throw new Refused("too many globals in a module");
  for (const { type, init } of module2.globals) checkConst(module2, spaces, init, type, spaces.functions.length);
}
function checkData(module2, spaces) {
  const offsets = module2.data.flatMap(({ offset }) => offset === null ? [] : [offset]);
  if (offsets.length > 0 && spaces.memory === null) throw new Refused("unknown memory");
  for (const offset of offsets) within("calculate offset", () => checkConst(module2, spaces, offset, i32, 0));
}
function checkExports({ exports: exports2 }, spaces) {
  for (const { kind, name, index } of exports2) {
    const quoted = `export[${quoteGo(name)}]`;
    switch (kind) {
      case "func":
        if (index >= spaces.functions.length) throw new Refused(`unknown function for ${quoted}`);
        break;
      case "global":
        if (index >= spaces.globals.length) throw new Refused(`unknown global for ${quoted}`);
        break;
      case "memory":
        if (index > 0 || spaces.memory === null) throw new Refused(`memory for ${quoted} out of range`);
        break;
      case "table":
        if (index >= spaces.tables.length) throw new Refused(`table for ${quoted} out of range`);
        break;
      case "tag":
        throw new Refused(`tag for ${quoted} out of range`);
    }
  }
}
function checkConst(module2, spaces, init, expected, functionCount) {
  let lastFunction = 0;
  const value = evaluateConst(module2.bytes, init, {
    global: (index) => {
      const type2 = index < spaces.importedGlobals ? spaces.globals[index]?.type : void 0;
      if (type2 === void 0) throw new Refused("global index out of range");
      return type2;
    },
    func: (index) => {
      if (index >= functionCount) {
        const last = functionCount === 0 ? 2 ** 32 - 1 : functionCount - 1;
        throw new Refused(`ref.func index out of range [${index}] with length ${last}`);
      }
      lastFunction = index;
    }
  });
  let { type } = value;
  if (type === funcref) {
    const typeIndex = typeIndexOfFunction(module2, lastFunction);
    if (typeIndex !== void 0) type = concreteRef(typeIndex, false);
  }
  if (isSubtype(type, expected)) return;
  throw new Refused(`const expression type mismatch expected ${typeName(expected)} but got ${typeName(type)}`);
}

// src/core/wasm/operandStack.ts
var anyType = 255;
var OperandStack = class {
  #types = [];
  #floors = [];
  #highest = 0;
  get highest() {
    return this.#highest;
  }
  push(type) {
    this.#types.push(type);
    if (this.#types.length > this.#highest) this.#highest = this.#types.length;
  }
  pushAll(types) {
    for (const type of types) this.push(type);
  }
  /** Any value; refuses when there is none above the floor. */
  pop() {
    const type = this.#take();
    if (type !== void 0) return type;
    throw new Refused(`invalid operation: trying to pop at ${this.#types.length} with limit ${this.#floor}`);
  }
  /** A value of a type. `context`, when given, stands in front of the refusal. */
  popType(expected, context = "") {
    const type = this.#take();
    if (type === void 0) throw new Refused(`${context}${typeName(expected)} missing`);
    if (matches(type, expected)) return;
    throw new Refused(`${context}type mismatch: expected ${typeName(expected)}, but was ${typeName(type)}`);
  }
  /**
   * Values for a block's parameters or results. `block` is the instruction's name, empty for the function itself; `exactly`
   * also refuses values beyond those, above the floor.
   */
  popMany(side, block, want, exactly) {
    const have = [];
    for (let left = want.length; left > 0; left--) {
      const type = this.#take();
      if (type === void 0) throw countError(side, block, have, want);
      have.push(type);
    }
    if (exactly && !this.#isAtFloor()) throw countError(side, block, [...this.#types, ...want], want);
    for (const [index, type] of have.entries()) {
      const expected = want[want.length - 1 - index];
      if (expected !== void 0 && !matches(type, expected)) throw mismatch(side, block, type, expected, index);
    }
  }
  /** Opens a block whose first `params` operands are on the stack already. */
  openBlock(params) {
    this.#floors.push(this.#types.length - params);
  }
  closeBlock() {
    this.#floors.pop();
  }
  /** Drops everything above the floor. */
  clear() {
    this.#types.length = this.#floor;
  }
  /** What follows cannot be reached: any value may be taken from here on. */
  unreachable() {
    this.clear();
    this.#types.push(anyType);
  }
  get #floor() {
    return this.#floors.at(-1) ?? 0;
  }
  /** The top value; a lone `any` on the floor can be taken for ever. */
  #take() {
    const above = this.#types.length - this.#floor;
    if (above <= 0) return void 0;
    return above === 1 && this.#types.at(-1) === anyType ? anyType : this.#types.pop();
  }
  #isAtFloor() {
    const above = this.#types.length - this.#floor;
    return above === 0 || above === 1 && this.#types.at(-1) === anyType;
  }
};
function countError(side, block, have, want) {
  const amount = have.length > want.length ? "too many" : "not enough";
  const where = block === "" ? "" : ` ${side === "param" ? "for" : "in"} ${block} block`;
  const list = (types) => types.map(typeName).join(", ");
  return new Refused(`${amount} ${side}s${where}
	have (${list(have)})
	want (${list(want)})`);
}
function mismatch(side, block, have, want, index) {
  const where = block === "" ? "" : ` in ${block} block`;
  return new Refused(`cannot use ${typeName(have)}${where} as ${side}[${index}] type ${typeName(want)}`);
}
function matches(type, expected) {
  return type === anyType || expected === anyType || isSubtype(type, expected);
}

// src/core/wasm/bodyContext.ts
var BodyContext = class {
  outer;
  signature;
  cursor;
  operands = new OperandStack();
  frames;
  /** Non-nullable locals that were set. */
  initialized = /* @__PURE__ */ new Set();
  #start;
  #locals;
  constructor(outer, signature, { locals, body }) {
    this.outer = outer;
    this.signature = signature;
    this.cursor = new Cursor(outer.module.bytes, body.start, body.end);
    this.frames = [{ op: 0, type: signature, initialized: /* @__PURE__ */ new Set() }];
    this.#start = body.start;
    this.#locals = new Locals(readLocals(new Cursor(outer.module.bytes, locals, body.start)));
  }
  /** How far the cursor is into the body. */
  get position() {
    return this.cursor.at - this.#start;
  }
  /** An index that follows the opcode. */
  index(context = "read immediate") {
    try {
      return this.cursor.u32();
    } catch (thrown) {
      throw thrown instanceof Refused ? new Refused(`${context}: ${thrown.message}`) : thrown;
    }
  }
  /** The block that a branch leaves to; undefined when there are not so many. */
  target(depth) {
    return this.frames[this.frames.length - 1 - depth];
  }
  /** The type of a local, parameters first; refuses in the name of `instruction`. */
  local(index, instruction) {
    const { params } = this.signature;
    const count = (params.length + this.#locals.count) % 2 ** 32;
    const type = index < params.length ? params[index] : this.#locals.type(index - params.length);
    if (type !== void 0 && index < count) return type;
    throw new Refused(`invalid local index for ${instruction} ${index} >= ${count}(=len(locals)+len(parameters))`);
  }
  requireInitialized(index, type) {
    if (this.#needsValue(index, type) && !this.initialized.has(index))
      throw new Refused(`uninitialized local ${index}`);
  }
  markInitialized(index, type) {
    if (this.#needsValue(index, type)) this.initialized = /* @__PURE__ */ new Set([...this.initialized, index]);
  }
  #needsValue(index, type) {
    return index >= this.signature.params.length && isRef(type) && !isNullable(type);
  }
};
function branchTypes(frame) {
  return frame.op === loopOpcode ? frame.type.params : frame.type.results;
}
var loopOpcode = 3;
var Locals = class {
  count;
  #runs;
  /** The index after the last local of each run. */
  #ends;
  constructor(runs) {
    let end = 0;
    this.#runs = runs;
    this.#ends = runs.map(({ count }) => end += count);
    this.count = end;
  }
  type(index) {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = low + high >> 1;
      if ((this.#ends[middle] ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return this.#runs[low]?.type;
  }
};

// src/core/wasm/opcodeNames.ts
var opcodeNames = table2({
  0: "unreachable nop block loop if else",
  8: "throw",
  10: `
    throw_ref end br br_if br_table return call call_indirect return_call return_call_indirect call_ref
    return_call_ref`,
  26: "drop select typed_select",
  31: "try_table local.get local.set local.tee global.get global.set table.get table.set",
  40: `
    i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u i64.load8_s
    i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u i32.store i64.store f32.store
    f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32 memory.size memory.grow
    i32.const i64.const f32.const f64.const i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u
    i32.le_s i32.le_u i32.ge_s i32.ge_u i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u
    i64.le_s i64.le_u i64.ge_s i64.ge_u f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt
    f64.gt f64.le f64.ge i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u
    i32.rem_s i32.rem_u i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr i64.clz
    i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u i64.and i64.or
    i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr f32.abs f32.neg f32.ceil f32.floor f32.trunc
    f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign f64.abs f64.neg
    f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub f64.mul f64.div f64.min f64.max
    f64.copysign i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u
    i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u
    f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64u f32.demote_f64
    f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32
    i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64 i32.extend8_s
    i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s`,
  208: "ref.null ref.is_null ref.func",
  212: "ref.as_non_null br_on_null br_on_non_null"
});
var miscNames = table2({
  0: `
    i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u i64.trunc_sat_f32_s
    i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u memory.init data.drop memory.copy
    memory.fill table.init elem.drop table.copy table.grow table.size table.fill`
});
var vectorNames = table2({
  0: `
    v128.load v128.load8x8_s v128.load8x8_u v128.load16x4_s v128.load16x4_u v128.load32x2_s
    v128.load32x2_u v128.load8_splat v128.load16_splat v128.load32_splat v128.load64_splat v128.store
    v128.const v128.shuffle i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat
    f64x2.splat i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane i16x8.extract_lane_s
    i16x8.extract_lane_u i16x8.replace_lane i32x4.extract_lane i32x4.replace_lane i64x2.extract_lane
    i64x2.replace_lane f32x4.extract_lane f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane
    i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s
    i8x16.ge_u i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u
    i16x8.ge_s i16x8.ge_u i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s
    i32x4.le_u i32x4.ge_s i32x4.ge_u f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge f64x2.eq
    f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge v128.not v128.and v128.andnot v128.or v128.xor
    v128.bitselect v128.any_true v128.load8_lane v128.load16_lane v128.load32_lane v128.load64_lane
    v128.store8_lane v128.store16_lane v128.store32_lane v128.store64_lane v128.load32_zero
    v128.load64_zero f32x4.demote_f64x2_zero f64x2.promote_low_f32x4 i8x16.abs i8x16.neg i8x16.popcnt
    i8x16.all_true i8x16.bitmask i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u f32x4.ceil f32x4.floor
    f32x4.trunc f32x4.nearest i8x16.shl i8x16.shr_s i8x16.shr_u i8x16.add i8x16.add_sat_s
    i8x16.add_sat_u i8x16.sub i8x16.sub_s i8x16.sub_u f64x2.ceil f64x2.floor i8x16.min_s i8x16.min_u
    i8x16.max_s i8x16.max_u f64x2.trunc i8x16.avgr_u i16x8.extadd_pairwise_i8x16_s
    i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u i16x8.abs
    i16x8.neg i16x8.q15mulr_sat_s i16x8.all_true i16x8.bitmask i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u
    i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u
    i16x8.extend_high_i8x16_u i16x8.shl i16x8.shr_s i16x8.shr_u i16x8.add i16x8.add_sat_s
    i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u f64x2.nearest i16x8.mul i16x8.min_s
    i16x8.min_u i16x8.max_s i16x8.max_u`,
  155: `
    i16x8.avgr_u i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u
    i16x8.extmul_high_i8x16_u i32x4.abs i32x4.neg`,
  163: "i32x4.all_true i32x4.bitmask",
  167: `
    i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u
    i32x4.extend_high_i16x8_u i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add`,
  177: "i32x4.sub",
  181: "i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s",
  188: `
    i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u
    i32x4.extmul_high_i16x8_u i64x2.abs i64x2.neg`,
  195: "i64x2.all_true i64x2.bitmask",
  199: `
    i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u
    i64x2.extend_high_i32x4_u i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add`,
  209: "i64x2.sub",
  213: `
    i64x2.mul i64x2.eq i64x2.ne i64x2.lt i64x2.gt i64x2.le i64x2.ge i64x2.extmul_low_i32x4_s
    i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u f32x4.abs f32x4.neg`,
  227: `
    f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax
    f64x2.abs f64x2.neg`,
  239: `
    f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax
    i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u
    i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s
    f64x2.convert_low_i32x4_u`
});
var atomicNames = table2({
  0: "memory.atomic.notify memory.atomic.wait32 memory.atomic.wait64 atomic.fence",
  16: `
    i32.atomic.load i64.atomic.load i32.atomic.load8_u i32.atomic.load16_u i64.atomic.load8_u
    i64.atomic.load16_u i64.atomic.load32_u i32.atomic.store i64.atomic.store i32.atomic.store8
    i32.atomic.store16 i64.atomic.store8 i64.atomic.store16 i64.atomic.store32 i32.atomic.rmw.add
    i64.atomic.rmw.add i32.atomic.rmw8.add_u i32.atomic.rmw16.add_u i64.atomic.rmw8.add_u
    i64.atomic.rmw16.add_u i64.atomic.rmw32.add_u i32.atomic.rmw.sub i64.atomic.rmw.sub
    i32.atomic.rmw8.sub_u i32.atomic.rmw16.sub_u i64.atomic.rmw8.sub_u i64.atomic.rmw16.sub_u
    i64.atomic.rmw32.sub_u i32.atomic.rmw.and i64.atomic.rmw.and i32.atomic.rmw8.and_u
    i32.atomic.rmw16.and_u i64.atomic.rmw8.and_u i64.atomic.rmw16.and_u i64.atomic.rmw32.and_u
    i32.atomic.rmw.or i64.atomic.rmw.or i32.atomic.rmw8.or_u i32.atomic.rmw16.or_u i64.atomic.rmw8.or_u
    i64.atomic.rmw16.or_u i64.atomic.rmw32.or_u i32.atomic.rmw.xor i64.atomic.rmw.xor
    i32.atomic.rmw8.xor_u i32.atomic.rmw16.xor_u i64.atomic.rmw8.xor_u i64.atomic.rmw16.xor_u
    i64.atomic.rmw32.xor_u i32.atomic.rmw.xchg i64.atomic.rmw.xchg i32.atomic.rmw8.xchg_u
    i32.atomic.rmw16.xchg_u i64.atomic.rmw8.xchg_u i64.atomic.rmw16.xchg_u i64.atomic.rmw32.xchg_u
    i32.atomic.rmw.cmpxchg i64.atomic.rmw.cmpxchg i32.atomic.rmw8.cmpxchg_u i32.atomic.rmw16.cmpxchg_u
    i64.atomic.rmw8.cmpxchg_u i64.atomic.rmw16.cmpxchg_u i64.atomic.rmw32.cmpxchg_u`
});
function table2(runs) {
  const names2 = Array.from({ length: 256 }, () => "");
  for (const [start, run] of Object.entries(runs)) {
    for (const [index, name] of run.trim().split(/\s+/).entries()) names2[Number(start) + index] = name;
  }
  return names2;
}

// src/core/wasm/blockType.ts
var short = new Map([
  [-64, { params: [], results: [] }],
  ...[i32, i64, f32, f64, v128, funcref, externref, exnref].map((type) => [type - 128, oneResult(type)])
]);
var nullableRef = -29;
var nonNullableRef = -28;
function readBlockType(cursor, types) {
  const number = within("decode int33", () => cursor.s33());
  const known = short.get(number);
  if (known !== void 0) return known;
  if (number === nullableRef || number === nonNullableRef) {
    return oneResult(readRef(cursor, types, number === nullableRef));
  }
  const type = types[number];
  if (number < 0 || type === void 0) throw new Refused(`type index out of range: ${number}`);
  return type;
}
function readRef(cursor, types, nullable) {
  const heapType2 = within("read ref heap type in block", () => cursor.s33());
  const abstract = abstractRef(heapType2, nullable);
  if (abstract !== void 0) return abstract;
  if (heapType2 < 0) throw new Refused(`unknown abstract heap type in block: ${heapType2}`);
  if (heapType2 >= types.length) throw new Refused("unknown type");
  return concreteRef(heapType2, nullable);
}
function oneResult(type) {
  return { params: [], results: [type] };
}

// src/core/wasm/validateElements.ts
var maxTables = 2 ** 27;
function validateElements(module2, spaces) {
  if (spaces.tables.length > maxTables) {
    throw new Refused(`too many tables in a module: ${spaces.tables.length} given with limit ${maxTables}`);
  }
  for (const [index, segment] of module2.elements.entries()) {
    checkValues(module2, spaces, segment, index);
    if (segment.offset !== null) checkActive(module2, spaces, segment, index);
  }
}
function refTypeName(type) {
  if (type === funcref) return "funcref";
  if (type === externref) return "externref";
  return `unknown(${hexOf(type)})`;
}
function hexOf(type) {
  return `0x${goNumber(type).toString(16)}`;
}
function checkValues(module2, spaces, segment, index) {
  const count = spaces.functions.length;
  for (const [at, functionIndex] of (segment.functions ?? []).entries()) {
    if (functionIndex < count) continue;
    throw new Refused(`element[${index}].init[${at}] func index ${functionIndex} out of range`);
  }
  for (const [at, expression] of (segment.expressions ?? []).entries()) {
    const where = `element[${index}].init[${at}]`;
    const { type } = evaluateConst(module2.bytes, expression, {
      global: (global2) => {
        if (global2 >= spaces.globals.length) throw new Refused(`${where} global index ${global2} out of range`);
        return importedGlobal(spaces, index, global2);
      },
      func: (functionIndex) => {
        if (functionIndex >= count) throw new Refused(`${where} func index ${functionIndex} out of range`);
      }
    });
    if (fits(type, segment.type)) continue;
    throw new Refused(`${where} must be ${typeName(segment.type)} but was ${typeName(type)}`);
  }
}
function fits(type, expected) {
  if (expected === funcref || expected === externref) return type === expected;
  return isSubtype(type, expected) || type === funcref;
}
function checkActive(module2, spaces, segment, index) {
  const { offset, table: tableIndex } = segment;
  const table4 = spaces.tables[tableIndex];
  if (table4 === void 0) throw new Refused(`unknown table ${tableIndex} as active element target`);
  if (!isSubtype(segment.type, table4.type)) {
    const [has, got] = [refTypeName(table4.type), refTypeName(segment.type)];
    throw new Refused(`element type mismatch: table has ${has} but element has ${got}`);
  }
  if (offset === null) return;
  let type;
  try {
    type = evaluateConst(module2.bytes, offset, offsetResolver(spaces, index)).type;
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    throw new Refused(`element[${index}] couldn't evaluate offset expression: ${thrown.message}`);
  }
  if (type !== i32) throw new Refused(`element[${index}] offset expression must return i32 but was ${typeName(type)}`);
}
function offsetResolver(spaces, index) {
  return {
    global: (global2) => {
      if (global2 >= spaces.globals.length) throw new Refused(`element[${index}] global index ${global2} out of range`);
      const type = importedGlobal(spaces, index, global2);
      if (type === i32) return type;
      throw new Refused(`element[${index}] (global.get ${global2}): import[${index}].global.ValType != i32`);
    },
    func: () => void 0
  };
}
function importedGlobal(spaces, index, global2) {
  const type = global2 < spaces.importedGlobals ? spaces.globals[global2]?.type : void 0;
  if (type !== void 0) return type;
  throw new Refused(`element[${index}] (global.get ${global2}): out of range of imported globals`);
}

// src/core/wasm/validateControl.ts
var blockOp = 2;
var ifOp = 4;
var elseOp = 5;
var returnCall = 18;
var returnCallIndirect = 19;
function validateBlock(context, op3) {
  const { frames, operands, initialized } = context;
  const type = within("read block", () => readBlockType(context.cursor, context.outer.module.types));
  frames.push({ op: op3 === blockOp ? 0 : op3, type, initialized });
  if (op3 === ifOp) operands.popType(i32, "cannot pop the operand for 'if': ");
  operands.popMany("param", opcodeNames[op3] ?? "", type.params, false);
  operands.pushAll(type.params);
  operands.openBlock(type.params.length);
}
function validateElse(context, position) {
  const { operands } = context;
  const frame = context.target(0);
  if (frame?.op !== ifOp) throw new Refused(`else instruction must be used in if block: ${hex(position)}`);
  frame.op = elseOp;
  operands.popMany("result", "if", frame.type.results, true);
  context.initialized = frame.initialized;
  operands.clear();
  operands.pushAll(frame.type.params);
}
function validateEnd(context) {
  const { frames, operands } = context;
  const frame = frames.pop();
  if (frame === void 0) return;
  if (frames.length > 0) context.initialized = frame.initialized;
  const { params, results } = frame.type;
  if (frame.op === ifOp && !sameTypes(params, results)) throw countError("result", "else", params, results);
  operands.popMany("result", frame.op === 0 ? "" : opcodeNames[frame.op] ?? "", results, true);
  operands.clear();
  operands.pushAll(results);
  operands.closeBlock();
}
function sameTypes(a, b) {
  return a.length === b.length && a.every((type, index) => type === b[index]);
}
function validateBr(context) {
  const target = context.target(context.index());
  if (target === void 0) throw new Refused("invalid br operation: index out of range");
  context.operands.popMany("result", "br", branchTypes(target), false);
  context.operands.unreachable();
}
function validateBrIf(context) {
  const { operands, frames } = context;
  const depth = context.index();
  const target = context.target(depth);
  if (target === void 0) {
    throw new Refused(labelError("br_if", `index=${depth}`, frames.length));
  }
  popCondition(context, "cannot pop the required operand for br_if");
  operands.popMany("result", "br_if", branchTypes(target), false);
  operands.pushAll(branchTypes(target));
}
function labelError(name, which, depth) {
  return `invalid ln param given for ${name}: ${which} with ${depth} for the current label stack length`;
}
function popCondition({ operands }, text) {
  try {
    operands.popType(i32);
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(text) : thrown;
  }
}
function validateBrTable(context) {
  const { operands, frames } = context;
  const count = context.index();
  const depths = [];
  for (let read = 0; read < count; read++) depths.push(context.index());
  const last = context.index();
  const fallback = context.target(last);
  if (fallback === void 0) throw new Refused(labelError("br_table", `ln=${last}`, frames.length));
  popCondition(context, "cannot pop the required operand for br_table");
  const types = popLabel(context, branchTypes(fallback));
  for (const depth of depths) {
    const target = context.target(depth);
    if (target === void 0) throw new Refused("invalid l param given for br_table");
    checkLabel(types, last, branchTypes(target), depth);
  }
  operands.unreachable();
}
function popLabel({ operands }, want) {
  const types = [...want];
  for (let taken = 0; taken < want.length; taken++) {
    const index = want.length - 1 - taken;
    const expected = want[index] ?? i32;
    const type = operands.pop();
    if (type === anyType) types[index] = anyType;
    else if (!isSubtype(type, expected)) throw mismatch("param", "br_table", type, expected, taken);
  }
  return types;
}
function checkLabel(types, last, other2, depth) {
  if (types.length !== other2.length) {
    const numbers = (list) => `[${list.map(goNumber).join(" ")}]`;
    throw new Refused(
      `inconsistent block type length for br_table at ${depth}; ${numbers(types)} (ln=${last}) != ${numbers(other2)} (l=${depth})`
    );
  }
  for (const [index, type] of types.entries()) {
    const wanted = other2[index] ?? i32;
    if (type === anyType || isSubtype(type, wanted) || isSubtype(wanted, type)) continue;
    throw new Refused(`inconsistent block type for br_table at ${depth}`);
  }
}
function validateReturn({ operands, signature }) {
  operands.popMany("result", "", signature.results, false);
  operands.unreachable();
}
function validateCall(context, op3) {
  const { module: module2, spaces } = context.outer;
  const typeIndex = spaces.functions[context.index()];
  if (typeIndex === void 0) throw new Refused("invalid function index");
  const type = module2.types[typeIndex];
  if (type === void 0) {
    throw new Refused(`runtime error: index out of range [${typeIndex}] with length ${module2.types.length}`, true);
  }
  callSignature(context, op3, type);
}
function validateCallIndirect(context, op3) {
  const { module: module2, spaces } = context.outer;
  const name = opcodeNames[op3] ?? "";
  const typeIndex = context.index();
  const type = module2.types[typeIndex];
  if (type === void 0) throw new Refused(`invalid type index at ${name}: ${typeIndex}`);
  const tableIndex = context.index("read table index");
  const table4 = spaces.tables[tableIndex];
  if (table4 === void 0) throw new Refused(`unknown table index: ${tableIndex}`);
  if (table4.type !== funcref) {
    throw new Refused(`table is not funcref type but was ${refTypeName(table4.type)} for ${name}`);
  }
  popCondition(context, `cannot pop the offset in table for ${name}`);
  callSignature(context, op3, type);
}
function callSignature({ operands }, op3, type) {
  const name = opcodeNames[op3] ?? "";
  for (const param of [...type.params].reverse()) {
    operands.popType(param, `type mismatch on ${name} operation param type: `);
  }
  operands.pushAll(type.results);
  if (op3 === returnCall || op3 === returnCallIndirect) {
    throw new Refused(`${name} invalid as feature "tail-call" is disabled`);
  }
}
function validateDrop({ operands }) {
  within("invalid drop", () => operands.pop());
}
function validateSelect(context, isTyped) {
  const { operands } = context;
  operands.popType(i32, "type mismatch on 3rd select operand: ");
  const second = within("invalid select", () => operands.pop());
  const first = within("invalid select", () => operands.pop());
  if (isTyped) readSelectType(context);
  else if (isRef(second) || isRef(first)) {
    throw new Refused("reference types cannot be used for non typed select instruction");
  }
  if (second === anyType || first === anyType) {
    operands.push(second === anyType ? first : second);
    return;
  }
  if (!isSubtype(second, first) && !isSubtype(first, second)) {
    throw new Refused("type mismatch on 1st and 2nd select operands");
  }
  operands.push(isSubtype(second, first) ? first : second);
}
function readSelectType({ cursor, outer }) {
  const name = "typed_select";
  if (cursor.byte() !== 1) throw new Refused(`too many type immediates for ${name}`);
  const byte = cursor.byte();
  if (isRefPrefix(byte)) {
    const heapType2 = within(`read heap type for ${name}`, () => cursor.s33());
    if (abstractRef(heapType2, true) !== void 0) return;
    if (heapType2 < 0) throw new Refused(`invalid heap type for ${name}: ${heapType2}`);
    if (heapType2 < outer.module.types.length) return;
    throw new Refused(`unknown type for ${name}: type index ${heapType2} out of range`);
  }
  if (typeName(byte) === "unknown" || !isPlain(byte)) {
    throw new Refused(`invalid type ${typeName(byte)} for ${name}`);
  }
}

// src/core/wasm/validateMemory.ts
var firstAccess = 40;
var firstStore = 54;
var lastAccess = 62;
var memoryGrow = 64;
var accesses = [
  ...[
    [i32, 2],
    [i64, 3],
    [f32, 2],
    [f64, 3]
  ],
  ...[
    [i32, 0],
    [i32, 0],
    [i32, 1],
    [i32, 1]
  ],
  ...[
    [i64, 0],
    [i64, 0],
    [i64, 1],
    [i64, 1],
    [i64, 2],
    [i64, 2]
  ],
  ...[
    [i32, 2],
    [i64, 3],
    [f32, 2],
    [f64, 3]
  ],
  ...[
    [i32, 0],
    [i32, 1],
    [i64, 0],
    [i64, 1],
    [i64, 2]
  ]
];
function isMemoryOp(op3) {
  return op3 >= firstAccess && op3 <= memoryGrow;
}
function validateMemoryOp(context, op3) {
  requireMemory(context, opcodeNames[op3] ?? "");
  if (op3 <= lastAccess) validateAccess(context, op3);
  else validateSize(context, op3);
}
function requireMemory({ outer }, instruction) {
  if (outer.spaces.memory === null) throw new Refused(`memory must exist for ${instruction}`);
}
function readAlignment(context) {
  const align = context.index("read memory align");
  if (align >= 32) throw new Refused("invalid memory alignment");
  context.index("read memory offset");
  return align;
}
function validateAccess(context, op3) {
  const [type, bytes] = accesses[op3 - firstAccess] ?? [i32, 0];
  const { operands } = context;
  if (readAlignment(context) > bytes) throw new Refused("invalid memory alignment");
  if (op3 >= firstStore) operands.popType(type);
  operands.popType(i32);
  if (op3 < firstStore) operands.push(type);
}
function validateSize(context, op3) {
  const { cursor, operands } = context;
  const start = cursor.at;
  const memory = context.index();
  if (memory !== 0 || cursor.at !== start + 1) {
    throw new Refused("memory instruction reserved bytes not zero with 1 byte");
  }
  if (op3 === memoryGrow) operands.popType(i32);
  operands.push(i32);
}

// src/core/wasm/validateReference.ts
var typedReferences = 'feature "typed-function-references" is disabled';
function validateVariable(context, op3) {
  const { operands, outer } = context;
  const index = context.index();
  const name = opcodeNames[op3] ?? "";
  if (op3 <= 34) {
    validateLocal(context, name, index);
    return;
  }
  const global2 = outer.spaces.globals[index];
  if (op3 === 35) {
    if (global2 === void 0) throw new Refused(`invalid index for ${name}`);
    operands.push(global2.type);
    return;
  }
  if (global2 === void 0) throw new Refused("invalid global index");
  if (!global2.mutable) throw new Refused(`${name} when not mutable`);
  operands.popType(global2.type);
}
function validateLocal(context, name, index) {
  const { operands } = context;
  const type = context.local(index, name);
  if (name === "local.get") {
    context.requireInitialized(index, type);
    operands.push(type);
    return;
  }
  operands.popType(type);
  if (name === "local.tee") operands.push(type);
  context.markInitialized(index, type);
}
function validateTableAccess(context, op3) {
  const { operands } = context;
  const type = tableType(context, context.index());
  if (op3 === 37) {
    operands.popType(i32, "cannot pop the operand for table.get: ");
    operands.push(type);
    return;
  }
  operands.popType(type, "cannot pop the operand for table.set: ");
  operands.popType(i32, "cannot pop the operand for table.set: ");
}
function tableType({ outer }, index) {
  const table4 = outer.spaces.tables[index];
  if (table4 === void 0) throw new Refused(`table of index ${index} not found`);
  return table4.type;
}
function validateRefNull({ cursor, operands }) {
  const type = cursor.byte();
  if (type !== externref && type !== funcref && type !== exnref) {
    throw new Refused(`ref.null with concrete type invalid as ${typedReferences}`);
  }
  operands.push(type);
}
function validateRefIsNull({ operands }) {
  let type;
  try {
    type = operands.pop();
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(`cannot pop the operand for ref.is_null: ${thrown.message}`) : thrown;
  }
  if (!isRef(type) && type !== anyType) {
    throw new Refused(`type mismatch: expected reference type but was ${typeName(type)}`);
  }
  operands.push(i32);
}
function validateRefFunc(context) {
  const index = context.index("failed to read function index for ref.func");
  if (!context.outer.declared.has(index)) throw new Refused(`undeclared function index ${index} for ref.func`);
  context.operands.push(funcref);
}

// src/core/wasm/validateMisc.ts
var threeNumbers = [i32, i32, i32];
function validateMisc(context) {
  const { operands } = context;
  const op3 = context.index("failed to read misc opcode");
  if (op3 > 255) throw new Refused(`invalid misc opcode: ${hex(op3)}`);
  const name = miscNames[op3] ?? "";
  const pop2 = (types) => {
    for (const type of types) operands.popType(type, `cannot pop the operand for ${name}: `);
  };
  if (op3 <= 7) {
    pop2([op3 % 4 < 2 ? f32 : f64]);
    operands.push(op3 < 4 ? i32 : i64);
    return;
  }
  switch (name) {
    case "memory.init":
    case "memory.copy":
    case "memory.fill":
      validateBulkMemory(context, name);
      pop2(threeNumbers);
      break;
    case "data.drop":
      readDataIndex(context, name);
      break;
    case "table.init":
      validateTableInit(context, name);
      pop2(threeNumbers);
      break;
    case "elem.drop":
      readElementIndex(context, name);
      break;
    case "table.copy":
      validateTableCopy(context, name);
      pop2(threeNumbers);
      break;
    case "table.grow":
      pop2([i32, readTableType(context, name)]);
      operands.push(i32);
      break;
    case "table.size":
      readTableType(context, name);
      operands.push(i32);
      break;
    case "table.fill":
      pop2([i32, readTableType(context, name), i32]);
      break;
    default:
      throw new Refused(`unknown misc opcode ${hex(op3)}`);
  }
}
function readTableType(context, name) {
  return tableType(context, context.index(`failed to read table index for ${name}`));
}
function validateBulkMemory(context, name) {
  requireMemory(context, name);
  if (name === "memory.init") readDataIndex(context, name);
  readReserved(context, name);
  if (name === "memory.copy") readReserved(context, name);
}
function readReserved(context, name) {
  const start = context.cursor.at;
  const memory = context.index(`failed to read memory index for ${name}`);
  if (memory === 0 && context.cursor.at === start + 1) return;
  throw new Refused(`${name} reserved byte must be zero encoded with 1 byte`);
}
function readDataIndex(context, name) {
  const { dataCount, data } = context.outer.module;
  if (dataCount === null) throw new Refused(`${name} requires data count section`);
  const index = context.index(`failed to read data segment index for ${name}`);
  if (index >= data.length) throw new Refused(`index ${index} out of range of data section(len=${data.length})`);
}
function readElementIndex(context, name) {
  const { elements } = context.outer.module;
  const index = context.index(`failed to read element segment index for ${name}`);
  const segment = elements[index];
  if (segment !== void 0) return segment.type;
  throw new Refused(`index ${index} out of range of element section(len=${elements.length})`);
}
function validateTableInit(context, name) {
  const element = readElementIndex(context, name);
  const table4 = tableType(context, context.index(`failed to read source table index for ${name}`));
  if (isSubtype(element, table4)) return;
  const [has, wants] = [refTypeName(element), refTypeName(table4)];
  throw new Refused(`type mismatch for table.init: element type ${has} does not match table type ${wants}`);
}
function validateTableCopy(context, name) {
  const to = tableType(context, context.index(`failed to read destination table index for ${name}`));
  const from = tableType(context, context.index(`failed to read source table index for ${name}`));
  if (isSubtype(from, to)) return;
  throw new Refused(`table type mismatch for table.copy: ${refTypeName(from)} (src) != ${refTypeName(to)} (dst)`);
}

// src/core/wasm/validateNumeric.ts
var table3 = `
  45 i32->i32, 46-4f #:i32+i32->i32, 50 i64->i32, 51-5a #:i64+i64->i32, 5b-60 #:f32+f32->i32,
  61-66 #:f64+f64->i32, 67-69 :i32->i32, 6a-78 #i32+i32->i32, 79-7b :i64->i64, 7c-8a #:i64+i64->i64,
  8b-91 #:f32->f32, 92-98 #:f32+f32->f32, 99-9f #:f64->f64, a0-a6 #:f64+f64->f64, a7 i64->i32,
  a8-a9 :f32->i32, aa-ab :f64->i32, ac-ad :i32->i64, ae-af :f32->i64, b0-b1 :f64->i64, b2-b3 :i32->f32,
  b4-b5 :i64->f32, b6 f64->f32, b7-b8 :i32->f64, b9-ba :i64->f64, bb f32->f64, bc f32->i32,
  bd f64->i64, be i32->f32, bf i64->f64, c0-c1 i32->i32, c2-c4 i64->i64`;
var rows = readTable2();
function isNumeric(op3) {
  return rows.has(op3);
}
function validateNumeric({ operands }, op3) {
  const row = rows.get(op3);
  if (row === void 0) return;
  for (let taken = 0; taken < row.operands; taken++) {
    const ordinal = row.counted ? ` ${taken === 0 ? "1st" : "2nd"}` : "";
    const type = row.typed ? ` ${typeName(row.operand)}` : "";
    operands.popType(row.operand, `cannot pop the${ordinal}${type} operand for ${opcodeNames[op3]}: `);
  }
  operands.push(row.result);
}
function readTable2() {
  const types = { i32, i64, f32, f64 };
  const byCode = /* @__PURE__ */ new Map();
  for (const [, codes = "", flags = "", operand = "", second = "", result = ""] of table3.matchAll(
    /(\S+) ([#:]*)(\w+)(\+\w+)?->(\w+)/g
  )) {
    const row = {
      operands: second === "" ? 1 : 2,
      operand: types[operand] ?? i32,
      result: types[result] ?? i32,
      typed: flags.includes(":"),
      counted: flags.includes("#")
    };
    for (const code of codesOf(codes)) byCode.set(code, row);
  }
  return byCode;
}

// src/core/wasm/validateVector.ts
var groups = [
  { takes: [v128], gives: i32, codes: "53 63 64 83 84 a3 a4 c3 c4" },
  {
    takes: [v128],
    gives: v128,
    codes: "4d 5e-62 67-6a 74 75 7a 7c-81 87-8a 94 a0 a1 a7-aa c0 c1 c7-ca e0 e1 e3 ec ed ef f8-ff"
  },
  {
    takes: [v128, v128],
    gives: v128,
    codes: "0e 23-4c 4e-51 65 66 6e-73 76-79 7b 82 85 86 8e-93 95-99 9b-9f ae b1 b5-ba bc-bf ce d1 d5-df e4-eb f0-f7"
  },
  { takes: [v128, v128, v128], gives: v128, codes: "52" },
  { takes: [i32, v128], gives: v128, codes: "6b-6d 8b-8d ab-ad cb-cd" },
  { takes: [i32], gives: v128, codes: "0f-11" },
  { takes: [i64], gives: v128, codes: "12" },
  { takes: [f32], gives: v128, codes: "13" },
  { takes: [f64], gives: v128, codes: "14" }
];
var simple = spread(groups);
var alignments = new Map([
  [0, 4],
  ...[1, 2, 3, 4, 5, 6, 10, 93].map((op3) => [op3, 3]),
  [7, 0],
  [8, 1],
  [9, 2],
  [92, 2],
  [11, 4]
]);
var laneAccesses = new Map(
  [84, 85, 86, 87, 88, 89, 90, 91].map((op3, index) => [op3, index % 4])
);
var laneMoves = /* @__PURE__ */ new Map([
  [21, [16, i32, false]],
  [22, [16, i32, false]],
  [23, [16, i32, true]],
  [24, [8, i32, false]],
  [25, [8, i32, false]],
  [26, [8, i32, true]],
  [27, [4, i32, false]],
  [28, [4, i32, true]],
  [29, [2, i64, false]],
  [30, [2, i64, true]],
  [31, [4, f32, false]],
  [32, [4, f32, true]],
  [33, [2, f64, false]],
  [34, [2, f64, true]]
]);
var firstLaneStore = 88;
function validateVector(context) {
  const { cursor, operands } = context;
  const op3 = cursor.byte();
  const name = vectorNames[op3] ?? "";
  const group = simple.get(op3);
  const align = alignments.get(op3);
  if (group !== void 0) {
    pop(context, name, group.takes);
    operands.push(group.gives);
  } else if (align !== void 0) {
    validateAccess2(context, op3, name, align);
  } else if (laneAccesses.has(op3)) {
    validateLaneAccess(context, op3, name);
  } else if (laneMoves.has(op3)) {
    validateLaneMove(context, op3, name);
  } else if (name === "v128.const") {
    if (cursor.at + 16 > cursor.end - 1) throw new Refused(`cannot read constant vector value for ${name}`);
    cursor.at += 16;
    operands.push(v128);
  } else if (name === "v128.shuffle") {
    validateShuffle(context, name);
  } else {
    throw new Refused(`unknown SIMD instruction ${name}`);
  }
}
function pop({ operands }, name, types) {
  for (const type of types) operands.popType(type, `cannot pop the operand for ${name}: `);
}
function validateAccess2(context, op3, name, maxAlign) {
  requireMemory(context, name);
  checkAlignment(readAlignment(context), maxAlign, name);
  if (op3 === 11) {
    pop(context, name, [v128, i32]);
    return;
  }
  pop(context, name, [i32]);
  context.operands.push(v128);
}
function checkAlignment(align, max, name) {
  if (align > max) throw new Refused(`invalid memory alignment ${align} for ${name}`);
}
function validateLaneAccess(context, op3, name) {
  const size = laneAccesses.get(op3) ?? 0;
  requireMemory(context, name);
  checkAlignment(readAlignment(context), size, name);
  const stores = op3 >= firstLaneStore;
  readLane(context, 16 >> size, name, stores ? name : "v128.load64_lane");
  pop(context, name, [v128, i32]);
  if (!stores) context.operands.push(v128);
}
function validateLaneMove(context, op3, name) {
  const [lanes, type, replaces] = laneMoves.get(op3) ?? [0, i32, false];
  readLane(context, lanes, name, name);
  pop(context, name, replaces ? [type, v128] : [v128]);
  context.operands.push(replaces ? v128 : type);
}
function readLane({ cursor }, lanes, name, missingName) {
  if (cursor.left === 0) throw new Refused(`lane for ${missingName} not found`);
  const lane = cursor.byte();
  if (lane >= lanes) throw new Refused(`invalid lane index ${lane} >= ${lanes} for ${name}`);
}
function validateShuffle(context, name) {
  const { cursor, operands } = context;
  if (cursor.left < 16) throw new Refused(`16 lane indexes for ${name} not found`);
  for (let index = 0; index < 16; index++) {
    const lane = cursor.byte();
    if (lane >= 32) throw new Refused(`invalid lane index[${index}] ${lane} >= 32 for ${name}`);
  }
  pop(context, name, [v128, v128]);
  operands.push(v128);
}
function spread(all) {
  return new Map(all.flatMap((group) => codesOf(group.codes).map((code) => [code, group])));
}

// src/core/wasm/validateBodies.ts
var maxFunctions = 2 ** 27;
var maxStackValues = 2 ** 27;
function validateBodies(module2, spaces) {
  if (!module2.hasCode) return;
  const count = spaces.functions.length;
  if (count > maxFunctions) throw new Refused(`too many functions (${count}) in a module`);
  const context = { module: module2, spaces, declared: declaredFunctions(module2) };
  for (const [index, typeIndex] of module2.functions.entries()) {
    try {
      validateFunction(context, index, typeIndex);
    } catch (thrown) {
      throw inContext(`invalid ${functionLabel(module2, index)}`, thrown);
    }
  }
}
function validateFunction(outer, index, typeIndex) {
  const type = outer.module.types[typeIndex];
  if (type === void 0) throw new Refused(`type section index ${typeIndex} out of range`);
  const code = outer.module.code[index];
  if (code === void 0) return;
  const context = new BodyContext(outer, type, code);
  const { cursor, frames, operands } = context;
  while (cursor.at < cursor.end) {
    const { position } = context;
    if (frames.length === 0) throw new Refused(`unexpected end of function at pc=${hex(position)}`);
    validateInstruction(context, cursor.byte(), position);
  }
  if (frames.length > 0) throw new Refused("ill-nested block exists");
  if (operands.highest > maxStackValues) {
    throw new Refused(`function may have ${operands.highest} stack values, which exceeds limit ${maxStackValues}`);
  }
}
var gated = new Map([
  ...[8, 10, 31].map((op3) => [op3, "exception-handling"]),
  ...[20, 21, 212, 213, 214].map((op3) => [op3, "typed-function-references"])
]);
function validateInstruction(context, op3, position) {
  if (isNumeric(op3)) {
    validateNumeric(context, op3);
    return;
  }
  if (isMemoryOp(op3)) {
    validateMemoryOp(context, op3);
    return;
  }
  const feature = gated.get(op3);
  if (feature !== void 0) throw new Refused(`${opcodeNames[op3]} invalid as feature "${feature}" is disabled`);
  switch (op3) {
    case 0:
      context.operands.unreachable();
      break;
    case 1:
      break;
    case 2:
    case 3:
    case 4:
      validateBlock(context, op3);
      break;
    case 5:
      validateElse(context, position);
      break;
    case 11:
      validateEnd(context);
      break;
    case 12:
      validateBr(context);
      break;
    case 13:
      validateBrIf(context);
      break;
    case 14:
      validateBrTable(context);
      break;
    case 15:
      validateReturn(context);
      break;
    case 16:
    case 18:
      validateCall(context, op3);
      break;
    case 17:
    case 19:
      validateCallIndirect(context, op3);
      break;
    case 26:
      validateDrop(context);
      break;
    case 27:
    case 28:
      validateSelect(context, op3 === 28);
      break;
    case 32:
    case 33:
    case 34:
    case 35:
    case 36:
      validateVariable(context, op3);
      break;
    case 37:
    case 38:
      validateTableAccess(context, op3);
      break;
    case 65:
    case 66:
    case 67:
    case 68:
      validateConst(context, op3);
      break;
    case 208:
      validateRefNull(context);
      break;
    case 209:
      validateRefIsNull(context);
      break;
    case 210:
      validateRefFunc(context);
      break;
    case 252:
      validateMisc(context);
      break;
    case 253:
      validateVector(context);
      break;
    case 254:
      throw new Refused(`${atomicNames[context.cursor.byte()]} invalid as feature "threads" is disabled`);
    default:
      throw new Refused(`invalid instruction ${hex(op3)}`);
  }
}
function validateConst({ cursor, operands }, op3) {
  switch (op3) {
    case 65:
      readConst("read i32 immediate", () => cursor.s32());
      operands.push(i32);
      break;
    case 66:
      readConst("read i64 immediate", () => cursor.s64());
      operands.push(i64);
      break;
    case 67:
      cursor.at += 4;
      operands.push(f32);
      break;
    default:
      cursor.at += 8;
      operands.push(f64);
  }
}
function readConst(context, read) {
  try {
    read();
  } catch (thrown) {
    throw inContext(context, thrown);
  }
}
function declaredFunctions({ bytes, exports: exports2, globals, elements }) {
  const declared = /* @__PURE__ */ new Set();
  const collect = (span) => {
    evaluateConst(bytes, span, { global: () => i32, func: (index) => declared.add(index) });
  };
  for (const { kind, index } of exports2) if (kind === "func") declared.add(index);
  for (const { init } of globals) collect(init);
  for (const { functions, expressions } of elements) {
    for (const index of functions ?? []) declared.add(index);
    for (const expression of expressions ?? []) {
      try {
        collect(expression);
      } catch (thrown) {
        if (!(thrown instanceof Refused)) throw thrown;
      }
    }
  }
  return declared;
}

// src/core/wasm/prepare.ts
function prepareModule(original) {
  let prepared;
  const refusal = refusalOf(() => {
    const module2 = decodeModule(original);
    const scan = scanBodies(module2);
    prepared = adapted(module2, validate(module2, scan), scan);
  });
  if (prepared !== void 0) return { ok: true, module: prepared };
  const error = refusal?.message ?? "";
  return { ok: false, error, ...refusal?.panic === true ? { panic: error } : {} };
}
function explainRefusal(original) {
  const refusal = refusalOf(() => {
    const module2 = decodeModule(original);
    const spaces = validateBeforeBodies(module2);
    validateBodies(module2, spaces);
    validateAfterBodies(module2, spaces);
  });
  return refusal?.message ?? null;
}
function validate(module2, scan) {
  const spaces = validateBeforeBodies(module2);
  const later = refusalOf(() => validateAfterBodies(module2, spaces));
  if (later !== null || !scan.isPlain) validateBodies(module2, spaces);
  if (later !== null) throw later;
  return spaces;
}
function validateAfterBodies(module2, spaces) {
  validateElements(module2, spaces);
  validateDataCount(module2);
  const error = importError(module2) ?? dataError(module2);
  if (error !== null) throw new Refused(error);
}
function adapted(module2, spaces, scan) {
  const description = describeModule(module2);
  const { edits, memoryExport, startExport, closedFlag } = adapt(module2, spaces);
  const allEdits = [...edits, ...instrument(module2, scan.sites, closedFlag?.index ?? null)];
  const { bytes, marks, originalOffset } = rewrite(module2.bytes, allEdits);
  const { start } = module2;
  return {
    bytes,
    changed: allEdits.length > 0,
    description,
    memoryExport,
    start: startExport === null || start === null ? null : { export: startExport, functionIndex: start, label: `start ${functionLabel(module2, start)}` },
    closedFlagExport: closedFlag?.export ?? null,
    trapSites: marks,
    frame: (functionIndex) => frameOf(description, functionIndex),
    originalOffset
  };
}
function frameOf({ functions, moduleName }, index) {
  const found = functions[index];
  if (found === void 0) return `${moduleName}.$${index}()`;
  const { imported, name, signature } = found;
  return frameText({ index, signature, module: imported?.module ?? moduleName, name: imported?.name ?? name });
}

// src/core/wasm/guardShape.ts
var notTinyGo = "WASM module does not export guard functions. This usually means the guard was compiled with standard Go instead of TinyGo. TinyGo is required for proper function exports. Note: TinyGo 0.34 supports Go 1.19-1.23 (not yet compatible with Go 1.25). See examples/guards/sample-guard/README.md for details";
var labelFunctions2 = ["label_resource", "label_response", "label_agent"];
function checkGuardShape(description) {
  const signatures = /* @__PURE__ */ new Map();
  for (const { name, signature } of description.exports) if (signature !== null) signatures.set(name, signature);
  const resource = signatures.has("label_resource");
  if (!resource || !signatures.has("label_response")) {
    return !resource && signatures.has("_start") ? notTinyGo : "WASM module must export label_resource and label_response functions";
  }
  if (!signatures.has("label_agent")) return "WASM module must export label_agent";
  for (const name of labelFunctions2) {
    const signature = signatures.get(name);
    if (signature === void 0 || isLabelSignature(signature)) continue;
    const got = `${goBytes(signature.params)}->${goBytes(signature.results)}`;
    return `WASM module function ${name} must have signature (i32,i32,i32,i32)->i32, got ${got}`;
  }
  return null;
}
function isLabelSignature({ params, results }) {
  return params.length === 4 && results.length === 1 && [...params, ...results].every((type) => type === i32);
}
function goBytes(types) {
  return `[${types.map(kindOf).join(" ")}]`;
}

// src/engine/runtime/moduleFacts.ts
function moduleFacts(module2) {
  const { description, memoryExport, start, trapSites } = module2;
  const functions = /* @__PURE__ */ new Map();
  for (const { name, signature } of description.exports) if (signature !== null) functions.set(name, signature);
  const imports = /* @__PURE__ */ new Map();
  for (const { index, imported } of description.functions) {
    if (imported !== null) imports.set(`${imported.module}.${imported.name}`, index);
  }
  return {
    memoryExport,
    start: start === null ? null : { export: start.export, label: start.label },
    trapSites,
    functions,
    imports,
    shapeError: checkGuardShape(description)
  };
}

// src/engine/runtime/prepareInWorker.ts
function prepareInWorker(original) {
  const prepared = prepareModule(original);
  if (!prepared.ok) return { kind: "refused", error: prepared.error, panic: prepared.panic ?? null };
  const { module: module2 } = prepared;
  try {
    return {
      kind: "prepared",
      module: new webAssembly.Module(module2.bytes),
      facts: moduleFacts(module2),
      frames: module2.description.functions.map(({ index }) => module2.frame(index))
    };
  } catch (thrown) {
    if (!(thrown instanceof webAssembly.CompileError)) throw thrown;
    return { kind: "refused", error: explainRefusal(original) ?? thrown.message, panic: null };
  }
}

// src/engine/runtime/workerMain.ts
if (import_node_worker_threads2.parentPort !== null && import_node_worker_threads2.workerData instanceof SharedArrayBuffer) {
  const shared = new SharedState(import_node_worker_threads2.workerData);
  const line = new HostLine(shared, import_node_worker_threads2.parentPort);
  const answering = new Answering(shared, line);
  const journal = new JournalWriter(shared, (bytes) => line.post({ kind: "journal", bytes }, [bytes.buffer]));
  let instance = null;
  let functionName = "";
  const receive = (message) => {
    switch (message.kind) {
      case "prepare":
        line.post(prepareInWorker(message.bytes));
        return;
      case "instantiate":
        instance = new GuardInstance({ shared, journal, answering }, message.facts);
        line.post({ kind: "done", end: instance.start(message.module, message.name) });
        return;
      case "cassette":
        answering.setCassette(message.data);
        return;
      case "function":
        functionName = message.name;
        return;
      case "bytes":
    }
  };
  keepLongStacks();
  for (; ; ) {
    line.sleep();
    const isCall = line.takeCall();
    line.takeMessages(receive);
    if (!isCall || instance === null) continue;
    const name = labelFunctions[shared.get(words.function)] ?? functionName;
    const end = instance.call(name, line.input());
    line.post({ kind: "done", end });
  }
}
