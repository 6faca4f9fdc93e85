/** Rate limits in results: such an error goes to the client as it is, unlabelled (gateway `internal/server/rate_limit.go`). */
import { toLower } from '../../go/goText.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { extractText, isErrorResult } from '../../mcp/textContent.ts';

/** The text for the client when a backend result reports a rate limit; null for every other result. */
export function rateLimitText(result: JsonValue): string | null {
  if (!isJsonObject(result) || !isErrorResult(result)) return null;
  const text = extractText(result);
  return isRateLimitText(text) ? text : null;
}

/** Whether a text has one of the phrases of a rate limit; case does not matter. */
export function isRateLimitText(text: string): boolean {
  const lower = toLower(text);
  return (
    ['rate limit exceeded', 'api rate limit', 'secondary rate limit', 'too many requests'].some((phrase) =>
      lower.includes(phrase),
    ) ||
    (lower.includes('rate limit') && lower.includes('403'))
  );
}
