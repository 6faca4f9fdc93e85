/** What the gateway's configuration sets for answers after their decision: filters and payload files (gateway spec 3.15). */
import { defaultPayload, type PayloadSettings } from '../../difc/monitor/payloadSettings.ts';

/** The rules of one server. */
export interface ResponseRules {
  /** Programs of `tool_response_filters` by tool, as configured. */
  readonly filters: ReadonlyMap<string, string>;
  readonly payload: PayloadSettings;
}

/** Rules of a server that is not configured. */
export const defaultResponseRules: ResponseRules = { filters: new Map(), payload: defaultPayload };
