/** What the help knows beside commands: the documents for authors of guards, which are in the folder `media` of the package. */
import { join } from 'node:path';
import { Failure } from '../core/base/failure.ts';
import { readRegularSync } from '../engine/files/regularFile.ts';

/** A document that `guardscope help NAME` prints. */
export interface Topic {
  readonly name: string;
  /** One sentence for the help. */
  readonly summary: string;
  /** Below `media`. */
  readonly file: string;
}

export const topics: readonly Topic[] = [
  {
    name: 'abi',
    summary: 'The interface of a guard: its three functions, tags, policies, limits, and fifteen mistakes.',
    file: 'docs/guard-abi.md',
  },
  {
    name: 'records',
    summary: 'What "replay --json" prints: every member of a decision record.',
    file: 'docs/records.md',
  },
  { name: 'records-schema', summary: 'The same as a JSON schema.', file: 'records.schema.json' },
];

const maxBytes = 1024 * 1024;

/** The text of a topic. Throws `cli/no-document` where only the bundles are installed, as for taps. */
export function topicText({ name, file }: Topic): string {
  try {
    return readRegularSync(join(__dirname, '..', 'media', file), maxBytes)
      .toString()
      .trimEnd();
  } catch {
    throw new Failure(
      'cli/no-document',
      `The document "${name}" is not in this installation: it has no file "media/${file}"`,
      'Run the command line of the extension or of the repository',
    );
  }
}
