/** Checks a write-sink policy (gateway `ValidateWriteSinkPolicy`, spec 2.7.4). */
import { quoteGo, trimSpace } from '../go/goText.ts';
import { acceptEntryError, visibilities } from './scopes.ts';
import { blankError, plain } from './values.ts';

/** A fault, and its path inside the write-sink object. */
export interface WriteSinkFault {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** All faults in the gateway's order. The gateway stops at the first one. */
export function writeSinkFaults(accept: readonly string[], sinkVisibility: string): readonly WriteSinkFault[] {
  if (accept.length === 0) {
    return [{ message: 'write-sink.accept must contain at least one entry', path: ['accept'] }];
  }
  return [...visibilityFaults(sinkVisibility), ...acceptFaults(accept)];
}

function visibilityFaults(sinkVisibility: string): readonly WriteSinkFault[] {
  if (sinkVisibility === '' || visibilities.some((known) => known === plain(sinkVisibility))) return [];
  const message = `write-sink.sink-visibility must be one of: public, private, internal; got ${quoteGo(sinkVisibility)}`;
  return [{ message, path: ['sink-visibility'] }];
}

function acceptFaults(accept: readonly string[]): readonly WriteSinkFault[] {
  if (accept.length === 1 && trimSpace(accept[0] ?? '') === '*') return [];
  const seen = new Set<string>();
  return accept.flatMap((entry, index) => {
    const message = entryFault(trimSpace(entry), seen);
    return message === null ? [] : [{ message, path: ['accept', index] }];
  });
}

function entryFault(entry: string, seen: Set<string>): string | null {
  if (entry === '') return blankError('write-sink.accept', 'accept');
  if (entry === '*') return 'write-sink.accept wildcard "*" must be the only entry';
  if (seen.has(entry)) return 'write-sink.accept must not contain duplicates';
  seen.add(entry);
  const error = acceptEntryError(entry);
  return error === null ? null : `write-sink.accept entry ${quoteGo(entry)} is invalid: ${error}`;
}
