/** Detects rate limit errors in results, which the client gets unlabelled (gateway `internal/server/rate_limit.go`). */
import { toLower } from '../../go/goText.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { extractText, isErrorResult } from '../../mcp/textContent.ts';

/** Returns the text for the client when a backend result reports a rate limit; null for every other result. */
export function rateLimitText(result: JsonValue): string | null {
  if (!isJsonObject(result) || !isErrorResult(result)) return null;
  const text = extractText(result);
  return isRateLimitText(text) ? text : null;
}

/** Whether a text contains a phrase that reports a rate limit; case-insensitive. */
export function isRateLimitText(text: string): boolean {
  const lower = toLower(text);
  return (
    ['rate limit exceeded', 'api rate limit', 'secondary rate limit', 'too many requests'].some((phrase) =>
      lower.includes(phrase),
    ) ||
    (lower.includes('rate limit') && lower.includes('403'))
  );
}
