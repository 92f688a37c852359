import type { Collection, Roster, Scope } from '../model/index.js';
import type { ReadOptions, RosterSource } from '../ports/index.js';

const collections: readonly Collection[] = [
  'schools',
  'terms',
  'courses',
  'classes',
  'users',
  'enrollments',
  'guardianLinks',
];

/** A source that reads from memory. */
export interface MemorySource extends RosterSource {
  /** How often it was read. */
  readonly reads: number;
}

/**
 * A source of the roster given, or of what the function gives at each read. Each read has a `readId` of its own and
 * the scope that it was asked for; everything else is handed over as it is, whatever the scope's schools.
 *
 * @example
 * ```ts
 * import { districtRoster, evolve, generateDistrict, rosterSource } from 'rosterkit/testing';
 *
 * let district = generateDistrict();
 * const source = rosterSource(() => districtRoster(district));
 * district = evolve(district, { withdrawals: 2 });
 * const roster = await source.read({ tenant: 'test' });
 * ```
 */
export function rosterSource(roster: Roster | (() => Roster)): MemorySource {
  const current = typeof roster === 'function' ? roster : () => roster;
  let reads = 0;
  return {
    get reads() {
      return reads;
    },
    get provider() {
      return current().source;
    },
    async read(scope: Scope, options: ReadOptions = {}): Promise<Roster> {
      options.signal?.throwIfAborted();
      reads += 1;
      const now = current();
      for (const collection of collections) {
        const received = now[collection].length;
        options.onPage?.({ collection, received, total: received });
      }
      return { ...now, scope, readId: `${now.readId}#${String(reads)}` };
    },
    async schools(options = {}) {
      options.signal?.throwIfAborted();
      return current().schools;
    },
  };
}
