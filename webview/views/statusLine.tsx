/** The status line: facts about the trace and the run, the most important first; what has no room in the line is not shown. */
import type { JSX } from 'preact';
import { mirroredGateway } from '../../src/core/base/mirroredGateway.ts';
import type { PanelState, ServerState } from '../../src/core/protocol/panel.ts';
import { plural } from '../models/format.ts';
import { ActionLink } from '../widgets/small.tsx';
import { useStore } from './context.ts';

export function StatusLine({ session }: { session: PanelState }): JSX.Element {
  const store = useStore();
  const { trace, servers, agentsTotal, run } = session;
  const left = servers.filter(({ calls, undecided }) => undecided !== null && calls > 0);
  return (
    <footer class="status-line" data-testid="status-line">
      <span title={trace.path}>{trace.title}</span>
      <span class="hint">
        {plural(trace.calls, 'call')}
        {servers.length > 1 ? ` on ${plural(servers.length, 'server')}` : ''}
        {agentsTotal > 1 ? ` by ${plural(agentsTotal, 'agent')}` : ''}
      </span>
      {run.missedLookups === 0 ? null : (
        <span class="hint" data-testid="missed-lookups" title={lookupsTitle}>
          {plural(run.missedLookups, 'look-up')} not recorded
          {run.marks.unrecorded === 0 ? null : (
            <>
              {' '}
              <ActionLink
                testId="show-unrecorded"
                title="Show only these calls, like is:unrecorded"
                onClick={() => store.setQuery('is:unrecorded')}
              >
                for {plural(run.marks.unrecorded, 'call')}
              </ActionLink>
            </>
          )}
        </span>
      )}
      {left.length === 0 ? null : (
        <span class="hint" data-testid="undecided" title={left.map(whyLeft).join('\n')}>
          {plural(
            left.reduce((sum, { calls }) => sum + calls, 0),
            'call',
          )}{' '}
          of {plural(left.length, 'server')} not decided
        </span>
      )}
      {run.renewed === '' ? null : (
        <span class="hint" data-testid="renewed" title="The calls were decided anew when the file changed">
          {run.renewed}: {run.marks.changed === 0 ? 'no decision' : plural(run.marks.changed, 'decision')} changed
        </span>
      )}
      <span class="hint">{trace.format}</span>
      <span
        class="hint status-end"
        data-testid="gateway-version"
        title={`Decisions are those of ${mirroredGateway.name} as of ${mirroredGateway.snapshot}; other versions may decide otherwise`}
      >
        {mirroredGateway.name} of {mirroredGateway.snapshot}
      </span>
    </footer>
  );
}

function whyLeft({ id, calls, undecided }: ServerState): string {
  return `${id}: ${plural(calls, 'call')}, ${undecided ?? ''}`;
}

const lookupsTitle =
  'The guard asked for answers that the trace does not have, and got -1. Record a session with "guardscope tap --guard", which records the look-ups';
