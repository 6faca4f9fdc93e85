/** Disposable stores and events: order of disposal, late items, failures, listeners that are added and removed. */
import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/core/base/event.ts';
import { DisposableStore, toDisposable } from '../../../src/core/base/lifecycle.ts';
import { proves } from '../../support/proves.ts';

describe('DisposableStore', () => {
  it('disposes items once, in reverse order', () => {
    const order: number[] = [];
    const store = new DisposableStore();
    for (const id of [1, 2, 3]) store.add(toDisposable(() => order.push(id)));
    store.dispose();
    store.dispose();
    expect(order).toEqual([3, 2, 1]);
  });

  it('disposes an item that is added after the end', () => {
    const store = new DisposableStore();
    store.dispose();
    let disposed = false;
    store.add(toDisposable(() => (disposed = true)));
    expect(disposed).toBe(true);
  });

  it('disposes the others when one fails, and throws all failures together', () => {
    proves('own:close-together');
    const order: string[] = [];
    const failing = (name: string) => ({
      dispose() {
        throw new Error(name);
      },
    });
    const store = new DisposableStore();
    store.add(failing('first'));
    store.add(toDisposable(() => order.push('disposed')));
    store.add(failing('second'));
    expect(() => store.dispose()).toThrow(AggregateError);
    expect(order).toEqual(['disposed']);
  });
});

describe('Emitter', () => {
  it('calls every listener that was registered at the start, also when one is removed or throws', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const first = emitter.event(() => {
      first.dispose();
      heard.push('first');
      emitter.event(() => heard.push('late'));
    });
    emitter.event(() => {
      throw new Error('broken listener');
    });
    emitter.event((value) => heard.push(`third ${value}`));
    expect(() => emitter.fire(7)).toThrow('broken listener');
    expect(heard).toEqual(['first', 'third 7']);
  });

  it('drops a listener when it is disposed', () => {
    const emitter = new Emitter<void>();
    const subscriptions = [1, 2, 3].map(() => emitter.event(() => undefined));
    expect(emitter.listenerCount).toBe(3);
    for (const subscription of subscriptions) subscription.dispose();
    expect(emitter.listenerCount).toBe(0);
  });
});
