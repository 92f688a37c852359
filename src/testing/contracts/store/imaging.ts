import { StoreConflictError } from '../../../errors.js';
import type { Enrollment, GuardianLink, Roster, RosterChanges, Scope, User } from '../../../model/index.js';
import { generateDistrict } from '../../generate.js';
import { districtRoster } from '../../roster.js';
import type { Rules } from '../contract.js';
import { expectRejection, expectSame, expectThat } from '../expecting.js';
import type { ImageBench } from './bench.js';
import { HOUR_MS } from './leases.js';

function rosterOf(scope: Scope, cursor: string): Roster {
  return { ...districtRoster(generateDistrict({ seed: 1, schools: 1, students: 300 }), { scope }), cursor };
}

function changesOf(scope: Scope, since: string, cursor: string): RosterChanges {
  const none = { changed: [], deleted: [] };
  const pairs = { ...none, replacedOf: [] };
  return {
    kind: 'changes',
    readId: `read-${cursor}`,
    source: 'test',
    readAt: '2026-09-02T06:00:00.000Z',
    scope,
    since,
    cursor,
    schools: { changed: [{ sourcedId: 's1', name: `As of ${cursor}` }], deleted: [] },
    terms: none,
    courses: none,
    classes: none,
    users: none,
    enrollments: pairs,
    guardianLinks: pairs,
    rejected: [],
    withdrawn: [],
    removals: 'told',
  };
}

/** How what was read of a district is kept. */
export const imaging: Rules<ImageBench> = {
  'it is nothing at first, and then the roster as it was read, for exactly this scope': async ({ store, newScope }) => {
    const scope = await newScope();
    expectSame('the image at first', await store.image(scope), undefined);
    const roster = rosterOf(scope, 'one');
    await store.saveImage(scope, roster);
    expectSame('the image', await store.image(scope), { roster, changes: [] });
    expectSame('the image of one school', await store.image({ ...scope, schools: ['s1'] }), undefined);
    expectSame('the image of another tenant', await store.image(await newScope()), undefined);
  },

  'it grows by what changed since, each once and in order, until all is read again': async ({ store, newScope }) => {
    const scope = await newScope();
    const roster = rosterOf(scope, 'one');
    await store.extendImage(scope, changesOf(scope, 'one', 'two'));
    expectSame('the image before any read', await store.image(scope), undefined);
    await store.saveImage(scope, roster);
    const changes = [changesOf(scope, 'one', 'two'), changesOf(scope, 'two', 'three')];
    for (const each of changes) await store.extendImage(scope, each);
    for (const each of changes) await store.extendImage(scope, each);
    expectSame('the image', await store.image(scope), { roster, changes });
    const later = rosterOf(scope, 'four');
    await store.saveImage(scope, later);
    expectSame('the image of a later read', await store.image(scope), { roster: later, changes: [] });
  },

  'changes that two processes add at once are added once': async ({ store, newScope }) => {
    const scope = await newScope();
    const roster = rosterOf(scope, 'one');
    await store.saveImage(scope, roster);
    const changes = changesOf(scope, 'one', 'two');
    await Promise.all([1, 2, 3].map(() => store.extendImage(scope, changes)));
    expectSame('the changes', (await store.image(scope))?.changes, [changes]);
  },

  'it grows for one tenant and scope alone': async ({ store, newScope }) => {
    const one = await newScope();
    const others = [await newScope(), { ...one, schools: ['s1'] }];
    for (const scope of [one, ...others]) await store.saveImage(scope, rosterOf(scope, 'one'));
    await store.extendImage(one, changesOf(one, 'one', 'two'));
    for (const scope of others) expectSame('another image', (await store.image(scope))?.changes, []);
  },

  'a run that has lost the scope writes none of it': async ({ store, newScope }) => {
    const scope = await newScope();
    const older = await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    await older.release();
    await store.lease(scope, { holder: 'two', ttlMs: HOUR_MS });
    const roster = rosterOf(scope, 'one');
    await expectRejection('the late roster', store.saveImage(scope, roster, older.fence), StoreConflictError);
    await store.saveImage(scope, roster);
    const late = store.extendImage(scope, changesOf(scope, 'one', 'two'), older.fence);
    await expectRejection('the late changes', late, StoreConflictError);
    expectSame('the image', await store.image(scope), { roster, changes: [] });
  },

  'a person who is erased is in no image of the tenant any more, and everybody else is': async ({
    store,
    newScope,
  }) => {
    const scope = await newScope();
    const elsewhere = await newScope();
    const narrow = { ...scope, schools: ['s1'] };
    for (const each of [scope, narrow, elsewhere]) await store.saveImage(each, rosterOf(each, 'one'));
    const roster = rosterOf(scope, 'one');
    const link = roster.guardianLinks[0] as GuardianLink;
    const place = roster.enrollments.find(({ userSourcedId }) => userSourcedId === link.studentSourcedId) as Enrollment;
    const user = roster.users.find(({ sourcedId }) => sourcedId === link.studentSourcedId) as User;
    const again = changesOf(scope, 'one', 'two');
    await store.extendImage(scope, {
      ...again,
      users: { changed: [user], deleted: [link.guardianSourcedId] },
      enrollments: { replacedOf: [place.classSourcedId], changed: [place], deleted: [place] },
      guardianLinks: { replacedOf: [link.guardianSourcedId], changed: [link], deleted: [link] },
    });
    const person = { ids: [], sourcedIds: [user.sourcedId] };
    const traces = (await store.tracesOf(scope, person)).roster;
    expectSame('the rows of the person', traces.users, [user, user, user]);
    expectThat(
      'their places are told',
      traces.enrollments.some((each) => each.classSourcedId === place.classSourcedId),
    );
    expectThat('their guardians are told', traces.guardianLinks.length >= 3);
    await store.eraseTraces(scope, person);
    for (const each of [scope, narrow]) {
      const image = await store.image(each);
      const read = rosterOf(each, 'one');
      expectSame('the image without the person', image?.roster, {
        ...read,
        users: read.users.filter(({ sourcedId }) => sourcedId !== user.sourcedId),
        enrollments: read.enrollments.filter(({ userSourcedId }) => userSourcedId !== user.sourcedId),
        guardianLinks: read.guardianLinks.filter(({ studentSourcedId }) => studentSourcedId !== user.sourcedId),
      });
    }
    const none = { changed: [], deleted: [] };
    const [left] = (await store.image(scope))?.changes ?? [];
    expectSame('what changed, without the person', left, {
      ...again,
      users: { changed: [], deleted: [link.guardianSourcedId] },
      enrollments: { ...none, replacedOf: [place.classSourcedId] },
      guardianLinks: { ...none, replacedOf: [link.guardianSourcedId] },
    });
    expectSame('another tenant’s', await store.image(elsewhere), { roster: rosterOf(elsewhere, 'one'), changes: [] });
  },

  'it goes when nothing was read for longer than it is to be kept, for each scope': async ({ store, newScope }) => {
    const scope = await newScope();
    const narrow = { ...scope, schools: ['s1'] };
    const elsewhere = await newScope();
    for (const each of [scope, narrow, elsewhere]) await store.saveImage(each, rosterOf(each, 'one'));
    const { readAt } = rosterOf(scope, 'one');
    const changes = changesOf(scope, 'one', 'two');
    await store.extendImage(scope, changes);
    await store.prune(scope, { images: readAt });
    expectSame('the image that is just as old', (await store.image(narrow))?.changes, []);
    await store.prune(scope, { images: changes.readAt });
    expectSame('the image that is older', await store.image(narrow), undefined);
    expectSame('the image that was read since', (await store.image(scope))?.changes, [changes]);
    expectSame('another tenant’s', (await store.image(elsewhere))?.changes, []);
    await store.prune(scope, { images: '9999-01-01T00:00:00.000Z' });
    expectSame('the image in the end', await store.image(scope), undefined);
  },
};
