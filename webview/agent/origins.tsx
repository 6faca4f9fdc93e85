/** Where the labels of an agent came from: the policy, and the calls that brought tags. */
import type { JSX } from 'preact';
import type { CallDetail, TagOrigin } from '../../src/core/protocol/rows.ts';
import { formatCount, plural } from '../models/format.ts';
import { useStore } from '../views/context.ts';
import { ActionLink } from '../widgets/small.tsx';
import { TagChip } from '../widgets/tags.tsx';

/** Most origins that are listed; an agent that propagates may have tags of very many calls. */
const maxOrigins = 20;

/** Nothing when no call of the run is known to have brought a tag. */
export function Origins({ detail: { row, agentBefore, origins } }: { detail: CallDetail }): JSX.Element | null {
  const byCall = new Map<string, TagOrigin[]>();
  for (const origin of origins) {
    const key = `${origin.index} ${origin.by}`;
    byCall.set(key, [...(byCall.get(key) ?? []), origin]);
  }
  if (byCall.size === 0) return null;
  const groups = [...byCall.values()];
  const tags = agentBefore.secrecy.length + agentBefore.integrity.length;
  // The tags stand above this list already.
  const isAll = groups.length === 1 && origins.length === tags;
  return (
    <div class="origins" data-testid="labels-origins">
      <h4>Where these tags came from</h4>
      <ul>
        {groups.slice(-maxOrigins).map(([first, ...others]) =>
          first === undefined ? null : (
            <li key={`${first.index} ${first.by}`}>
              {isAll ? (
                <span>All</span>
              ) : (
                <span class="tags">
                  {[first, ...others].map(({ kind, tag }) => (
                    <TagChip key={`${kind}${tag}`} kind={kind} tag={tag} />
                  ))}
                </span>
              )}{' '}
              <Origin origin={first} server={row.server} index={row.index} />
            </li>
          ),
        )}
      </ul>
      {groups.length > maxOrigins ? (
        <p class="hint">Tags of {plural(groups.length - maxOrigins, 'earlier call')} are not listed</p>
      ) : null}
    </div>
  );
}

interface OriginProps {
  readonly origin: TagOrigin;
  /** The call that is shown. */
  readonly server: string;
  readonly index: number;
}

/** `from the policy: label_agent before call 1`, or `since call 9 (read_channel)`, with the server when it is another one. */
function Origin({ origin: { index: from, by, server: of }, server, index }: OriginProps): JSX.Element {
  const store = useStore();
  const isPolicy = by === 'label_agent';
  const where = of === server ? '' : ` of ${of}`;
  if (isPolicy && from === index) return <span>from the policy: label_agent{where} before this call</span>;
  const call = (
    <ActionLink onClick={() => void store.reveal(from)} testId="origin-call">
      call {formatCount(from + 1)}
    </ActionLink>
  );
  if (isPolicy) {
    return (
      <span>
        from the policy: label_agent{where} before {call}
      </span>
    );
  }
  return (
    <span>
      since {call}
      {where} ({by})
    </span>
  );
}
