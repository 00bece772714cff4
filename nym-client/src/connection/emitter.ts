type Listener<T> = (payload: T) => unknown;

interface Registration {
  listener: Listener<never>;
  once: boolean;
}

/**
 * Typed events. Unlike Node's `EventEmitter` it survives its listeners: what one throws, or the promise of an
 * asynchronous one rejects with, is handed to `listenerFailed`, and the others are called all the same.
 */
export abstract class Emitter<Events extends object> {
  readonly #registrations = new Map<keyof Events, Registration[]>();

  on<K extends keyof Events>(event: K, listener: Listener<Events[K]>): this {
    return this.#add(event, { listener, once: false });
  }

  once<K extends keyof Events>(event: K, listener: Listener<Events[K]>): this {
    return this.#add(event, { listener, once: true });
  }

  off<K extends keyof Events>(event: K, listener: Listener<Events[K]>): this {
    this.#keep(event, (registration) => registration.listener !== listener);
    return this;
  }

  protected hasListener(event: keyof Events): boolean {
    return (this.#registrations.get(event)?.length ?? 0) > 0;
  }

  protected emit<K extends keyof Events>(event: K, payload: Events[K]): void {
    const registrations = this.#registrations.get(event) ?? [];
    this.#keep(event, ({ once }) => !once);
    for (const { listener } of registrations) {
      // Registrations of an event are only ever made with listeners for its payload.
      this.#call(event, listener as Listener<Events[K]>, payload);
    }
  }

  protected abstract listenerFailed(event: keyof Events, error: unknown): void;

  #add(event: keyof Events, registration: Registration): this {
    this.#registrations.set(event, [...(this.#registrations.get(event) ?? []), registration]);
    return this;
  }

  #keep(event: keyof Events, wanted: (registration: Registration) => boolean): void {
    this.#registrations.set(event, (this.#registrations.get(event) ?? []).filter(wanted));
  }

  #call<K extends keyof Events>(event: K, listener: Listener<Events[K]>, payload: Events[K]): void {
    const failed = (error: unknown) => {
      this.listenerFailed(event, error);
    };
    try {
      const result = listener(payload);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
