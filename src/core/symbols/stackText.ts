/** Writes the stack of a guard as lines of text. */
import type { GuardStack, SourcePlace, StackFrame } from '../difc/record/stackFrame.ts';
import { foldFrames } from './libraryFrames.ts';

/** One line for each frame of the guard's own code, innermost first, and one for each run of library frames. */
export function stackText({ frames }: Pick<GuardStack, 'frames'>): readonly string[] {
  return foldFrames(frames).map((part) => (part.kind === 'folded' ? `(${part.text})` : stackFrameText(part.frame)));
}

/** `guard::label (src/lib.rs:12:5)`, with `, inlined` for an inlined function. */
export function stackFrameText({ function: name, at, inlined }: StackFrame): string {
  if (at === null) return name;
  return `${name} (${shortPlace(at)}${inlined ? ', inlined' : ''})`;
}

/** How many folders of a path are shown. */
const shownFolders = 2;

/** `label.rs:12:5` with at most two folders in front. */
export function shortPlace({ file, line, column }: SourcePlace): string {
  return `${shortPath(file)}:${line}${column === 0 ? '' : `:${column}`}`;
}

function shortPath(file: string): string {
  const short = `…/${file
    .split(/[/\\]/)
    .slice(-shownFolders - 1)
    .join('/')}`;
  return short.length < file.length ? short : file;
}
