/** Typed events. Listeners may be added and removed while an event fires, and a listener that throws does not stop the others. */
import { type Disposable, toDisposable } from './lifecycle.ts';

/** Receives the value of an event. */
export type Listener<T> = (value: T) => void;

/** The public side of an emitter: call it to listen, dispose the result to stop. */
export type Event<T> = (listener: Listener<T>) => Disposable;

/** Owns an event: `event` is for listeners, `fire` for the owner. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<Listener<T>>();

  readonly event: Event<T> = (listener) => {
    this.#listeners.add(listener);
    return toDisposable(() => this.#listeners.delete(listener));
  };

  /** Calls every listener that was registered at the start. Rethrows what listeners threw, after all have been called. */
  fire(value: T): void {
    const failures: unknown[] = [];
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, `${failures.length} listeners failed`);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
