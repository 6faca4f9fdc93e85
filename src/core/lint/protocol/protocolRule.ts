/** Rules about the output protocol of one guard call, and the findings that they make. */
import type { Problem } from '../../base/parsed.ts';
import type { GuardCallRecord } from '../../difc/record/guardCall.ts';
import { excerptOf, type Finding } from '../answer.ts';

/** A rule about one guard call, whether its answer could be read or not. */
export type ProtocolRule = (call: GuardCallRecord) => readonly Problem[];

/** Makes a warning about a guard call, with the output when there is one. */
export function protocolWarning({ function: name, output }: GuardCallRecord, finding: Finding): Problem {
  const warning = { severity: 'warning', ...finding } as const;
  return output === null || output === '' ? warning : { ...warning, excerpt: excerptOf(name, output, '') };
}

/** A number with separators, as the messages show sizes and addresses. */
export function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
