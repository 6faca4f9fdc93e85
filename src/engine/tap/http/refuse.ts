/** Error answers that the HTTP tap makes itself. */
import type { ServerResponse } from 'node:http';

/** Refuses a request. The id is null, because the tap has not read the request. */
export function refuse(
  response: ServerResponse,
  status: number,
  { code, message, hint = '' }: { code: string; message: string; hint?: string },
): void {
  const text = JSON.stringify({
    jsonrpc: '2.0',
    id: null,
    error: { code: -32000, message: `guardscope tap: ${message}`, data: { code, hint } },
  });
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(`${text}\n`);
}
