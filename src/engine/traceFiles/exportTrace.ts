/** Exports a native capture in a foreign format, or as a bundle to share. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import { writeBundle } from '../../core/interchange/bundle.ts';
import { writeRecorderCassette } from '../../core/interchange/recorderCassette.ts';
import { writeHar } from '../../core/interchange/har.ts';
import { readNativeMessages } from '../../core/interchange/foreignSession.ts';
import { Redactor } from '../../core/redaction/redaction.ts';
import { readRegular } from '../files/regularFile.ts';

/** The formats of an export. */
export const exportKinds = ['har', 'cassette', 'bundle'] as const;
export type ExportKind = (typeof exportKinds)[number];

export interface ExportOptions {
  readonly version: string;
  /** For a bundle. */
  readonly policy?: string | null;
  readonly guard?: string | null;
  /** Whether the bundle contains the guard itself, not only its hash. */
  readonly withGuard?: boolean;
  /** Whether an existing file is replaced, in one step and only after everything was read. Default false. */
  readonly replace?: boolean;
}

/** The exported file, with a sentence about what it does not contain; empty when it is complete. */
export interface Exported {
  readonly path: string;
  readonly note: string;
}

/**
 * Throws `export/unreadable`, `export/no-capture`, `export/unwritable`, `export/onto-itself`, and `export/exists` instead of overwriting a
 * file.
 */
export async function exportTrace(
  capture: string,
  kind: ExportKind,
  target: string,
  options: ExportOptions,
): Promise<Exported> {
  await requireOther(capture, target);
  const text = await read(capture);
  const { session, others } = readNativeMessages(text);
  if (session.messages.length === 0) {
    throw new Failure(
      'export/no-capture',
      `"${capture}" contains no messages of a native capture`,
      'Only captures of Guardscope (*.guardtrace.jsonl) can be exported',
    );
  }
  if (kind === 'bundle') {
    const { text: bundle, redacted } = writeBundle(await contents(text, options), new Redactor(tokens()));
    await write(target, bundle, options);
    return {
      path: target,
      note:
        redacted === 0
          ? 'No secrets were found; check the bundle before you share it'
          : `${redacted} secrets were replaced`,
    };
  }
  const creator = { name: 'guardscope', version: options.version };
  const { cassette, left: leftOut } = writeRecorderCassette(session);
  const missing = (kind === 'cassette' ? leftOut : 0) + others;
  await write(target, `${jsonText(kind === 'har' ? writeHar(session, creator) : cassette, 2)}\n`, options);
  return {
    path: target,
    note: missing === 0 ? '' : `${missing} lines of the capture cannot be written in this format`,
  };
}

async function contents(
  capture: string,
  { policy = null, guard = null, withGuard, version }: ExportOptions,
): Promise<Parameters<typeof writeBundle>[0]> {
  const bytes = guard === null ? null : await readBytes(guard);
  return {
    capture,
    version,
    policy: policy === null ? null : await read(policy),
    guard:
      bytes === null || guard === null
        ? null
        : {
            name: basename(guard),
            sha256: createHash('sha256').update(bytes).digest('hex'),
            base64: withGuard === true ? bytes.toString('base64') : null,
          },
  };
}

/** The key is not stored, as for a capture. */
function tokens(): (secret: string) => string {
  const key = randomBytes(32);
  return (secret) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 6);
}

/** A text beyond this size does not fit into a string of V8. */
const largestBytes = 500 * 1024 * 1024;

async function read(path: string): Promise<string> {
  return (await readBytes(path)).toString();
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readRegular(path, largestBytes);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('export/unreadable', `Cannot read "${path}": ${reason}`, 'Check the path');
  }
}

/** An export has less than its capture, so it never takes the capture's place. */
async function requireOther(capture: string, target: string): Promise<void> {
  const [from, to] = await Promise.all([capture, target].map((path) => realpath(path).catch(() => path)));
  if (from !== to) return;
  throw new Failure('export/onto-itself', `"${target}" is the session that is exported`, 'Choose another name');
}

async function write(path: string, text: string, { replace = false }: ExportOptions): Promise<void> {
  const next = replace ? `${path}.${randomBytes(4).toString('hex')}.new` : path;
  try {
    await writeFile(next, text, { flag: 'wx', mode: 0o600 });
    if (replace) await rename(next, path);
  } catch (thrown) {
    if (replace) await rm(next, { force: true });
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new Failure('export/exists', `"${path}" already exists`, 'Nothing was written; choose another name');
    throw new Failure('export/unwritable', `Cannot write "${path}": ${message}`, 'Choose another folder');
  }
}
