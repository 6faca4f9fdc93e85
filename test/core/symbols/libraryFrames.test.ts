import { describe, expect, it } from 'vitest';
import type { StackFrame } from '../../../src/core/difc/record/stackFrame.ts';
import { foldFrames, innermostOwnFrame, libraryOf } from '../../../src/core/symbols/libraryFrames.ts';
import { proves } from '../../support/proves.ts';
import { shortPlace, stackText } from '../../../src/core/symbols/stackText.ts';

function frame(name: string, file?: string): StackFrame {
  const at = file === undefined ? null : { file, line: 3, column: 7 };
  return { function: name, index: 1, offset: 2, at, inlined: false };
}

describe('libraryOf', () => {
  it.each([
    ['core::panicking::panic_fmt', 'core::panicking'],
    ['<core::option::Option<guard::Label>>::expect', 'core::option'],
    ['<alloc::vec::Vec<u8> as core::ops::drop::Drop>::drop', 'core::ops'],
    ['<u8 as core::fmt::Display>::fmt', 'core::fmt'],
    ['rust_begin_unwind', 'the Rust runtime'],
    ['runtime.gopanic', 'runtime'],
    ['~lib/rt/itcms/__new', '~lib/rt/itcms'],
    ['__assert_fail', 'libc'],
    ['label_resource.command_export', 'libc'],
    ['operator new(unsigned long)', 'the C++ library'],
    ['__cxa_throw', 'the C++ library'],
    // Rust and C++ share this name for their library.
    ['std::vector<int>::at(unsigned long)', 'std'],
  ])('gives the library of %s', (name, library) => {
    expect(libraryOf(frame(name))).toBe(library);
  });

  it.each([
    'guard::label',
    '<guard::Label as core::fmt::Display>::fmt',
    '<core::option::Option<u8> as guard::Tagged>::tag',
    '<alloc::vec::Vec<u8> as guard::Tagged>::tag',
    'serde_json::de::from_str',
    'main.label_resource',
    'main.(*Policy).Label',
    'assembly/index/label_agent',
    'label_resource',
    '$7',
  ])('takes %s for the guard’s own', (name) => {
    expect(libraryOf(frame(name))).toBeNull();
  });

  it('follows the file of a frame before its name', () => {
    expect(libraryOf(frame('abort', 'src/guard.c'))).toBeNull();
    expect(
      libraryOf(frame('expect<u32>', '/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/option.rs')),
    ).toBe('core');
    expect(libraryOf(frame('expect', '/build/.rustup/toolchains/x/lib/rustlib/src/rust/library/std/src/lib.rs'))).toBe(
      'std',
    );
    expect(libraryOf(frame('lock', '/rust/deps/dlmalloc-0.2.11/src/lib.rs'))).toBe('dlmalloc');
    expect(libraryOf(frame('from_str', '/build/.cargo/registry/src/index/serde_json-1.0.1/src/de.rs'))).toBeNull();
  });
});

describe('foldFrames', () => {
  const stack = [
    frame('abort'),
    frame('std::process::abort'),
    frame('core::panicking::panic_fmt'),
    frame('core::option::expect_failed'),
    frame('guard::label', 'src/lib.rs'),
    frame('core::iter::Map::fold'),
    frame('label_resource'),
  ];

  it('folds runs of library frames, beginning with the one that the guard called', () => {
    proves('own:stack-in-source-words');
    expect(stackText({ frames: stack })).toEqual([
      '(4 frames of core::option, core::panicking, std::process and 1 more)',
      'guard::label (src/lib.rs:3:7)',
      'core::iter::Map::fold',
      'label_resource',
    ]);
    expect(foldFrames(stack)[0]).toMatchObject({ kind: 'folded', frames: stack.slice(0, 4) });
    expect(foldFrames([frame('core::a::b'), frame('core::a::c')])).toMatchObject([{ text: '2 frames of core::a' }]);
    expect(foldFrames([])).toEqual([]);
  });

  it('finds the innermost frame of the guard', () => {
    expect(innermostOwnFrame(stack)?.function).toBe('guard::label');
    expect(innermostOwnFrame([frame('core::a::b')])).toBeNull();
  });

  it('shortens a path to its last two folders', () => {
    expect(shortPlace({ file: 'src/lib.rs', line: 3, column: 0 })).toBe('src/lib.rs:3');
    expect(shortPlace({ file: '/build/guard/src/label/item.rs', line: 3, column: 1 })).toBe('…/src/label/item.rs:3:1');
    expect(shortPlace({ file: 'C:\\me\\guard\\src\\lib.rs', line: 3, column: 1 })).toBe('…/guard/src/lib.rs:3:1');
  });
});
