/** Decides an open trace anew when the guard, the policy or the configuration that it is decided with has other content. */

import { type Disposable, DisposableStore } from '../../core/base/lifecycle.ts';
import type { TraceView } from '../session/traceView.ts';
import { ContentWatch } from './contentWatch.ts';

/** Watches the files of a view until it is disposed. `isWanted`: the setting `guardscope.watch`, which may change. */
export function watchInputs(view: TraceView, isWanted: () => boolean): Disposable {
  const store = new DisposableStore();
  const watch = new ContentWatch((path) => {
    if (isWanted()) void view.renew(path, Date.now());
  });
  let watched = '';
  const update = (): void => {
    const files = isWanted() ? view.inputs.filesWith(view.settings) : [];
    const key = files.join('\n');
    if (key === watched) return;
    watched = key;
    watch.watch(files);
  };
  store.add(watch);
  store.add(view.onDidChange(update));
  update();
  return store;
}
