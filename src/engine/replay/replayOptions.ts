/** Inputs of a replay beside the trace. */
import type { TraceCall } from '../../core/trace/model/traceModel.ts';
import type { GatewaySession } from './gatewaySession.ts';

export interface ReplayOptions extends Omit<GatewaySession, 'server'> {
  /** Server whose calls go through the guard; default the one with the most calls. */
  readonly server?: string;
  /** Called when a recorded call turns out to be a look-up of the guard, which gets no record. */
  readonly onLookup?: (lookup: TraceCall, madeFor: TraceCall) => void;
}
