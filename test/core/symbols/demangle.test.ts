import { describe, expect, it } from 'vitest';
import { demangle } from '../../../src/core/symbols/demangle.ts';

const legacy = {
  _ZN4core9panicking5panic17h0123456789abcdefE: 'core::panicking::panic',
  '_ZN47_$LT$a..Label$LT$T$GT$$u20$as$u20$a..Tagged$GT$3tag17h13e273838be00df8E': '<a::Label<T> as a::Tagged>::tag',
  _ZN1a3tag28_$u7b$$u7b$closure$u7d$$u7d$17h19369b147d93db2aE: 'a::tag::{{closure}}',
  '_ZN4core3ptr19copy_nonoverlapping17hc2d90d8eecd4f760E.llvm.123456': 'core::ptr::copy_nonoverlapping',
  _ZN5guard6a$RF$b17h0123456789abcdefE: 'guard::a&b',
} as const;

const v0 = {
  _RNvNtNtNtNtCset5xJoy1xWQ_3std3sys3pal4wasi7helpers14abort_internal: 'std::sys::pal::wasi::helpers::abort_internal',
  _RNvCsfLfy6EI15iL_7___rustc18___rust_start_panic: '__rustc::__rust_start_panic',
  _RINvNtNtCset5xJoy1xWQ_3std3sys9backtrace26___rust_end_short_backtraceNCNvNtB6_9panicking13panic_handler0zEB6_:
    'std::sys::backtrace::__rust_end_short_backtrace::<std::panicking::panic_handler::{closure#0}, !>',
  _RMCs4fqI2P2rA04_13const_genericINtB0_8UnsignedKhb_E: '<const_generic::Unsigned<11>>',
  _RNvC7mycrateu8gdel_5qa: 'mycrate::gödel',
  _RINvC1a1fDG0_INtC4core2FnTRL1_hEEp6OutputuEL_E: "a::f::<dyn for<'a, 'b> core::Fn<(&'a u8,), Output = ()>>",
  _RINvC1a1fFUKCmEuE: 'a::f::<unsafe extern "C" fn(u32)>',
  _RINvC1a1fAhj4_Kb1_Kc61_TjEE: "a::f::<[u8; 4], true, 'a', (usize,)>",
  _RINvC1a1fQhOhPhSheE: 'a::f::<&mut u8, *mut u8, *const u8, [u8], str>',
  _RNSC1a4shim: 'a::{shim:shim#0}',
} as const;

const itanium = {
  _ZN5guard5labelERKSs: 'guard::label(std::string const&)',
  _Z3addIiET_S0_S0_: 'int add<int>(int, int)',
  _ZNK3foo3BarIcE4sizeEv: 'foo::Bar<char>::size() const',
  _ZZ4mainENKUlvE_clEv: "main::'lambda'()::operator()() const",
  _ZN12_GLOBAL__N_15innerEPKc: '(anonymous namespace)::inner(char const*)',
  _ZNSt6vectorIiSaIiEE9push_backEOi: 'std::vector<int, std::allocator<int>>::push_back(int&&)',
  _ZN3FooD0Ev: 'Foo::~Foo()',
  _ZN3FooC2IiEET_: 'Foo::Foo<int>(int)',
  _ZTV3Foo: 'vtable for Foo',
  _Z1fPFviE: 'f(void (*)(int))',
  _ZThn8_N3Foo3barEv: 'thunk to Foo::bar()',
  _ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKc:
    'std::basic_ostream<char, std::char_traits<char>>& std::operator<<<std::char_traits<char>>(std::basic_ostream<char, std::char_traits<char>>&, char const*)',
  '_ZN5guard5labelEv.cold': 'guard::label() [.cold]',
  _ZN1a1bILi3ELb1EE1cEM1aiA4_c: 'a::b<3, true>::c(int a::*, char [4])',
} as const;

const others = {
  'main.__Policy_.Label': 'main.(*Policy).Label',
  'main.__Policy_.Label.func1': 'main.(*Policy).Label.func1',
  '(*main.Policy).Label': '(*main.Policy).Label',
  'assembly/index/label_agent': 'assembly/index/label_agent',
  '~lib/rt/itcms/__new': '~lib/rt/itcms/__new',
  label_resource: 'label_resource',
  _start: '_start',
} as const;

describe('demangle', () => {
  it.each(Object.entries({ ...legacy, ...v0, ...itanium, ...others }))('reads %s', (symbol, name) => {
    expect(demangle(symbol)).toBe(name);
  });

  it('returns a name that it cannot read unchanged, also one that is cut at any character', () => {
    for (const symbol of ['_ZN', '_R', '_RNv', '_ZN9999x', '_ZN5guard', '_RB_', '_Z', '_ZNS_1aE', '_ZN1aT_E', '']) {
      expect(demangle(symbol)).toBe(symbol);
    }
    for (const symbol of [...Object.keys(legacy), ...Object.keys(itanium)]) {
      for (let end = 0; end < symbol.length; end++) expect(demangle(symbol.slice(0, end))).toEqual(expect.any(String));
    }
  });

  it('ends with names that are nested or repeated without end', () => {
    expect(demangle(`_R${'Nv'.repeat(100)}C1a${'1b'.repeat(100)}`)).toMatch(/^a::b::b/);
    expect(demangle(`_R${'Nv'.repeat(250)}C1a${'1b'.repeat(250)}`)).toMatch(/^_RNvNv/);
    expect(demangle(`_R${'Nv'.repeat(5000)}C1a${'1b'.repeat(5000)}`)).toMatch(/^_RNvNv/);
    // Each tuple repeats the one before it twice, so the whole name has 2^40 parts.
    let doubled = '_RINvC1a1fTuuE';
    let last = 9;
    for (let level = 0; level < 40; level++) {
      const reference = `B${base62(last - 2)}`;
      last = doubled.length;
      doubled += `T${reference}${reference}E`;
    }
    expect(demangle(`${doubled}E`)).toMatch(/^_RINvC1a1f/);
    expect(demangle(`_Z1f${'P'.repeat(300)}i`)).toBe(`_Z1f${'P'.repeat(300)}i`);
  });

  it('cuts a name with many type arguments', () => {
    const long = demangle(`_RINvC1a1f${'NtC5guard5Label'.repeat(100)}E`);
    expect(long).toHaveLength(400);
    expect(long.endsWith('…')).toBe(true);
  });
});

function base62(value: number): string {
  if (value === 0) return '_';
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  let rest = value - 1;
  let text = '';
  do {
    text = (digits[rest % 62] ?? '') + text;
    rest = Math.floor(rest / 62);
  } while (rest > 0);
  return `${text}_`;
}
