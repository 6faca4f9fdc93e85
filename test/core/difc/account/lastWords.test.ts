import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../../src/core/difc/account/lastWords.ts';
import { proves } from '../../../support/proves.ts';

const trap = 'WASM function call failed: wasm error: unreachable';
const silent = { stdout: '', stderr: '', log: [] };

const rustNote = 'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n';

describe('lastWords', () => {
  it.each([
    [
      'Rust',
      `\nthread '<unnamed>' (1) panicked at src/lib.rs:10:11:\nthe owner of the item is missing\n${rustNote}`,
      'the owner of the item is missing',
      'src/lib.rs:10:11',
    ],
    [
      'Rust, on several lines',
      `thread 'main' panicked at src/lib.rs:4:5:\nassertion \`left == right\` failed: tags\n  left: 1\n right: 2\n${rustNote}`,
      'assertion `left == right` failed: tags left: 1 right: 2',
      'src/lib.rs:4:5',
    ],
    ['Rust without a note', `thread 'main' panicked at src/lib.rs:4:5:\nno tags\n`, 'no tags', 'src/lib.rs:4:5'],
    [
      'Rust before 1.73',
      `thread 'main' panicked at 'it's missing', src/lib.rs:10:11\n${rustNote}`,
      "it's missing",
      'src/lib.rs:10:11',
    ],
    [
      'Rust, a panic in a panic',
      `thread 'a' panicked at a.rs:1:2:\nfirst\n${rustNote}\nthread 'a' panicked at b.rs:3:4:\nsecond\n`,
      'first',
      'a.rs:1:2',
    ],
    [
      'Go',
      'panic: runtime error: index out of range [3] with length 2 [recovered]\n\tpanic: again\n\ngoroutine 1 [running]:\nruntime.gopanic({0x1, 0x2})\n\t/usr/local/go/src/runtime/panic.go:884 +0x1\nmain.label(...)\n\t/src/guard/main.go:12\nmain.label_resource(0x1)\n\t/src/guard/main.go:30 +0x5\n',
      'runtime error: index out of range [3] with length 2 [recovered] panic: again',
      '/src/guard/main.go:12',
    ],
    ['TinyGo', 'panic: runtime error: nil pointer dereference\n', 'runtime error: nil pointer dereference', ''],
    ['wasi-libc', 'Assertion failed: n > 0 (guard.c: label_resource: 12)\n', 'n > 0', 'guard.c:12'],
    [
      'glibc’s form',
      "guard: guard.c:12: label_resource: Assertion `n > 0' failed.\n",
      "Assertion `n > 0' failed",
      'guard.c:12',
    ],
    [
      'AssemblyScript',
      'abort: Index out of range in ~lib/array.ts(114:42)\n',
      'Index out of range',
      '~lib/array.ts:114:42',
    ],
    [
      'Zig',
      'thread 1 panic: reached unreachable code\n/src/main.zig:3:5: 0x12 in label (guard)\n',
      'reached unreachable code',
      '/src/main.zig:3:5',
    ],
    ['Zig without a stack', 'panic: integer overflow\n', 'integer overflow', ''],
    [
      'C++',
      'libc++abi: terminating due to uncaught exception of type int\n',
      'due to uncaught exception of type int',
      '',
    ],
  ])('reads the panic of %s on stderr, behind other output', (_, text, message, place) => {
    proves('own:panic-text-leads');
    const stderr = `loaded 3 rules\n${text}`;
    expect(lastWords({ ...silent, stderr }, trap)).toEqual({ kind: 'panicked', text: message, place });
  });

  it('finds the panic wherever the guard wrote it', () => {
    const panic = { kind: 'panicked', text: 'no tags', place: 'src/lib.rs:4:5' };
    const log = [
      { level: 1, message: 'panicked at src/lib.rs:4:5:\nno tags' },
      { level: 3, message: 'giving up' },
    ];
    expect(lastWords({ ...silent, log }, trap)).toEqual(panic);
    expect(lastWords({ ...silent, stdout: "thread 'x' panicked at src/lib.rs:4:5:\nno tags\n" }, trap)).toEqual(panic);
  });

  it('gives the last error in the log, else the last output, before a deliberate stop', () => {
    const log = [
      { level: 3, message: 'no owner\nin item 3' },
      { level: 0, message: 'bye' },
    ];
    expect(lastWords({ stdout: '', stderr: 'x', log }, trap)).toEqual({
      kind: 'logged',
      text: 'no owner in item 3',
      place: '',
    });
    expect(lastWords({ ...silent, stderr: 'one\ntwo\n  three\n' }, 'module closed with exit_code(1)')).toEqual({
      kind: 'wrote',
      text: 'two three',
      place: '',
    });
    expect(lastWords({ ...silent, stdout: 'bye\n' }, trap)).toEqual({ kind: 'wrote', text: 'bye', place: '' });
    expect(lastWords(silent, trap)).toBeNull();
  });

  it('does not explain other ends with what was written before', () => {
    const stderr = "thread 'x' panicked at src/lib.rs:4:5:\nno tags\n";
    expect(lastWords({ ...silent, stderr }, 'module closed with context deadline exceeded')).toBeNull();
    expect(lastWords({ ...silent, stderr }, 'WASM function returned error code: -1')).toBeNull();
    const written = { ...silent, stderr: 'hello', log: [{ level: 3, message: 'no owner' }] };
    expect(lastWords(written, 'wasm error: integer divide by zero')).toBeNull();
  });

  it('cuts a long message, and reads the end of a megabyte without a pause', () => {
    const stderr = `${'abort: '.repeat(150_000)}\nthread 'x' panicked at a.rs:1:1:\n${'m'.repeat(5000)}\n`;
    const words = lastWords({ ...silent, stderr }, trap);
    expect(words?.text).toHaveLength(300);
    expect(words?.place).toBe('a.rs:1:1');
  });
});
