import { MemoryMailer, MemoryStore } from '../../../src/adapters/memory/index.js';
import type { LocalUser, UserRole } from '../../../src/model/index.js';
import { Directory, Invitations, type InvitationsOptions } from '../../../src/people/index.js';

export const scope = { tenant: 'district-1' };
export const by = 'office-1';
export const KEY = Buffer.alloc(32, 'a key of the tests').toString('base64');

/** A clock that tests move. */
class Clock {
  constructor(private instant = '2026-09-15T12:00:00.000Z') {}

  now(): Date {
    return new Date(this.instant);
  }

  /** Goes on by so many hours. */
  pass(hours: number): void {
    this.instant = new Date(Date.parse(this.instant) + hours * 3_600_000).toISOString();
  }
}

type People = Readonly<Record<string, Partial<LocalUser>>>;

/** A district with a teacher, two students and a guardian of one of them, and what its tests do with it. */
export function schoolOf(options: Partial<InvitationsOptions> = {}, people: People = {}) {
  const clock = new Clock();
  const mailer = new MemoryMailer();
  const store = new MemoryStore({ clock });
  const roster = { origin: 'roster' } as const;
  const person = (id: string, role: UserRole) => ({
    ...roster,
    id,
    sourcedId: `r-${id}`,
    roles: [role],
    givenName: 'Given',
    familyName: id,
    email: `${id}@school.example`,
    schoolSourcedIds: ['north'],
    ...people[id],
  });
  store.seed(scope, {
    schools: [
      { ...roster, id: 'school-1', sourcedId: 'north', name: 'North' },
      { ...roster, id: 'school-2', sourcedId: 'south', name: 'South' },
    ],
    classes: [
      { ...roster, id: 'c1', sourcedId: 'r-c1', schoolSourcedId: 'north', name: 'One' },
      { ...roster, id: 'c2', sourcedId: 'r-c2', schoolSourcedId: 'south', name: 'Two' },
    ],
    users: [
      person('t1', 'teacher'),
      person('s1', 'student'),
      person('s2', 'student'),
      person('g1', 'guardian'),
      person('a1', 'administrator'),
    ],
    enrollments: [
      { ...roster, classId: 'c1', userId: 't1', role: 'teacher' },
      { ...roster, classId: 'c1', userId: 's1', role: 'student' },
      { ...roster, classId: 'c2', userId: 's1', role: 'student' },
      { ...roster, classId: 'c2', userId: 's2', role: 'student' },
    ],
    guardianLinks: [{ ...roster, id: 'l1', guardianId: 'g1', studentId: 's1' }],
  });
  const another = (more: Partial<InvitationsOptions> = {}) =>
    new Invitations({ store, scope, clock, mailer, codeKey: KEY, ...options, ...more });
  const invitations = another();
  /** The code of the newest letter to a person. */
  const codeOf = (id: string): string => {
    const letter = mailer.messages.findLast(({ to }) => to.includes(`${id}@school.example`));
    return /code: (\S+)/.exec(letter?.text ?? '')?.[1] ?? '';
  };
  return {
    clock,
    mailer,
    store,
    invitations,
    another,
    codeOf,
    directory: new Directory({ store, scope, clock }),
    /** Invites somebody, and gives the code that was sent. */
    invited: async (id: string): Promise<string> => {
      await invitations.issue(id, { by });
      return codeOf(id);
    },
    user: async (id: string) => (await store.load(scope)).users.find((each) => each.id === id),
    links: async () => (await store.load(scope)).guardianLinks,
    tried: (code: string, caller = 'somebody') => invitations.accept(code, { caller }).then(({ outcome }) => outcome),
    actions: async () => (await store.audit(scope)).map(({ action, subject }) => [action, subject]).reverse(),
  };
}
