import {
  CleverClient,
  cleverSource,
  Connections,
  type ConnectionsOptions,
  type RosterSource,
} from '../../src/index.js';
import { MemoryMailer, MemoryStore } from '../../src/adapters/memory/index.js';
import type { Roster } from '../../src/model/index.js';
import { FixedClock } from '../../src/testing/index.js';
import { roster, sourceOf } from '../sync/support.js';

export const KEY = { id: 'test', key: crypto.getRandomValues(new Uint8Array(32)) };
export const by = { by: 'admin-1' };
export const SECRET = 'a-very-secret-token';
export const SCHEDULE = { at: '02:30', timeZone: 'America/New_York' };

/** Connections over memory to a provider whose answers a test decides. */
export class Scene {
  /** What the provider gives, or throws, from now on. */
  feed: () => Roster = () => roster();
  preflightState: 'ready' | 'warning' | 'blocked' = 'ready';
  readonly clock = new FixedClock('2026-09-15T12:00:00.000Z');
  readonly mailer = new MemoryMailer();
  readonly connections: Connections;

  constructor(
    readonly store = new MemoryStore(),
    readonly options: Partial<ConnectionsOptions> = {},
  ) {
    this.connections = this.another();
  }

  /** Another process over the same store. */
  another(options: Partial<ConnectionsOptions> = {}): Connections {
    return new Connections({
      store: this.store,
      scope: { tenant: 'district-1' },
      providers: {
        plain: () => sourceOf(() => this.feed()),
        checked: () => this.checked(),
        clever: ({ token, baseUrl, host }) =>
          cleverSource(
            new CleverClient({ token: String(token), baseUrl: String(baseUrl), allowInsecureHosts: [String(host)] }),
          ),
      },
      key: KEY,
      mailer: this.mailer,
      clock: this.clock,
      ...this.options,
      ...options,
    });
  }

  /** A connection that syncs all schools, of a provider with a preflight. */
  async enabled(fields: { readonly provider?: string; readonly schedule?: typeof SCHEDULE } = {}): Promise<string> {
    const { provider = 'checked', schedule = SCHEDULE } = fields;
    const { id } = await this.connections.create({ provider, credentials: { token: SECRET }, ...by });
    await this.connections.linkSchool(id, 'all', by);
    await this.connections.configure(id, { schedule }, by);
    if (provider !== 'plain') await this.connections.preflight(id);
    await this.connections.preview(id);
    await this.connections.enable(id, by);
    return id;
  }

  private checked(): RosterSource {
    const source = sourceOf(() => this.feed());
    const shared = { state: 'shared', count: 1 } as const;
    return {
      ...source,
      preflight: async () => ({
        provider: 'test',
        checkedAt: this.clock.now().toISOString(),
        state: this.preflightState,
        collections: {
          schools: shared,
          terms: shared,
          courses: shared,
          classes: shared,
          users: shared,
          enrollments: shared,
          guardianLinks: shared,
        },
        people: { student: 1, teacher: 1, aide: 0, administrator: 0, staff: 0, guardian: 0, other: 0 },
        contactTypes: [],
        contactPhoneTypes: [],
        freshness: {},
        findings: [],
      }),
    };
  }
}
