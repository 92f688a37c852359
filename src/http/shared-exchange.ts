import { createHash } from 'node:crypto';

/** A code is good for a minute: so long the same one may still arrive again. */
const MEMORY_MS = 60_000;
/** How many exchanges are remembered; the oldest make room. */
const MOST_REMEMBERED = 1_000;

/**
 * Exchanges a sign-in's code. A code is good for one use, and some browsers of iOS deliver the same callback twice at
 * once: whoever brings all the same parts shares the one exchange.
 */
export type SharedExchange<T> = (parts: readonly (string | undefined)[], exchange: () => Promise<T>) => Promise<T>;

/** The exchanges of the last minute, by a digest of all that went into them. */
export function sharedExchange<T>(): SharedExchange<T> {
  const remembered = new Map<string, Promise<T>>();
  return (parts, exchange) => {
    const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const made = exchange();
    const [oldest] = remembered.keys();
    if (oldest !== undefined && remembered.size >= MOST_REMEMBERED) remembered.delete(oldest);
    remembered.set(key, made);
    const forget = (): void => {
      if (remembered.get(key) === made) remembered.delete(key);
    };
    // It keeps no process alive.
    setTimeout(forget, MEMORY_MS).unref();
    // What failed is no answer to who comes later.
    made.catch(forget);
    return made;
  };
}
