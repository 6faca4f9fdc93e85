/** What every request through an HTTP tap is carried out with. */
import type { Failure } from '../../../core/base/failure.ts';
import type { HttpSessionLog } from './sessionLog.ts';
import type { Upstream } from './upstream.ts';

export interface ExchangeContext {
  readonly upstream: Upstream;
  readonly log: HttpSessionLog;
  /** The tap's own origin with the token, without a slash at the end. */
  readonly prefix: string;
  readonly maxMessageBytes: number;
  /** Reports a problem to the user, such as a server that cannot be reached. */
  readonly report: (failure: Failure) => void;
}
