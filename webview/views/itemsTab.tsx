/** The Items tab: the items of the response, whether each is kept or filtered, and why. */
import type { JSX } from 'preact';
import type { CallDetail, ItemRow } from '../../src/core/protocol/rows.ts';
import { formatCount, plural } from '../models/format.ts';
import { tagChanges } from '../models/labelChange.ts';
import { Button } from '../widgets/button.tsx';
import { Checkbox } from '../widgets/fields.tsx';
import { Icon } from '../widgets/icon.tsx';
import { ActionLink, Empty, Note, ProgressRing } from '../widgets/small.tsx';
import { TagList } from '../widgets/tags.tsx';
import { useStore } from './context.ts';

const origins: Record<ItemRow['origin'], { readonly word: string; readonly meaning: string } | null> = {
  path: null,
  default: {
    word: 'default',
    meaning: 'No entry of the guard’s response matches this item, so it has the default labels',
  },
  unlabeled: { word: 'unlabelled', meaning: 'The guard returned no labels for this item' },
  legacy: null,
};

export function ItemsTab({ detail }: { detail: CallDetail }): JSX.Element {
  const store = useStore();
  const { items } = store;
  const { itemsTotal, itemsAllowed } = detail;
  if (itemsTotal === 0) {
    return <Empty title={detail.row.items === null ? 'Items were not labelled' : 'The response contains no items'} />;
  }
  const filtered = itemsTotal - itemsAllowed;
  const only = items.onlyFiltered.value;
  const withheld = items.rows.value.filter(({ allowed }) => !allowed);
  const rows = only ? withheld : [...withheld, ...items.rows.value.filter(({ allowed }) => allowed)];
  const seenAll = items.rows.value.length >= items.total.value;
  return (
    <div class="items">
      <div class="tab-tools">
        <span>
          {formatCount(itemsAllowed)} of {plural(itemsTotal, 'item')} kept, {formatCount(filtered)} filtered
        </span>
        <Checkbox
          checked={only}
          onChange={(checked) => void (items.onlyFiltered.value = checked)}
          testId="items-only-filtered"
        >
          Show only filtered items
        </Checkbox>
      </div>
      {rows.length === 0 && seenAll ? <Empty title="No items were filtered" /> : null}
      <ol class="item-rows" aria-label="Items">
        {rows.map((item) => (
          <Item key={item.index} item={item} call={detail.row.index} />
        ))}
      </ol>
      {items.failure.value === '' ? null : <Note kind="error">{items.failure.value}</Note>}
      {seenAll || (only && rows.length >= filtered) ? null : (
        <div class="more">
          {items.loading.value ? (
            <ProgressRing label="Loading items" />
          ) : (
            <Button onClick={() => items.more()} testId="items-more">
              Show more ({formatCount(only ? filtered - rows.length : items.total.value - rows.length)} remaining)
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function Item({ item, call }: { item: ItemRow; call: number }): JSX.Element {
  const store = useStore();
  const { index, path, description, origin, secrecy, integrity, allowed, decision, reason, why, preview } = item;
  const from = origins[origin];
  const propagated = decision === 'allow-with-propagate';
  return (
    <li
      class={allowed ? 'item item-kept' : 'item item-filtered'}
      data-testid="item-row"
      data-allowed={allowed}
      data-origin={origin}
    >
      <span class="item-index">{index + 1}</span>
      <span class="item-verdict" title={why}>
        <Icon name={allowed ? 'check' : 'filter'} />
        {allowed ? (propagated ? 'propagated' : 'kept') : 'filtered'}
      </span>
      <div class="item-body">
        <div class="item-head">
          <span class="item-description">{description === '' ? <em>no description</em> : description}</span>
          {path === '' ? null : <code class="item-path">{path}</code>}
          {path === '' ? null : (
            <ActionLink
              testId="change-item"
              title="Decide with another item, and go on from there"
              onClick={() => void store.command({ run: 'changeCall', call, place: `/data${path}` })}
            >
              Change…
            </ActionLink>
          )}
          {from === null ? null : (
            <span class={`origin origin-${origin}`} title={from.meaning}>
              {from.word}
            </span>
          )}
        </div>
        <div class="item-tags">
          <TagList kind="secrecy" tags={tagChanges(secrecy, secrecy)} />
          <TagList kind="integrity" tags={tagChanges(integrity, integrity)} />
        </div>
        {why === '' || (allowed && !propagated) ? null : (
          <p class="item-why" title={reason}>
            {why}
          </p>
        )}
        <p class="item-preview" title={preview}>
          {preview}
        </p>
      </div>
    </li>
  );
}
