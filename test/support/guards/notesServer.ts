/** The server that the guards of new projects label: notes, and the look-up of one. */
import type { JsonObject, JsonValue } from '../../../src/core/base/json.ts';

/** A note of each kind. */
export const notes: Readonly<Record<string, JsonObject>> = {
  n1: { id: 'n1', folder: 'public', author: 'staff' },
  n2: { id: 'n2', folder: 'team', author: 'staff' },
  n3: { id: 'n3', folder: 'team', author: 'guest' },
};

/** A result with one text. */
export const text = (content: string): JsonObject => ({ content: [{ text: content, type: 'text' }] });

/** Answers `note_info`, for the note `long` with more than fits into the first buffer of a guard. */
export function notesBackend(tool: string, args: JsonValue): JsonValue | undefined {
  const { id } = args as { readonly id?: string };
  if (tool !== 'note_info' || id === 'unreachable') return undefined;
  if (id === 'long') return text(JSON.stringify({ folder: 'team', author: 'staff', text: 'ö"\\'.repeat(40_000) }));
  const note = notes[id ?? ''];
  return note === undefined ? { ...text(`There is no note ${id}`), isError: true } : text(JSON.stringify(note));
}
