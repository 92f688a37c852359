import type {
  EnrollmentRole,
  LocalClass,
  LocalClassState,
  LocalEnrollment,
  LocalGuardianLink,
  LocalRecord,
  LocalSchool,
  LocalUser,
  Origin,
  UserRole,
} from '../model/index.js';
import { isSame } from '../internal/canonical.js';
import type { Invitation } from '../ports/index.js';
import type { SyncContext } from './options.js';

/** So many people are in memory at a time. */
const PAGE = 1_000;

/** How many people have joined. Each is counted once. */
export interface JoinCounts {
  /** Active people. */
  readonly people: number;
  /** Those who have signed in. */
  readonly joined: number;
  /** Those who have not, and hold an invitation that can be accepted. */
  readonly invited: number;
  /** Those of the invited whom the invitation does not reach: their address refuses. */
  readonly unreached: number;
}

/** What there is at one school. */
export interface SchoolStatistics {
  readonly activeClasses: number;
  /** By what people are in the roster; who is two things counts as both. */
  readonly people: Readonly<Partial<Record<UserRole, JoinCounts>>>;
}

/** What the host has for a tenant, in numbers. */
export interface SyncStatistics {
  /** ISO instant. */
  readonly at: string;
  readonly schools: number;
  readonly classes: Readonly<Record<LocalClassState, number>> & {
    /** Active ones, by who made them. */
    readonly byOrigin: Readonly<Record<Origin, number>>;
  };
  readonly people: JoinCounts & {
    readonly deactivated: number;
    /** Active ones, by who made them. */
    readonly byOrigin: Readonly<Record<Origin, number>>;
    /** By what people are in the roster; who is two things counts as both. */
    readonly byRole: Readonly<Partial<Record<UserRole, JoinCounts>>>;
  };
  readonly members: {
    /** Active ones, by their role in the class. */
    readonly byRole: Readonly<Partial<Record<EnrollmentRole, number>>>;
    /** Active ones, by who added them. */
    readonly byOrigin: Readonly<Record<Origin, number>>;
    readonly removed: number;
  };
  readonly guardianLinks: {
    readonly active: number;
    /** Of the active: those that give no access, because the district forbids contact (P11). */
    readonly blocked: number;
    readonly removed: number;
  };
  /** Invitations to an account, by what became of them. */
  readonly invitations: Readonly<Record<'pending' | 'expired' | 'accepted' | 'revoked', number>>;
  /** Where the host differs from what a sync wrote last, because people changed it. */
  readonly drift: {
    /** Classes with details that people changed. */
    readonly classesChanged: number;
    /** Classes that people archived or deleted. */
    readonly classesEnded: number;
    /** People with details that people changed. */
    readonly peopleChanged: number;
    /** People whom people deactivated. */
    readonly peopleDeactivated: number;
    /** Members whom people removed. */
    readonly membersRemoved: number;
    /** Guardian links that people removed. */
    readonly linksRemoved: number;
  };
  /** By the sourcedId of the school. */
  readonly bySchool: Readonly<Record<string, SchoolStatistics>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Counts = Mutable<JoinCounts>;
type ByRole = Partial<Record<UserRole, Counts>>;

/**
 * Counts what the host has, in one pass over its records: what is kept of them grows with the number of schools, not of
 * people.
 */
export async function statisticsOf(context: SyncContext, signal: AbortSignal | undefined): Promise<SyncStatistics> {
  const { store, scope, clock } = context;
  const tally = new Tally(clock.now().toISOString());
  const local = await store.load(scope, signal === undefined ? {} : { signal });
  for await (const school of local.schools) tally.addSchool(school);
  for await (const section of local.classes) tally.addClass(section);
  let page: LocalUser[] = [];
  const addPage = async (): Promise<void> => {
    signal?.throwIfAborted();
    const userIds = page.map(({ id }) => id);
    const invitations = await store.invitations(scope, { userIds });
    const problems = await store.problems(scope, { userIds });
    const refusing = new Set(problems.map(({ userId, addressDigest }) => `${addressDigest} ${userId}`));
    tally.addInvitations(invitations);
    tally.addPeople(page, invitations, refusing);
    page = [];
  };
  for await (const user of local.users) {
    page.push(user);
    if (page.length === PAGE) await addPage();
  }
  if (page.length > 0) await addPage();
  for await (const member of local.enrollments) tally.addMember(member);
  for await (const link of local.guardianLinks) tally.addLink(link);
  signal?.throwIfAborted();
  return tally.result();
}

/** The numbers so far. */
class Tally {
  #schools = 0;
  readonly #now: string;
  readonly #classes = { active: 0, archived: 0, purged: 0, byOrigin: origins() };
  readonly #people = { ...joins(), deactivated: 0, byOrigin: origins(), byRole: {} as ByRole };
  readonly #members = { byRole: {} as Partial<Record<EnrollmentRole, number>>, byOrigin: origins(), removed: 0 };
  readonly #links = { active: 0, blocked: 0, removed: 0 };
  readonly #invitations = { pending: 0, expired: 0, accepted: 0, revoked: 0 };
  readonly #drift: Mutable<SyncStatistics['drift']> = {
    ...{ classesChanged: 0, classesEnded: 0, peopleChanged: 0, peopleDeactivated: 0 },
    ...{ membersRemoved: 0, linksRemoved: 0 },
  };
  readonly #bySchool = new Map<string, { activeClasses: number; readonly people: ByRole }>();

  constructor(now: string) {
    this.#now = now;
  }

  addSchool({ sourcedId }: LocalSchool): void {
    this.#schools += 1;
    if (sourcedId !== undefined) this.#school(sourcedId);
  }

  addClass(section: LocalClass): void {
    const { state, origin, schoolSourcedId, by } = section;
    this.#classes[state] += 1;
    if (state === 'active') {
      this.#classes.byOrigin[origin] += 1;
      if (schoolSourcedId !== undefined) this.#school(schoolSourcedId).activeClasses += 1;
    } else if (by === 'user' && section.synced !== undefined) this.#drift.classesEnded += 1;
    if (isChanged(section)) this.#drift.classesChanged += 1;
  }

  addInvitations(invitations: readonly Invitation[]): void {
    for (const invitation of invitations) {
      const { kind, state } = invitation;
      if (kind !== 'account' || state === 'requested') continue;
      if (state === 'pending' && !this.#isOpen(invitation)) this.#invitations.expired += 1;
      else this.#invitations[state] += 1;
    }
  }

  /** @param refusing where nothing arrives, each as an address and its person */
  addPeople(people: readonly LocalUser[], invitations: readonly Invitation[], refusing: ReadonlySet<string>): void {
    const open = new Map<string, Invitation>();
    for (const invitation of invitations) {
      if (invitation.kind === 'account' && this.#isOpen(invitation)) open.set(invitation.userId, invitation);
    }
    for (const user of people) {
      if (isChanged(user)) this.#drift.peopleChanged += 1;
      if (user.state !== 'active') {
        this.#people.deactivated += 1;
        if (user.by === 'user' && user.synced !== undefined) this.#drift.peopleDeactivated += 1;
        continue;
      }
      this.#people.byOrigin[user.origin] += 1;
      const invitation = open.get(user.id);
      const isUnreached = invitation !== undefined && refusing.has(`${invitation.addressDigest} ${user.id}`);
      const add = (counts: Counts): void => {
        counts.people += 1;
        if (user.claimed === true) counts.joined += 1;
        else if (invitation !== undefined) {
          counts.invited += 1;
          if (isUnreached) counts.unreached += 1;
        }
      };
      add(this.#people);
      for (const role of new Set(user.roles)) {
        add((this.#people.byRole[role] ??= joins()));
        for (const school of new Set(user.schoolSourcedIds)) add((this.#school(school).people[role] ??= joins()));
      }
    }
  }

  addMember({ state, role, origin, by, synced }: LocalEnrollment): void {
    if (state === 'active') {
      this.#members.byRole[role] = (this.#members.byRole[role] ?? 0) + 1;
      this.#members.byOrigin[origin] += 1;
      return;
    }
    this.#members.removed += 1;
    if (by === 'user' && synced !== undefined) this.#drift.membersRemoved += 1;
  }

  addLink({ state, blocked, by, synced }: LocalGuardianLink): void {
    this.#links[state] += 1;
    if (state === 'active' && blocked === true) this.#links.blocked += 1;
    if (state === 'removed' && by === 'user' && synced !== undefined) this.#drift.linksRemoved += 1;
  }

  result(): SyncStatistics {
    const schools = [...this.#bySchool].sort(([left], [right]) => (left < right ? -1 : 1));
    return {
      at: this.#now,
      schools: this.#schools,
      classes: this.#classes,
      people: this.#people,
      members: this.#members,
      guardianLinks: this.#links,
      invitations: this.#invitations,
      drift: this.#drift,
      bySchool: Object.fromEntries(schools),
    };
  }

  #isOpen({ state, expiresAt }: Invitation): boolean {
    return state === 'pending' && expiresAt > this.#now;
  }

  #school(sourcedId: string): { activeClasses: number; readonly people: ByRole } {
    let school = this.#bySchool.get(sourcedId);
    if (school === undefined) this.#bySchool.set(sourcedId, (school = { activeClasses: 0, people: {} }));
    return school;
  }
}

/** Whether people changed a detail that a sync had written: it is theirs now, and other than it was. */
function isChanged(record: LocalRecord & { readonly synced?: object }): boolean {
  const { hostFields = [], synced } = record;
  if (synced === undefined) return false;
  const [present, before] = [record, synced] as readonly Readonly<Record<string, unknown>>[];
  return hostFields.some((field) => field in synced && !isSame(present?.[field] ?? null, before?.[field] ?? null));
}

function joins(): Counts {
  return { people: 0, joined: 0, invited: 0, unreached: 0 };
}

function origins(): Record<Origin, number> {
  return { roster: 0, local: 0, linked: 0 };
}
