/** The functions of the guard interface in source: samples, templates, comments, strings, and hostile texts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codeMask, type SourceLanguage } from '../../../src/core/source/codeMask.ts';
import { guardNames } from '../../../src/core/source/guardNames.ts';
import { repoPath } from '../../support/paths.ts';

/** `name@line` of each, with lines from 1. */
function found(text: string, language: SourceLanguage): readonly string[] {
  return guardNames(text, language).map(({ name, at }) => {
    expect(text.slice(at, at + name.length)).toBe(name);
    return `${name}@${text.slice(0, at).split('\n').length}`;
  });
}

const names = (text: string, language: SourceLanguage): readonly string[] =>
  found(text, language).map((each) => each.replace(/@.*/, ''));

const all = ['alloc', 'dealloc', 'label_agent', 'label_resource', 'label_response'];

describe('guards of the samples and templates', () => {
  it.each<readonly [file: string, language: SourceLanguage, expected: readonly string[]]>([
    ['media/samples/files-and-memory/guard/src/lib.rs', 'rust', all],
    ['media/samples/files-and-memory/guard/src/host.rs', 'rust', ['host_log', 'call_backend']],
    ['media/samples/files-and-memory/guard/src/agent.rs', 'rust', []],
    ['media/samples/files-and-memory-as/guard/assembly/host.ts', 'assemblyscript', ['host_log', 'call_backend']],
    ['media/templates/rust/src/lib.rs', 'rust', all],
    ['media/templates/c/src/guard.c', 'c', all],
  ])('%s', (file, language, expected) => {
    expect(names(readFileSync(repoPath(file), 'utf8'), language)).toEqual(expected);
  });

  it('AssemblyScript exports all five', () => {
    const text = readFileSync(repoPath('media/samples/files-and-memory-as/guard/assembly/index.ts'), 'utf8');
    expect([...names(text, 'assemblyscript')].sort()).toEqual(all);
  });
});

describe('forms of a declaration', () => {
  it.each<readonly [language: SourceLanguage, text: string, expected: readonly string[]]>([
    ['rust', '#[no_mangle]\npub unsafe extern "C" fn label_agent(a: u32) -> i32 { 0 }', ['label_agent@2']],
    ['rust', 'extern fn label_agent() {}', ['label_agent@1']],
    ['rust', '#[export_name = "label_resource"]\nextern "C" fn resource() {}', ['label_resource@1']],
    ['rust', 'extern "C" { #[link_name = "host_log"] fn log(); }', ['host_log@1']],
    ['rust', 'fn label_agent() {}', []],
    ['rust', 'let x = "extern \\"C\\" fn label_agent(";', []],
    ['rust', 'let x = r#"extern "C" fn label_agent("#; extern "C" fn label_response() {}', ['label_response@1']],
    ['rust', '/* /* nested */ extern "C" fn label_agent( */ extern "C" fn label_response() {}', ['label_response@1']],
    ['rust', 'fn f<\'a>(c: char) -> bool { c == \'"\' }\nextern "C" fn label_agent() {}', ['label_agent@2']],
    ['rust', '// extern "C" fn label_agent() {}', []],
    ['rust', 'extern "C" fn alloc() {} // label_agent', []],
    ['assemblyscript', 'export function label_agent(a: usize): i32 { return 0; }', ['label_agent@1']],
    ['assemblyscript', 'function agent(): i32 { return 0; }\nexport { agent as label_agent };', ['label_agent@2']],
    ['assemblyscript', "@external('env', 'call_backend')\ndeclare function ask(): i32;", ['call_backend@1']],
    ['assemblyscript', 'declare function host_log(): void;', ['host_log@1']],
    ['assemblyscript', '`export function label_agent(${`', []],
    ['assemblyscript', 'export function other(): void {} // label_agent', []],
    ['c', 'int label_agent(const char *in, int n, char *out, int m) {\n}', ['label_agent@1']],
    ['c', '__attribute__((export_name("label_agent")))\nint agent(int a) { return 0; }', ['label_agent@1']],
    ['c', '__attribute__((export_name("label_agent")))\nint label_agent(int a) { return 0; }', ['label_agent@2']],
    ['c', '__attribute__((import_module("env"), import_name("host_log"))) void say(int);', ['host_log@1']],
    ['c', 'int label_agent(int a);\nint x = label_agent(1);', []],
    ['c', 'void *alloc(int n) { return 0; }', []],
    ['c', 'char *s = "\\"label_agent() {"; /* int label_agent() { */', []],
    ['c', "char c = '\"'; int label_agent() { return 0; }", ['label_agent@1']],
    ['c', 'char *s = "not closed\nint label_agent() {}', ['label_agent@2']],
  ])('%s: %s', (language, text, expected) => {
    expect(found(text, language)).toEqual(expected);
  });
});

describe('hostile texts', () => {
  it.each<readonly [what: string, text: string]>([
    ['openings of comments', `label_agent ${'/*'.repeat(200_000)}`],
    ['openings of raw strings', `label_agent ${'r#"'.repeat(200_000)}`],
    ['quotes', `label_agent ${'"\''.repeat(200_000)}`],
    ['parameters without an end', `label_agent(${' '.repeat(400_000)}`],
    ['white space', `extern ${' '.repeat(400_000)} label_agent`],
  ])('of %s take time in proportion to their length', (_, text) => {
    const began = performance.now();
    for (const language of ['rust', 'assemblyscript', 'c'] as const) guardNames(text, language);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('have a mask of their length', () => {
    for (const text of ['', '"', '//', '/*', "'", '`', 'r#"']) {
      for (const language of ['rust', 'assemblyscript', 'c'] as const) {
        expect(codeMask(text, language)).toHaveLength(text.length);
      }
    }
  });
});
