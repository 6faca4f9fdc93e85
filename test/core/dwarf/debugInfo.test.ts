/** The places of traps in the guards with debug information, compared with wazero's own, and with damaged debug information. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DebugInfo } from '../../../src/core/dwarf/debugInfo.ts';
import { listSections } from '../../../src/core/wasm/decode/sections.ts';
import { debugGuardBytes, debugGuardPath } from '../../support/guards/debugGuards.ts';
import { proves } from '../../support/proves.ts';
import { stackOf, trapOf, wazeroLines } from './debugTrace.ts';

const functions = ['label_agent', 'label_resource', 'label_response'];

/** The lines with places of a recorded trace of wazero, by function. */
function recorded(name: string): Readonly<Record<string, readonly string[]>> {
  const parts = readFileSync(debugGuardPath(`${name}.wazero.txt`), 'utf8').split(/^# /m);
  return Object.fromEntries(
    parts.slice(1).map((part) => {
      const [title = '', ...lines] = part.split('\n');
      return [title, lines.filter((line) => line.startsWith('\t\t')).map((line) => line.slice(2))];
    }),
  );
}

describe('places of a trap', () => {
  it.each(['cpp', 'rust'])('are those that wazero prints with DEBUG=guard:wasm, for %s', (name) => {
    proves('own:places-like-wazero');
    const bytes = debugGuardBytes(name);
    for (const each of functions) {
      const lines = recorded(name)[each];
      expect(lines?.length).toBeGreaterThan(1);
      expect(wazeroLines(bytes, stackOf(bytes, each))).toEqual(lines);
    }
  });

  it('are the same with DWARF 5, which wazero does not read', () => {
    const [four, five] = [debugGuardBytes('cpp'), debugGuardBytes('cpp5')];
    for (const name of functions)
      expect(wazeroLines(five, stackOf(five, name))).toEqual(wazeroLines(four, stackOf(four, name)));
  });

  it('have the names of inlined functions', () => {
    proves('own:stack-in-source-words');
    const names = (guard: string, name: string): readonly string[] =>
      stackOf(debugGuardBytes(guard), name).frames.map(
        (frame) => `${frame.function}${frame.inlined ? ' inlined' : ''}`,
      );
    const cpp = ['int labels::divided<int>(int, int) inlined', 'labels::owner_of(Item const&) inlined'];
    for (const guard of ['cpp', 'cpp5']) {
      expect(names(guard, 'label_resource')).toEqual([...cpp, 'labels::Label::Label(Item const&)', 'label_resource']);
    }
    expect(names('rust', 'label_resource')).toEqual([
      'core::core_arch::wasm32::unreachable inlined',
      'guard::divided inlined',
      '<guard::Item<i32> as guard::Weighed>::weight::{closure#0} inlined',
      '<guard::Item<i32> as guard::Weighed>::weight',
      'label_resource',
    ]);
    expect(names('rust', 'label_response').slice(-3)).toEqual([
      'guard::load inlined',
      'guard::memory::read',
      'label_response',
    ]);
  });
});

describe('a module whose debug information is elsewhere or wrong', () => {
  it('has lines, and says that the names of inlined functions are in another file', () => {
    const { frames, notes } = stackOf(debugGuardBytes('split'), 'label_resource');
    expect(frames[0]?.at).toEqual({ file: '/guard/labels.h', line: 10, column: 17 });
    expect(notes).toEqual([
      'The names of inlined functions are in another file ("split.dwo"), which is not read. Build with -gno-split-dwarf',
    ]);
  });

  it('says when it is of another build, and gives no places', () => {
    const { frames, notes } = stackOf(debugGuardBytes('stale'), 'label_response');
    expect(frames.every(({ at }) => at === null)).toBe(true);
    expect(notes).toContainEqual(expect.stringContaining('The debug information is not of this build'));
  });

  it('says in which file separated debug information is, and that compressed sections are not read', () => {
    const problems = (name: string, content: string): readonly string[] => {
      const bytes = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...custom(name, content)]);
      const info = new DebugInfo(bytes, listSections(bytes).sections);
      expect(info.exists).toBe(false);
      expect(info.locate(8)).toBeNull();
      return [...info.problems];
    };
    expect(problems('external_debug_info', '\x0cguard.dwarf1')).toEqual([expect.stringContaining('("guard.dwarf1")')]);
    expect(problems('.zdebug_info', 'ZLIB')).toEqual([expect.stringContaining('--compress-debug-sections')]);
    expect(problems('other', '')).toEqual([]);
  });
});

describe('damaged debug information', () => {
  const damaged = (name: string, change: (section: Uint8Array, bytes: Uint8Array) => void): void => {
    const whole = debugGuardBytes(name);
    const offsets = functions.flatMap((each) => trapOf(whole, each).map(({ offset }) => offset));
    const { sections } = listSections(whole);
    for (const { start, end } of sections.filter((section) => section.name.startsWith('.debug_'))) {
      const bytes = whole.slice();
      change(bytes.subarray(start, end), bytes);
      const info = new DebugInfo(bytes, sections);
      for (const offset of offsets) info.locate(offset);
      for (const problem of info.problems)
        expect(problem).toMatch(/^The (?:debug information cannot be read: |names of )/);
    }
  };

  it.each(['cpp', 'cpp5', 'split', 'rust'])('never throws and ends for %s with any byte changed', (name) => {
    proves('own:readers-never-throw');
    for (let at = 12; at < 600; at += 29) {
      for (const value of [0, 0x7f, 0xff]) damaged(name, (section) => (section[at % section.length] = value));
    }
  });

  it.each(['cpp', 'cpp5', 'rust'])('never throws and ends for %s with sections cut at any byte', (name) => {
    for (let at = 13; at < 400; at += 17) damaged(name, (section) => section.fill(0xff, at));
    for (let at = 13; at < 400; at += 17) damaged(name, (section) => section.fill(0, at));
  });

  it('names the section and the byte', () => {
    const bytes = debugGuardBytes('cpp');
    const { sections } = listSections(bytes);
    const info = sections.find(({ name }) => name === '.debug_info');
    // The length of the first unit, behind the name of the section.
    bytes.fill(0x7f, (info?.start ?? 0) + 12, (info?.start ?? 0) + 16);
    const reader = new DebugInfo(bytes, sections);
    expect(reader.locate(trapOf(bytes, 'label_agent')[0]?.offset ?? 0)).toBeNull();
    expect([...reader.problems]).toEqual([
      expect.stringMatching(
        /^The debug information cannot be read: \.debug_info at byte 4: a unit has \d+ bytes, and only \d+ are left$/,
      ),
    ]);
  });
});

describe('debug information that refers to itself', () => {
  const u32 = (value: number): readonly number[] => [
    value & 0xff,
    (value >> 8) & 0xff,
    (value >> 16) & 0xff,
    value >>> 24,
  ];
  const compileUnit = [1, 0x11, 1, 0x11, 0x01, 0x12, 0x06, 0, 0];
  const withRanges = [2, 0x2e, 0, 0x55, 0x17, 0, 0];
  const withOrigin = [3, 0x2e, 0, 0x11, 0x01, 0x12, 0x06, 0x31, 0x13, 0, 0];

  /** A module with one unit for the addresses 1 to 16, whose other entries are `entries`. */
  function moduleOf(entries: readonly number[], ranges: readonly number[] = []): Uint8Array<ArrayBuffer> {
    const unit = [4, 0, ...u32(0), 4, 1, ...u32(1), ...u32(16), ...entries, 0];
    const code = [10, 4, 1, 2, 0, 0x0b];
    const abbreviations = [...compileUnit, ...withRanges, ...withOrigin, 0];
    return Uint8Array.from(
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...code]
        .concat(custom('.debug_abbrev', String.fromCodePoint(...abbreviations)))
        .concat(section('.debug_info', [...u32(unit.length), ...unit]))
        .concat(section('.debug_ranges', ranges)),
    );
  }

  it('has no name at the end of a circle of references', () => {
    // The entry begins 20 bytes behind the begin of the unit.
    const bytes = moduleOf([3, ...u32(1), ...u32(16), ...u32(20)]);
    const { sections } = listSections(bytes);
    const info = new DebugInfo(bytes, sections);
    const located = info.locate((sections.find(({ id }) => id === 10)?.start ?? 0) + 3);
    expect(located).toEqual({ places: [{ function: null, at: null }], code: { start: 11, end: 27 } });
    expect([...info.problems]).toEqual([]);
  });

  it('is not read without end when many entries refer to one long list', () => {
    const entries = Array.from({ length: 30_000 }, () => [2, ...u32(0)]).flat();
    const ranges = Array.from({ length: 30_000 }, () => [...u32(0x1000), ...u32(0x1001)]).flat();
    const bytes = moduleOf(entries, [...ranges, ...u32(0), ...u32(0)]);
    const info = new DebugInfo(bytes, listSections(bytes).sections);
    info.locate(13);
    info.locate(13);
    expect([...info.problems]).toEqual(['The debug information cannot be read: it refers to the same lists too often']);
  });
});

function custom(name: string, content: string): readonly number[] {
  return section(name, [...Buffer.from(content, 'latin1')]);
}

function section(name: string, content: readonly number[]): readonly number[] {
  const size = 1 + name.length + content.length;
  const encoded = [0, 7, 14, 21].map((shift) => ((size >> shift) & 0x7f) | (shift === 21 ? 0 : 0x80));
  return [0, ...encoded, name.length, ...Buffer.from(name, 'latin1'), ...content];
}
