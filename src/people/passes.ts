import type { LocalRead, Scope } from '../model/index.js';
import type { RosterStore } from '../ports/index.js';

/** A store whose records can be looked through. Where it offers streams, the tenant never is in memory as a whole. */
export interface ReadableStore extends Pick<RosterStore, 'load'> {
  /** As that of a `PostgresStore`: runs the work with records that may be read several times until it ends. */
  stream?<T>(scope: Scope, work: (local: LocalRead) => Promise<T>): Promise<T>;
}

type Collection = 'schools' | 'classes' | 'users' | 'enrollments' | 'guardianLinks';

/** Looks through the records of a tenant, one collection at a time, as often as it takes. */
export async function lookThrough<T>(
  store: ReadableStore,
  scope: Scope,
  work: (passes: Passes) => Promise<T>,
  options: { readonly streams?: boolean | undefined } = {},
): Promise<T> {
  if (store.stream !== undefined && options.streams !== false) {
    return store.stream(scope, (local) => work(new Passes(local, undefined)));
  }
  return work(new Passes(await store.load(scope), () => store.load(scope)));
}

/** The collections of a tenant. What a store hands over as a stream can be read once, and is asked for again. */
export class Passes {
  private readonly used = new Set<Collection>();

  constructor(
    private local: LocalRead,
    private readonly reload: (() => Promise<LocalRead>) | undefined,
  ) {}

  async of<C extends Collection>(collection: C): Promise<LocalRead[C]> {
    const isSpent = this.used.has(collection) && !Array.isArray(this.local[collection]);
    if (isSpent && this.reload !== undefined) {
      this.local = await this.reload();
      this.used.clear();
    }
    this.used.add(collection);
    return this.local[collection];
  }
}
