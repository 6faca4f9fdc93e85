/** Names of new guard projects, and what templates become. */
import { describe, expect, it } from 'vitest';
import { nameOfFolder, projectPath, projectText, requireProjectName } from '../../../src/core/newGuard/guardProject.ts';

describe('the name of a project', () => {
  it.each(['notes-guard', 'a', 'x9', 'a'.repeat(64)])('may be "%s"', (name) => {
    expect(requireProjectName(name)).toBe(name);
  });

  it.each(['', 'Notes', '9lives', 'a b', '../x', 'ä', '"', 'a'.repeat(65)])('may not be "%s"', (name) => {
    expect(() => requireProjectName(name)).toThrow(expect.objectContaining({ code: 'new/bad-name' }));
    expect(() => requireProjectName(name)).toThrow(`"${name}" is not a name for a guard`);
  });

  it.each([
    ['notes-guard', 'notes-guard'],
    ['My Guard (2)', 'my-guard-2'],
    ['2026 guard', 'guard'],
    ['…', 'guard'],
    ['', 'guard'],
    [`${'x'.repeat(63)} y`, 'x'.repeat(63)],
  ])('of the folder "%s" is "%s"', (folder, name) => {
    expect(nameOfFolder(folder)).toBe(name);
    expect(requireProjectName(name)).toBe(name);
  });
});

it('a template gets its dots, the name of the project and the path of its guard', () => {
  expect(projectPath('dot-vscode/tasks.json')).toBe('.vscode/tasks.json');
  expect(projectPath('dot-gitignore')).toBe('.gitignore');
  expect(projectPath('src/polka-dot-.c')).toBe('src/polka-dot-.c');
  expect(projectPath('guard.guardtest.json.template')).toBe('guard.guardtest.json');
  expect(projectText('# {{name}}, {{guard}}, {{name}}', { name: 'notes', guard: 'a.wasm' })).toBe(
    '# notes, a.wasm, notes',
  );
});
