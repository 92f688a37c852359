import { LockHeldError, StoreConflictError } from '../../../errors.js';
import { emptyLedger } from '../../../model/index.js';
import type { Change, Ledger, PersonIds, Scope } from '../../../model/index.js';
import type { AuditEntry, Invitation } from '../../../ports/index.js';
import type { Rules } from '../contract.js';
import { expectFields, expectNoField, expectRejection, expectSame, expectThat } from '../expecting.js';
import type { DirectoryBench, StoreBench } from './bench.js';
import {
  addMember,
  AT,
  conclude,
  createClass,
  createUser,
  enrollmentChange,
  invite,
  linkGuardian,
  renameClass,
  reportOf,
  userChange,
} from './changes.js';
import { decisionOf } from './deciding.js';
import { HOUR_MS } from './leases.js';

/** The sourcedId of whoever is erased, and a word of theirs: neither is part of any other word of these cases. */
const ERASED = 'erased-child';
const SECRET = 'Rumpelstiltskin';
const RUN = 'the run';

const child = withName(ERASED, SECRET);

function withName(sourcedId: string, givenName: string): Change {
  const user = createUser(sourcedId);
  return { ...user, after: { ...user.after, givenName } };
}

/** Two children of one class with a guardian each. The one to be erased shares a login with the other. */
async function family({ apply, state }: DirectoryBench, scope: Scope): Promise<{ readonly id: string }> {
  const other = createUser('u2');
  const sharing = { ...other, after: { ...other.after, sharesLoginWith: ERASED } } as Change;
  const people = [child, sharing, createUser('g1'), createUser('g2')];
  const ties = [addMember('c1', ERASED), addMember('c1', 'u2'), linkGuardian('g1', ERASED), linkGuardian('g2', 'u2')];
  await apply(scope, [createClass('c1'), ...people, ...ties], { runId: RUN });
  const { users } = await state(scope);
  return { id: users.find(({ sourcedId }) => sourcedId === ERASED)?.id ?? '' };
}

/** How a person's record is erased. */
export const erasingRecords: Rules<DirectoryBench> = {
  'a person goes with their ties, active ones too, and others stay as they are': async (bench) => {
    const { store, newScope, state } = bench;
    const scope = await newScope();
    const elsewhere = await newScope();
    const { id } = await family(bench, scope);
    await family(bench, elsewhere);
    const before = await state(elsewhere);
    await store.erasePerson(scope, id);
    const { classes, users, enrollments, guardianLinks } = await state(scope);
    expectSame(
      'who is left',
      users.map(({ sourcedId }) => sourcedId),
      ['g1', 'g2', 'u2'],
    );
    expectNoField('who shared a login', users[2], 'sharesLoginWith');
    expectFields('who shared a login', users[2], { version: 2 });
    expectFields('who shared none', users[1], { version: 1 });
    const ties = [
      ...enrollments.map((each) => each.userSourcedId),
      ...guardianLinks.map((each) => each.studentSourcedId),
    ];
    expectSame('whose ties are left', ties, ['u2', 'u2']);
    expectSame('how many classes are left', classes.length, 1);
    expectSame('everything of another tenant', await state(elsewhere), before);
  },

  'removed ties go, too, and nobody is no trouble': async (bench) => {
    const { store, newScope, apply, state } = bench;
    const scope = await newScope();
    const { id } = await family(bench, scope);
    const removed = { state: 'removed', by: 'user' } as const;
    const target = { classSourcedId: 'c1', userSourcedId: ERASED };
    await apply(scope, [
      enrollmentChange({ kind: 'enrollment-remove', target, before: {}, after: removed, version: 1 }),
    ]);
    await store.erasePerson(scope, id);
    await store.erasePerson(scope, id);
    expectSame('the places', (await state(scope)).enrollments.length, 1);
    await apply(scope, [createUser(ERASED)]);
    expectFields('whoever comes anew', (await state(scope)).users[0], { sourcedId: ERASED, version: 1 });
  },
};

/** A ledger that remembers something about both children in each of its lists. */
function ledgerOf(scope: Scope): Ledger {
  const changes = [ERASED, 'u2'].map((sourcedId) => ({
    ...userChange({
      kind: 'user-deactivate',
      target: { sourcedId },
      before: { givenName: sourcedId === ERASED ? SECRET : 'Given', state: 'active' },
      after: { state: 'deactivated', by: 'sync' },
      version: 1,
    }),
    heldBy: ['G6:users'],
  }));
  const keys = changes.map(({ key }) => key);
  const subjects = changes.map(({ subject }) => subject);
  const kinds = { enrollments: 1, classes: 1, users: 1, guardianLinks: 1 };
  const about = { code: 'LIMIT_EXCEEDED', approvable: true, since: AT, versions: [], approved: [] } as const;
  return {
    formatVersion: 2,
    holds: [
      { ...about, id: 'G6:users', gate: 'G6', changes, hash: 'h', versions: [{ hash: 'g', keys }], approved: keys },
      { ...about, id: `U13:${ERASED}`, gate: 'U13', subject: `user:${ERASED}`, changes: changes.slice(1), hash: 'i' },
    ],
    suppressions: subjects.map((subject) => ({ kind: 'user-update', subject, fingerprint: 'f', cause: 'undo' })),
    reported: [`M6 enrollment:2:c1:${ERASED}`, 'M6 enrollment:2:c1:u2', `P1 guardian:2:g1:${ERASED}`],
    absences: subjects.map((subject) => ({ subject, count: 1, readId: scope.tenant, at: AT })),
    removals: [{ day: '2026-09-01', kind: 'users', removed: 2, baseline: 9, unconfirmed: keys }],
    proposals: [ERASED, 'u2'].map((sourcedId) => ({
      id: `user-link ${sourcedId}`,
      kind: 'user-link',
      rule: 'U17',
      recordId: `record of ${sourcedId}`,
      sourcedId,
      evidence: {},
      likeness: 1,
      since: AT,
    })),
    unjudged: keys,
    unfinished: { baselines: kinds, removals: keys },
    messages: keys,
  };
}

/** A code for the other child, which the erased one used, and one that somebody else used. */
function familyCodes(id: string, { userId }: Invitation): readonly Invitation[] {
  const code = (addressDigest: string, usedBy: string): Invitation => {
    const { invitation } = invite('user:u2', { userId, digest: addressDigest });
    return { ...invitation, kind: 'family', state: 'accepted', usedBy };
  };
  return [code('used', id), code('used by another', 'another')];
}

/** Decisions that the erased child made, that were about them, and one that has nothing to do with them. */
function decisionsNaming(id: string): readonly AuditEntry[] {
  return [
    decisionOf('made', AT, { by: id }),
    decisionOf('about', AT, { subject: `U13:${ERASED}`, runId: RUN }),
    decisionOf('in detail', AT, { subject: 'G6:users', details: { userId: id, changes: 2 } }),
    decisionOf('other', AT, { subject: 'u2', details: { userId: 'another' } }),
  ];
}

/** Puts the erased child wherever the store keeps anything about anybody; in two scopes of the tenant. */
async function everywhere(bench: StoreBench, scope: Scope): Promise<PersonIds> {
  const { store, apply } = bench;
  const { id } = await family(bench, scope);
  const target = { sourcedId: ERASED };
  const rename = { kind: 'user-update', target, before: { givenName: SECRET }, after: { givenName: 'New' } } as const;
  await apply(scope, [userChange({ ...rename, version: 1 })], { runId: RUN });
  const byThem = renameClass('c1', 'Two', 1);
  await apply(scope, [{ ...byThem, reason: { ...byThem.reason, evidence: { by: id } } }], { runId: RUN });
  const toChild = [invite(`user:${ERASED}`, { userId: id }), invite(`user:${ERASED}`, { userId: id, digest: 'sent' })];
  const toOther = invite('user:u2', { userId: (await bench.state(scope)).users.at(-1)?.id ?? '' });
  const named = toChild.map((item) => ({ ...item, message: { ...item.message, text: `Hello ${SECRET}` } }));
  const invitations = [...named, toOther];
  await apply(scope, [], { invitations });
  await conclude(store, scope, `invitation user:${ERASED} sent`, { state: 'sent', attempts: 1 });
  for (const invitation of familyCodes(id, toOther.invitation))
    await store.saveInvitation(scope, { invitation, at: AT });
  for (const decision of decisionsNaming(id)) await store.saveAudit(scope, decision);
  const refused = { channel: 'email', addressDigest: 'digest', reason: 'refused', at: AT } as const;
  for (const userId of [id, 'another']) await store.saveProblem(scope, { ...refused, userId });
  for (const each of [scope, { ...scope, schools: ['s1'] }]) {
    await store.saveLedger(each, ledgerOf(each));
    const keys = [`user-update user:${ERASED}`, 'user-update user:u2'];
    const about = { gate: 'G6', code: 'LIMIT_EXCEEDED', hash: 'h', approvable: true, since: AT } as const;
    await store.saveRun({
      ...reportOf(each, RUN + String(each.schools?.length), AT),
      by: id,
      holds: [
        { ...about, id: 'G6:users', changes: keys },
        { ...about, id: `U13:${ERASED}`, subject: `user:${ERASED}`, changes: [] },
      ],
      failures: keys.map((key) => ({ code: 'stale', key, message: `${key} was overtaken.` })),
    });
  }
  return { ids: [id], sourcedIds: [ERASED] };
}

/** Everything that the store tells of the tenant. */
async function told({ store, state, pending }: StoreBench, scope: Scope): Promise<Readonly<Record<string, unknown>>> {
  const scopes = [scope, { ...scope, schools: ['s1'] }];
  return {
    journal: await store.journal(scope, RUN),
    ledgers: await Promise.all(scopes.map(async (each) => (await state(each)).ledger)),
    runs: await Promise.all(scopes.map((each) => store.runs(each))),
    invitations: await store.invitations(scope),
    messages: await pending(scope),
    problems: await store.problems(scope),
    audit: await store.audit(scope),
  };
}

function expectNothingOf(what: string, value: unknown, person: PersonIds): void {
  const text = JSON.stringify(value);
  for (const word of [...person.ids, ...person.sourcedIds, SECRET]) {
    expectThat(`${what} has nothing of the person`, !text.includes(word));
  }
}

/** How every trace of a person is found and erased. */
export const erasing: Rules<StoreBench> = {
  'what is kept about a person is found wherever it is, and nothing of others': async (bench) => {
    const scope = await bench.newScope();
    const person = await everywhere(bench, scope);
    const traces = await bench.store.tracesOf(scope, person);
    expectSame(
      'the journal',
      traces.journal.map(({ change }) => change.key),
      [
        `user-create user:${ERASED}`,
        `enrollment-add enrollment:2:c1:${ERASED}`,
        `guardian-link guardian:2:g1:${ERASED}`,
        `user-update user:${ERASED}`,
      ],
    );
    expectSame('the acts', traces.acts, [{ runId: RUN, kind: 'class-update', at: AT }]);
    expectSame('how many ledgers', traces.ledgers.length, 2);
    const [ledger] = traces.ledgers;
    expectSame(
      'what is held',
      ledger?.held.map(({ hold, change }) => [hold, change.subject]),
      [['G6:users', `user:${ERASED}`]],
    );
    const counts = [
      ledger?.suppressions.length,
      ledger?.absences.length,
      ledger?.proposals.length,
      ledger?.keys.length,
    ];
    expectSame('what is remembered', counts, [1, 1, 1, 3]);
    expectSame(
      'the runs',
      traces.runs.map(({ keys, isBy }) => [keys, isBy]),
      [1, 2].map(() => [[`user-update user:${ERASED}`], true]),
    );
    expectSame(
      'the invitations',
      traces.invitations.map(({ userId, usedBy, addressDigest }) => [
        userId === person.ids[0],
        usedBy ?? '',
        addressDigest,
      ]),
      [
        [true, '', 'digest'],
        [true, '', 'sent'],
        [false, person.ids[0], 'used'],
      ],
    );
    for (const each of traces.invitations) expectNoField('an invitation', each, 'codeDigest');
    expectSame(
      'the messages',
      traces.messages.map(({ state, to }) => [state, to]),
      [
        ['pending', ['someone@school.example']],
        ['sent', []],
      ],
    );
    for (const each of traces.messages) expectNoField('a message', each, 'text');
    expectSame(
      'the problems',
      traces.problems.map(({ userId }) => userId),
      [person.ids[0]],
    );
    expectSame('the decisions', traces.audit, decisionsNaming(person.ids[0] ?? '').slice(0, 3));
  },

  'nothing of it is left once it is erased, and what is kept of others stays': async (bench) => {
    const { store, newScope, state, pending } = bench;
    const scope = await newScope();
    const person = await everywhere(bench, scope);
    await store.eraseTraces(scope, person);
    for (const [what, value] of Object.entries(await told(bench, scope))) expectNothingOf(what, value, person);
    const { ledger } = await state(scope);
    expectSame(
      'the hold',
      ledger.holds.map(({ id, changes }) => [id, changes.length]),
      [['G6:users', 1]],
    );
    const kept = ledgerOf(scope);
    const ofOthers = (list: readonly unknown[] = []) => list.filter((each) => !JSON.stringify(each).includes(ERASED));
    for (const list of ['suppressions', 'reported', 'absences', 'proposals', 'unjudged', 'messages'] as const) {
      expectSame(`the ledger’s ${list}`, ledger[list], ofOthers(kept[list]));
    }
    expectSame('how many people were erased', ledger.erasures, 1);
    const entries = await store.journal(scope, RUN);
    expectSame(
      'what is erased of the journal',
      entries.map(({ sequence, erased, change }) => [sequence, erased ?? false, change.kind]),
      [
        [0, false, 'class-create'],
        [1, true, 'user-create'],
        [2, false, 'user-create'],
        [3, false, 'user-create'],
        [4, false, 'user-create'],
        [5, true, 'enrollment-add'],
        [6, false, 'enrollment-add'],
        [7, true, 'guardian-link'],
        [8, false, 'guardian-link'],
        [9, true, 'user-update'],
        [10, false, 'class-update'],
      ],
    );
    expectFields('an entry about another', entries[3]?.change, { ...createUser('g1') });
    expectFields('an erased entry', entries[1], { recordId: '', runId: RUN, appliedAt: AT });
    expectFields('an erased change', entries[1]?.change, { before: null, after: null, target: {} });
    expectSame(
      'whose problems are left',
      (await store.problems(scope)).map(({ userId }) => userId),
      ['another'],
    );
    expectSame(
      'who used the invitations that are left',
      (await store.invitations(scope)).map(({ addressDigest, usedBy }) => [addressDigest, usedBy ?? '']),
      [
        ['digest', ''],
        ['used', 'erased'],
        ['used by another', 'another'],
      ],
    );
    expectSame('the decisions', await store.audit(scope), [
      decisionOf('other', AT, { subject: 'u2', details: { userId: 'another' } }),
      decisionOf('in detail', AT, { subject: 'G6:users', details: { userId: 'erased', changes: 2 } }),
      decisionOf('about', AT, { subject: 'U13:erased', runId: RUN }),
      decisionOf('made', AT, { by: 'erased' }),
    ]);
    expectSame(
      'which messages are left',
      (await pending(scope)).map(({ idempotencyKey }) => idempotencyKey),
      ['invitation user:u2 digest'],
    );
  },

  'erased again, nothing changes but the count; another tenant keeps everything': async (bench) => {
    const { store, newScope, state } = bench;
    const scope = await newScope();
    const elsewhere = await newScope();
    const person = await everywhere(bench, scope);
    const other = await everywhere(bench, elsewhere);
    const before = await told(bench, elsewhere);
    // An id of the host is its own in each tenant, and the same in both here.
    await store.eraseTraces(scope, { ...person, ids: [...person.ids, ...other.ids] });
    const { ledgers: _first, ...once } = await told(bench, scope);
    await store.eraseTraces(scope, person);
    const { ledgers: _second, ...twice } = await told(bench, scope);
    expectSame('what is left', twice, once);
    expectSame('how often', (await state(scope)).ledger.erasures, 2);
    expectSame('everything of another tenant', await told(bench, elsewhere), before);
  },

  'somebody else who once had the sourcedId keeps what the journal has of them': async (bench) => {
    const { store, newScope, apply, state } = bench;
    const scope = await newScope();
    const runId = 'earlier';
    await apply(scope, [createUser(ERASED)], { runId });
    const earlier = (await state(scope)).users[0]?.id ?? '';
    const person = { ids: ['nobody'], sourcedIds: [ERASED], others: [earlier] };
    expectSame('the traces', (await store.tracesOf(scope, person)).journal, []);
    await store.eraseTraces(scope, person);
    expectFields('their entry', (await store.journal(scope, runId))[0]?.change.after ?? {}, { givenName: 'Given' });
  },

  'a run that holds a scope of the tenant is not erased under, and one that held it is shut out': async (bench) => {
    const { store, newScope, apply, age } = bench;
    const scope = await newScope();
    const narrow = { ...scope, schools: ['s1'] };
    const person = await everywhere(bench, scope);
    const lease = await store.lease(narrow, { holder: 'a run', ttlMs: HOUR_MS });
    const refusal = await expectRejection('the erasure', store.eraseTraces(scope, person), LockHeldError);
    expectSame('the holder', (refusal as LockHeldError).holder, 'a run');
    expectSame('the journal', (await store.tracesOf(scope, person)).journal.length, 4);
    await age(scope, HOUR_MS + 1);
    await store.eraseTraces(scope, person);
    expectSame('the journal then', (await store.tracesOf(scope, person)).journal.length, 0);
    const late = store.saveLedger(narrow, ledgerOf(narrow), lease.fence);
    await expectRejection('the late ledger', late, StoreConflictError);
    await expectRejection('the late batch', apply(narrow, [], { fence: lease.fence }), StoreConflictError);
    await expectRejection('the late renewal', lease.renew(), StoreConflictError);
    await store.lease(narrow, { holder: 'the next run', ttlMs: HOUR_MS });
  },

  'a scope that never ran counts an erasure, too': async ({ store, newScope, state }) => {
    const scope = await newScope();
    await store.eraseTraces(scope, { ids: ['nobody'], sourcedIds: [] });
    expectSame('the ledger', (await state(scope)).ledger, { ...emptyLedger, erasures: 1 });
  },
};
