/** Texts for the client about withheld items, in addition to a result or in place of it (gateway `internal/server/difc_log.go`). */

/** The fields of a withheld item that the texts use. */
export interface WithheldItem {
  readonly description: string;
  readonly reason: string;
  /** Not empty when secrecy is the cause; otherwise integrity is. */
  readonly secrecyToAdd: readonly string[];
}

/** Most items that a notice names individually. */
const MAX_NAMED_ITEMS = 5;

/** Names the policy that withheld the items: secrecy, integrity, or both. */
export function policyName(items: readonly WithheldItem[]): string {
  const bySecrecy = items.filter(({ secrecyToAdd }) => secrecyToAdd.length > 0).length;
  if (bySecrecy > 0 && bySecrecy === items.length) return 'secrecy policy';
  return bySecrecy === 0 && items.length > 0 ? 'integrity policy' : 'access policy';
}

/** Returns the notice that is appended to a result as a text item; null when nothing was withheld. */
export function filteredNotice(items: readonly WithheldItem[]): string | null {
  if (items.length === 0) return null;
  const removed = `[Filtered] ${items.length} item(s) in this response were removed by ${policyName(items)} and are not shown`;
  const parts = items.length > MAX_NAMED_ITEMS ? [] : items.map((item) => namePart(item)).filter((part) => part !== '');
  return parts.length === 0 ? `${removed}.` : `${removed}: ${parts.join('; ')}.`;
}

/** Returns the error that replaces the only item of a singular tool's response. */
export function singleItemError(item: WithheldItem): string {
  const subject = item.description === '' ? 'resource' : item.description;
  const reason = item.reason === '' ? '' : ` (${item.reason})`;
  return `[Filtered] ${subject} exists but is not accessible — filtered by ${policyName([item])}${reason}`;
}

/** Returns the error that replaces a whole response in strict mode. */
export function blockedError(withheld: number, total: number, agentId: string): string {
  return `DIFC policy violation: ${withheld} of ${total} items in response are not accessible to agent ${agentId}`;
}

function namePart({ description, reason }: WithheldItem): string {
  if (description === '') return reason;
  return reason === '' ? description : `${description} (${reason})`;
}
