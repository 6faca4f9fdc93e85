/** The status line: title, format and number of calls of the trace. */
import type { JSX } from 'preact';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import { plural } from '../models/format.ts';

export function StatusLine({ session: { trace, servers } }: { session: PanelState }): JSX.Element {
  return (
    <footer class="status-line" data-testid="status-line">
      <span title={trace.path}>{trace.title}</span>
      <span class="hint">{trace.format}</span>
      <span class="hint">
        {plural(trace.calls, 'call')}
        {servers.length > 1 ? ` on ${plural(servers.length, 'server')}` : ''}
      </span>
    </footer>
  );
}
