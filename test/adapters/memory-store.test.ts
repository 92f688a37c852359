import { expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.js';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { Scope } from '../../src/model/index.js';
import {
  connectionContract,
  credentialContract,
  directoryContract,
  FixedClock,
  imageContract,
  journalContract,
  storeContract,
} from '../../src/testing/index.js';
import { addMember, batchOf, createClass, createUser, stateOf } from '../../src/testing/contracts/store/changes.js';
import { keepsContract } from '../support/contract.js';

const clock = new FixedClock();
const subject = { store: new MemoryStore({ clock }), age: async (_scope: Scope, ms: number) => clock.advance(ms) };

keepsContract(
  'a memory store',
  storeContract(() => subject),
);
keepsContract(
  'the image of a memory store',
  imageContract(() => subject),
);
keepsContract(
  'the credentials of a memory store',
  credentialContract(() => subject),
);
keepsContract(
  'the connections of a memory store',
  connectionContract(() => subject),
);

/** No more of a store than these of its methods. */
function half<Name extends keyof MemoryStore>(...names: readonly Name[]): Pick<MemoryStore, Name> {
  const { store } = subject;
  return Object.fromEntries(names.map((name) => [name, (store[name] as () => unknown).bind(store)])) as never;
}

keepsContract(
  'the directory half of a memory store by itself',
  directoryContract(() => ({ store: half('load', 'apply', 'roles', 'sites', 'erasePerson') })),
);
keepsContract(
  'the journal half of a memory store by itself',
  journalContract(() => ({
    ...subject,
    store: half(
      ...(['lease', 'holder', 'ledger', 'saveLedger', 'saveRun', 'run', 'runs', 'journal', 'releaseWaiting'] as const),
      ...([
        'claimMessages',
        'saveMessage',
        'message',
        'invitations',
        'invitationByCode',
        'saveInvitation',
        'countAttempt',
        'saveAudit',
        'audit',
        'saveProblem',
        'problems',
        'forgetProblems',
        'tracesOf',
        'eraseTraces',
        'prune',
      ] as const),
    ),
  })),
);

const scope = { tenant: 'district-1' };

test('makes up the same ids in every process that does the same', async () => {
  const ids = async () => {
    const store = new MemoryStore();
    store.seed(scope, { classes: [{ id: 'class-2', name: 'Seeded' }] });
    await store.apply(batchOf(scope, [createUser('u1'), createClass('c1'), createClass('c2'), addMember('c1', 'u1')]));
    const { classes, users, enrollments } = await store.load(scope);
    return [...classes, ...users, ...enrollments].map(({ id }) => id);
  };
  expect(await ids()).toEqual(['class-2', 'class-1', 'class-3', 'user-1', 'enrollment-1']);
  expect(await ids()).toEqual(await ids());
});

test('takes a host’s data as a test sketches it, and replaces a record with the same id', async () => {
  const store = new MemoryStore({ roles: ['teacher'], sites: ['north'] });
  store.seed(scope, {
    schools: [{ name: 'North', sourcedId: 's1' }],
    classes: [{ name: 'Chess', sourcedId: 'c1' }],
    users: [
      { roles: ['student'], givenName: 'A', familyName: 'B', sourcedId: 'u1' },
      { roles: ['guardian'], givenName: 'C', familyName: 'D', sourcedId: 'u2' },
    ],
    enrollments: [{ role: 'student', classSourcedId: 'c1', userId: 'user-1' }],
    guardianLinks: [{ guardianSourcedId: 'u2', studentSourcedId: 'u1' }],
  });
  store.seed(scope, { classes: [{ id: 'class-1', name: 'Go', sourcedId: 'c1', origin: 'roster' }] });
  expect(await stateOf(store, scope)).toMatchObject({
    schools: [{ id: 'school-1', origin: 'local', version: 1 }],
    classes: [{ id: 'class-1', name: 'Go', origin: 'roster', state: 'active', version: 2 }],
    users: [{ id: 'user-1', schoolSourcedIds: [], state: 'active' }, { id: 'user-2' }],
    enrollments: [
      { id: 'enrollment-1', classId: 'class-1', userId: 'user-1', classSourcedId: 'c1', userSourcedId: 'u1' },
    ],
    guardianLinks: [{ id: 'guardian-1', guardianId: 'user-2', studentId: 'user-1', state: 'active' }],
  });
  expect([await store.roles(), await store.sites()]).toEqual([['teacher'], ['north']]);
  expect(() => {
    store.seed(scope, { enrollments: [{ role: 'student', classId: 'class-9', userId: 'user-1' }] });
  }).toThrow(ConfigurationError);
});

test('applies and loads 100,000 enrollments in a time that does not depend on their number for each', async () => {
  const store = new MemoryStore();
  const classes = Array.from({ length: 4000 }, (_, index) => `c${String(index)}`);
  const users = Array.from({ length: 20_000 }, (_, index) => `u${String(index)}`);
  await store.apply(batchOf(scope, [...classes.map((id) => createClass(id)), ...users.map((id) => createUser(id))]));
  const members = users.flatMap((user, index) =>
    [0, 1, 2, 3, 4].map((nth) => addMember(`c${String((index * 5 + nth) % 4000)}`, user)),
  );
  const result = await store.apply(batchOf(scope, members));
  expect(result.applied).toHaveLength(100_000);
  expect((await store.load(scope)).enrollments).toHaveLength(100_000);
}, 60_000);
