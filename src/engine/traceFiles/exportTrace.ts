/** Writes a native capture in a foreign format, or as a bundle to share. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import { writeBundle } from '../../core/interchange/bundle.ts';
import { writeRecorderCassette } from '../../core/interchange/recorderCassette.ts';
import { writeHar } from '../../core/interchange/har.ts';
import { readNativeMessages } from '../../core/interchange/foreignSession.ts';
import { Redactor } from '../../core/redaction/redaction.ts';

/** What a capture can be written as. */
export const exportKinds = ['har', 'cassette', 'bundle'] as const;
export type ExportKind = (typeof exportKinds)[number];

export interface ExportOptions {
  readonly version: string;
  /** For a bundle. */
  readonly policy?: string | null;
  readonly guard?: string | null;
  /** Whether the guard itself goes along, not only its hash. */
  readonly withGuard?: boolean;
}

/** What was written, in a sentence with what had no place in it. */
export interface Exported {
  readonly path: string;
  readonly note: string;
}

/** Throws `export/unreadable` or `export/no-capture`, and `export/exists` rather than overwrite. */
export async function exportTrace(
  capture: string,
  kind: ExportKind,
  target: string,
  options: ExportOptions,
): Promise<Exported> {
  const text = await read(capture);
  const { session, others } = readNativeMessages(text);
  if (session.messages.length === 0) {
    throw new Failure(
      'export/no-capture',
      `"${capture}" holds no messages of a native capture`,
      'Captures of Guardscope (*.guardtrace.jsonl) can be exported',
    );
  }
  if (kind === 'bundle') {
    const { text: bundle, redacted } = writeBundle(await contents(text, options), new Redactor(tokens()));
    await write(target, bundle);
    return {
      path: target,
      note: `${redacted} secrets were taken out${redacted === 0 ? ': look for yourself before you share it' : ''}`,
    };
  }
  const creator = { name: 'guardscope', version: options.version };
  const { cassette, left } = writeRecorderCassette(session);
  const lost = (kind === 'cassette' ? left : 0) + others;
  await write(target, `${jsonText(kind === 'har' ? writeHar(session, creator) : cassette, 2)}\n`);
  return { path: target, note: lost === 0 ? '' : `${lost} lines of the capture have no place in this format` };
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

/** The key is thrown away, as for a capture. */
function tokens(): (secret: string) => string {
  const key = randomBytes(32);
  return (secret) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 6);
}

async function read(path: string): Promise<string> {
  return (await readBytes(path)).toString();
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('export/unreadable', `Cannot read "${path}": ${reason}`, 'Check the path');
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new Failure('export/exists', `"${path}" is there already`, 'Nothing was written; choose another name');
    throw new Failure('export/unwritable', `Cannot write "${path}": ${message}`, 'Choose another folder');
  }
}
