/** The context that provides the store to every view, so that views do not pass it as a property. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PanelStore } from '../store.ts';

export const StoreContext = createContext<PanelStore | null>(null);

/** The store of the panel. Throws outside of a `StoreContext.Provider`. */
export function useStore(): PanelStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('useStore() was called outside of StoreContext.Provider');
  return store;
}
