/** Describes what a file that is not a trace looks like. */

/** What a file that is not a trace appears to be. `what` completes "it looks like …"; `hint` is the next step. */
export interface Lookalike {
  readonly what: string;
  readonly hint: string;
}

/** Describes a file by its first kilobytes. `bytes` may be cut anywhere. */
export function describeLookalike(bytes: Uint8Array): Lookalike {
  const binary = binaryKind(bytes);
  if (binary !== null) return binary;
  const text = new TextDecoder()
    .decode(bytes)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text === '') return { what: 'an empty file', hint: openHint };
  const known = textKinds.find(({ pattern }) => pattern.test(text));
  if (known !== undefined) return { what: known.what, hint: known.hint };
  if (isBareMessage(text)) return { what: 'bare JSON-RPC messages without direction and time', hint: importHint };
  if (/^[{[]/.test(text)) return { what: 'JSON without a trace record in its first lines', hint: openHint };
  return { what: 'a text file without trace records', hint: openHint };
}

/** Whether the text begins with a JSON-RPC message, alone on its line or in a list; the message may be cut. */
function isBareMessage(text: string): boolean {
  const [line = ''] = text.split('\n', 1);
  try {
    const value: unknown = JSON.parse(line);
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'object' && first !== null) {
      return 'method' in first || (('result' in first || 'error' in first) && 'id' in first);
    }
  } catch {
    // The message ends on another line, or beyond the bytes that were read.
  }
  return /^(?:\[\s*)?\{\s*"(?:jsonrpc"\s*:\s*"2\.0"|id"\s*:\s*[\d"][^,]*,\s*"(?:jsonrpc|method|result|error)")/.test(
    text,
  );
}

const importHint =
  'Convert it to a capture with "guardscope import FILE", or the command Import Session… of VS Code, and open that';
const openHint = 'Open a *.guardtrace.jsonl capture, or rpc-messages.jsonl from the log folder of the gateway';
const siblingHint = 'Open rpc-messages.jsonl from the same folder instead';

interface TextKind {
  readonly pattern: RegExp;
  readonly what: string;
  readonly hint: string;
}

const textKinds: readonly TextKind[] = [
  {
    pattern: /^\{\s*"log"\s*:\s*\{/,
    what: 'a HAR file (HTTP archive of a browser or proxy)',
    hint: importHint,
  },
  {
    pattern: /^\[\d{4}-\d\d-\d\dT[^\]]*\] \[[A-Z]+\] \[/,
    what: "the gateway's text log without guard inputs",
    hint: `${siblingHint}; the gateway writes guard inputs with DEBUG=guard:wasm in its environment at start`,
  },
  { pattern: /^<details>\s*<summary>/, what: "the gateway's markdown log", hint: siblingHint },
  { pattern: /^\{\s*"servers"\s*:\s*\{/, what: "the gateway's list of tools (tools.json)", hint: siblingHint },
  {
    pattern: /^\{\s*"(?:allow-only|allowonly|write-sink)"\s*:/i,
    what: 'a guard policy',
    hint: 'Choose it as the policy of a trace',
  },
  {
    pattern: /^\{[^\n]*"endedIn":[^\n]*"agentBefore":/,
    what: 'the decisions of a replay (guardscope replay --json)',
    hint: 'Open the trace that was replayed; these records are a result and cannot be replayed again',
  },
  {
    pattern: /^\{\s*"schema"\s*:\s*"guardscope-bundle\//,
    what: 'a bundle of Guardscope',
    hint: importHint,
  },
  {
    pattern: /^\{(?=[\s\S]*"interactions"\s*:\s*\[)[\s\S]*"version"\s*:\s*"/,
    what: 'a cassette of mcp-recorder',
    hint: importHint,
  },
  {
    pattern: /^\{[^\n]*"(?:resourceSpans|traceID|spanId)"/,
    what: 'an OpenTelemetry trace',
    hint: openHint,
  },
  { pattern: /^<(?:!doctype|html|\?xml)/i, what: 'an HTML or XML document', hint: openHint },
];

/** First bytes of files that are not UTF-8 text. */
const signatures: readonly (readonly [string, readonly number[], string])[] = [
  ['a gzip archive', [0x1f, 0x8b], 'Unpack it first'],
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04], 'Unpack it first'],
  ['a zstd archive', [0x28, 0xb5, 0x2f, 0xfd], 'Unpack it first'],
  ['a WebAssembly module', [0x00, 0x61, 0x73, 0x6d], 'Choose it as the guard of a trace'],
  ['text in UTF-16', [0xff, 0xfe], 'Save it as UTF-8'],
  ['text in UTF-16', [0xfe, 0xff], 'Save it as UTF-8'],
  ['a network capture (pcap)', [0xd4, 0xc3, 0xb2, 0xa1], openHint],
  ['a network capture (pcapng)', [0x0a, 0x0d, 0x0d, 0x0a], openHint],
];

function binaryKind(bytes: Uint8Array): Lookalike | null {
  for (const [what, start, hint] of signatures) {
    if (start.every((byte, index) => bytes[index] === byte)) return { what, hint };
  }
  return bytes.includes(0) ? { what: 'a binary file', hint: openHint } : null;
}
