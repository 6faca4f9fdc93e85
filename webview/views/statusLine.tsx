/** The status line: title, format and number of calls of the trace. */
import type { JSX } from 'preact';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import { plural } from '../models/format.ts';

export function StatusLine({ session: { trace, servers, run } }: { session: PanelState }): JSX.Element {
  return (
    <footer class="status-line" data-testid="status-line">
      <span title={trace.path}>{trace.title}</span>
      <span class="hint">{trace.format}</span>
      <span class="hint">
        {plural(trace.calls, 'call')}
        {servers.length > 1 ? ` on ${plural(servers.length, 'server')}` : ''}
      </span>
      {run.missedLookups === 0 ? null : (
        <span class="hint" data-testid="missed-lookups" title={lookupsTitle}>
          {plural(run.missedLookups, 'look-up')} not recorded
        </span>
      )}
    </footer>
  );
}

const lookupsTitle =
  'The guard asked for answers that the trace does not have, and got -1. Record a session with "guardscope tap --guard", which records the look-ups';
