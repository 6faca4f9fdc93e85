/** How the views reach the store: through the tree, so that no view hands it on. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PanelStore } from '../store.ts';

export const StoreContext = createContext<PanelStore | null>(null);

/** The store of the panel that the view is part of. */
export function useStore(): PanelStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('A view was drawn outside the panel');
  return store;
}
