/** Finds the source map that a module names: in a data URL, or in a file beside the module. */
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { cutText } from '../../core/base/cutText.ts';
import { type SourceMapText, sourceMapUrl } from '../../core/symbols/sourceMap.ts';
import { listSections } from '../../core/wasm/decode/sections.ts';
import { readRegular } from '../files/regularFile.ts';

/** A map of a guard has some hundred kilobytes; the largest compilers write some ten megabytes. */
const maxMapBytes = 64 * 1024 * 1024;

/** Longest URL that is quoted. */
const longestUrl = 200;

/** The map of the module at `path`; null when the module names none. Never rejects. */
export async function readSourceMap(bytes: Uint8Array, path: string): Promise<SourceMapText | null> {
  const url = sourceMapUrl(bytes, listSections(bytes).sections);
  if (url === null || url === '') return null;
  if (/^data:/i.test(url)) return dataText(url);
  const name = `The source map "${cutText(url, longestUrl)}"`;
  const file = fileBeside(url);
  if (file === null) {
    return {
      problem: `${name} is not read, because it is not beside the module. Build with a URL that is a file name`,
    };
  }
  try {
    return { text: (await readRegular(join(dirname(path), file), maxMapBytes)).toString() };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { problem: `${name} cannot be read: ${reason}. Put it beside the module` };
  }
}

/** The path of a URL below the module's folder; null for anything else, because the module may not be trusted to name files. */
function fileBeside(url: string): string | null {
  if (/^[a-z][\w+.-]*:/i.test(url)) return null;
  let file: string;
  try {
    file = normalize(decodeURIComponent(url.replace(/[?#].*$/s, '')));
  } catch {
    return null;
  }
  return isAbsolute(file) || /^\.\.(?:[/\\]|$)/.test(file) || file.includes('\0') ? null : file;
}

function dataText(url: string): SourceMapText {
  const comma = url.indexOf(',');
  const content = url.slice(comma + 1);
  if (comma === -1) return { problem: 'The source map cannot be read: its data URL has no comma' };
  if (/;\s*base64$/i.test(url.slice(0, comma))) return { text: Buffer.from(content, 'base64').toString() };
  try {
    return { text: decodeURIComponent(content) };
  } catch {
    return { problem: 'The source map cannot be read: its data URL is not percent-encoded UTF-8' };
  }
}
