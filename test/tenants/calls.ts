import { MemoryStore } from '../../src/adapters/memory/index.js';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { hashPlan } from '../../src/engine/index.js';
import type { Change, LocalRead, PersonIds } from '../../src/model/index.js';
import {
  addMember,
  batchOf,
  classChange,
  createUser,
  DOOMSDAY,
  enrollmentChange,
  guardianChange,
  invite,
  linkGuardian,
  renameClass,
  reportOf,
  stateOf,
  userChange,
} from '../../src/testing/contracts/store/changes.js';
import { claim, type Known, type Side } from './side.js';

/** A public call by `own`, with all ids of another tenant that it can be given. */
export interface Call {
  readonly call: (own: Side, of: Known) => Promise<unknown>;
  /** Why the call shows and changes nothing of the tenant that makes it, either. */
  readonly noneOfTenant?: string;
}

const by = { by: 'somebody' };
const LATER = '2030-01-01T00:00:00.000Z';

/** The tenant's mark, where the id of something of its own alone is in what was given. */
export function showing({ side }: Known, id: string, result: unknown): string {
  return JSON.stringify(result).includes(`"${id}"`) ? side.mark : '';
}

/** The changes that somebody could make up who knows the ids: each kind of record, updated and deleted. */
function forged(of: Known): readonly Change[] {
  const gone = { before: {}, after: null, version: 1 } as const;
  const versions = [1, 2, 3];
  return [
    ...versions.flatMap((version) => [
      classChange({ kind: 'class-update', target: { id: of.classId }, before: {}, after: { name: 'Stolen' }, version }),
      userChange({ kind: 'user-update', target: { id: of.studentId }, before: {}, after: { grade: '1' }, version }),
      renameClass('c2', 'Stolen', version),
    ]),
    classChange({
      kind: 'class-purge',
      target: { id: of.localClassId },
      before: {},
      after: { state: 'purged' },
      version: 1,
    }),
    enrollmentChange({ kind: 'enrollment-delete', target: { id: of.enrollmentId }, ...gone }),
    guardianChange({ kind: 'guardian-unlink', target: { id: of.guardianLinkId }, ...gone }),
    userChange({ kind: 'user-delete', target: { id: of.localUserId }, ...gone }),
    enrollmentChange({
      kind: 'enrollment-add',
      target: { classId: of.classId, userId: of.outsiderId },
      before: null,
      after: { origin: 'local', role: 'student', state: 'active', classId: of.classId, userId: of.outsiderId },
    }),
    addMember('c1', 's2-1'),
    linkGuardian('linked-person', 's2-1'),
    // A record under an id that the other tenant uses.
    userChange({ ...createUser('another'), after: { ...createUser('another').after, id: of.studentId } }),
  ];
}

const student = (of: Known): PersonIds => ({ ids: [of.studentId], sourcedIds: ['s1-1'] });

export const storeCalls: Readonly<Record<string, Call>> = {
  load: {
    call: async (own, of) => [
      await stateOf(own.store, own.scope),
      await stateOf(own.store, { ...own.scope, schools: ['north'] }),
      of.side.mark === own.mark,
    ],
  },
  apply: {
    call: async ({ store, scope }, of) => {
      const mine = invite('user:another', { userId: of.studentId });
      const message = { ...mine.message, idempotencyKey: of.pendingKey };
      return [
        await store.apply(batchOf(scope, forged(of), { runId: of.batchRunId, invitations: [{ ...mine, message }] })),
        await store.apply(batchOf(scope, [], { revoke: [of.studentId, of.outsiderId, of.localUserId] })),
      ];
    },
  },
  roles: { call: ({ store, scope }) => store.roles(scope), noneOfTenant: 'roles are the host’s' },
  sites: { call: ({ store, scope }) => store.sites(scope), noneOfTenant: 'sites are the host’s' },
  lease: {
    call: async ({ store, scope, mark }) => {
      const lease = await store.lease(scope, { holder: mark, ttlMs: 60_000 });
      await lease.renew();
      await lease.release();
      return lease;
    },
  },
  ledger: { call: async ({ store, scope }, of) => showing(of, of.heldId, await store.ledger(scope)) },
  saveLedger: {
    call: async ({ store, scope }) => {
      const { ledger } = await store.load(scope);
      await store.saveLedger(scope, { ...ledger, holds: [], proposals: [], reported: ['forged'] });
    },
  },
  holder: {
    call: async ({ store, scope, mark }) => {
      const another = await store.holder(scope);
      const lease = await store.lease(scope, { holder: mark, ttlMs: 60_000 });
      const own = await store.holder(scope);
      await lease.release();
      return [another, own];
    },
  },
  saveRun: {
    call: ({ store, scope }, of) => {
      const { message } = invite('user:another', { userId: of.studentId });
      const messages = [{ ...message, idempotencyKey: of.pendingKey }];
      return store.saveRun(reportOf(scope, of.runId, LATER), { messages, at: LATER });
    },
  },
  run: { call: ({ store, scope }, of) => store.run(scope, of.runId) },
  runs: { call: ({ store, scope }) => store.runs(scope) },
  journal: {
    call: async ({ store, scope }, of) => [
      await store.journal(scope, of.runId),
      await store.journal(scope, of.batchRunId),
    ],
  },
  releaseWaiting: { call: ({ store, scope }) => store.releaseWaiting(scope) },
  claimMessages: { call: ({ store, scope }, of) => claim(store, scope, of.claimedBy) },
  saveMessage: {
    call: ({ store, scope }, { claimedBy, ...of }) =>
      ofMessages(of, (key) => store.saveMessage(scope, key, { claimedBy, state: 'sent', attempts: 9 })),
  },
  message: { call: ({ store, scope }, of) => ofMessages(of, (key) => store.message(scope, key)) },
  saveProblem: { call: ({ store, scope }, of) => store.saveProblem(scope, { ...of.problem, reason: 'bounced' }) },
  problems: {
    call: async ({ store, scope }, of) => [
      await store.problems(scope),
      await store.problems(scope, { userIds: [of.problem.userId] }),
    ],
  },
  forgetProblems: { call: ({ store, scope }, of) => store.forgetProblems(scope, [of.problem.userId]) },
  erasePerson: { call: ({ store, scope }, of) => store.erasePerson(scope, of.studentId) },
  tracesOf: { call: ({ store, scope }, of) => store.tracesOf(scope, student(of)) },
  eraseTraces: { call: ({ store, scope }, of) => store.eraseTraces(scope, student(of)) },
  prune: {
    call: ({ store, scope }) => {
      const all = { journal: DOOMSDAY, runs: DOOMSDAY, messages: DOOMSDAY, invitations: DOOMSDAY, images: DOOMSDAY };
      return store.prune(scope, { ...all, audit: DOOMSDAY });
    },
  },
  invitations: {
    call: async ({ store, scope }, of) => [
      showing(of, of.invitation.id, await store.invitations(scope)),
      await store.invitations(scope, { userIds: [of.studentId] }),
    ],
  },
  invitationByCode: {
    call: async ({ store, scope }, of) => {
      const found = await store.invitationByCode(scope, of.invitation.codeDigest);
      return showing(of, of.invitation.id, found ?? '');
    },
  },
  saveInvitation: {
    call: async ({ store, scope }, of) => {
      const { message } = invite('user:another', { userId: of.studentId });
      const write = {
        invitation: { ...of.invitation, codeDigest: 'forged' },
        message: { ...message, idempotencyKey: of.pendingKey },
        at: LATER,
      };
      return [
        await store.saveInvitation(scope, write),
        await store.saveInvitation(scope, { ...write, replaces: of.invitation }),
        // Whatever they wrote of their own now has the other's code.
        await store.saveInvitation(scope, { ...write, invitation: of.invitation, replaces: write.invitation }),
        await store.saveInvitation(scope, {
          ...write,
          invitation: { ...of.invitation, state: 'revoked' },
          replaces: of.invitation,
        }),
      ];
    },
  },
  countAttempt: {
    call: async ({ store, scope }, of) => {
      // More tries than the tenant made itself were another's. The later one forgets all that are over.
      const count = await store.countAttempt(scope, of.attempt);
      await store.countAttempt(scope, { ...of.attempt, key: 'another', at: DOOMSDAY });
      return count > of.tries ? of.side.mark : '';
    },
  },
  saveAudit: {
    call: async ({ store, scope }, of) => {
      const forged = { at: LATER, by: 'somebody', action: 'hold-approve' };
      for (const id of [of.auditId, 'another']) await store.saveAudit(scope, { ...forged, id });
    },
  },
  audit: { call: ({ store, scope }) => store.audit(scope) },
  image: { call: ({ store, scope }) => store.image(scope) },
  saveImage: { call: ({ store, scope }, of) => store.saveImage(scope, { ...of.image, scope, users: [] }) },
  extendImage: {
    call: async ({ store, scope }, of) => {
      const none = { changed: [], deleted: [] };
      const pairs = { ...none, replacedOf: [] };
      const since = of.image.cursor ?? '';
      await store.extendImage(scope, {
        kind: 'changes',
        readId: 'forged',
        source: 'test',
        readAt: LATER,
        scope,
        since,
        cursor: 'forged',
        schools: none,
        terms: none,
        courses: none,
        classes: none,
        users: { changed: [], deleted: ['s1-1'] },
        enrollments: pairs,
        guardianLinks: pairs,
        rejected: [],
        withdrawn: [],
        removals: 'told',
      });
    },
  },
  credentials: {
    call: async ({ store, scope }, of) => {
      const sealed = await store.credentials(scope, of.credentialName);
      return sealed === of.sealed ? of.side.mark : '';
    },
  },
  credentialNames: { call: ({ store, scope }) => store.credentialNames(scope) },
  saveCredentials: {
    call: async ({ store, scope }, of) => [
      await store.saveCredentials(scope, of.credentialName, 'forged', { replaces: of.sealed }),
      await store.saveCredentials(scope, of.credentialName, 'forged'),
    ],
  },
  deleteCredentials: { call: ({ store, scope }, of) => store.deleteCredentials(scope, of.credentialName) },
  connections: { call: ({ store, scope }) => store.connections(scope) },
  saveConnection: {
    call: async ({ store, scope }, of) => {
      const kept = (await store.connections(scope)).find(({ id }) => id === of.connectionId);
      const forged = { id: of.connectionId, provider: 'forged', state: 'enabled', createdAt: '', policy: {} } as const;
      const versions = [1, (kept?.version ?? 1) + 1];
      return Promise.all(versions.map((version) => store.saveConnection(scope, { ...forged, version })));
    },
  },
  seed: {
    call: async ({ store, scope }, of) => {
      if (store instanceof MemoryStore) store.seed(scope, { classes: [{ id: of.classId, name: 'Forged' }] });
    },
  },
};

/** What the stores in PostgreSQL have besides: for hosts with tables of their own, and for large tenants. */
export const halfCalls: Readonly<Record<string, Call>> = {
  record: {
    call: async ({ store, scope }, of) => {
      if (!(store instanceof PostgresStore)) return [];
      const mine = invite('user:another', { userId: of.studentId });
      const message = { ...mine.message, idempotencyKey: of.pendingKey };
      const batch = batchOf(scope, forged(of), {
        runId: of.batchRunId,
        invitations: [{ ...mine, message }],
        revoke: [of.studentId, of.outsiderId],
      });
      // The host says that it knows these people, and writes nothing.
      return store.record(batch, { write: async () => new Map(), people: async (ids) => ids });
    },
  },
  snapshot: {
    call: async ({ store, scope }, of) => {
      if (!(store instanceof PostgresStore)) return '';
      return store.snapshot(scope, async (_client, ledger) => showing(of, of.heldId, ledger));
    },
  },
  transaction: {
    call: async ({ store, scope }) => {
      if (!(store instanceof PostgresStore)) return '';
      return store.transaction(scope, async (client) => {
        const { rows } = await client.query(`SELECT current_setting('rosterkit.tenant') AS tenant`);
        return rows;
      });
    },
  },
  stream: {
    call: async ({ store, scope }, of) => {
      if (!(store instanceof PostgresStore)) return '';
      return store.stream(scope, async (local) => [showing(of, of.heldId, local.ledger), await recordsOf(local)]);
    },
  },
};

export const directoryCalls: Readonly<Record<string, Call>> = {
  renameClass: {
    call: ({ directory }, of) => both(['c1', of.classId], (name) => directory.renameClass(name, 'Stolen', by)),
  },
  archiveClass: { call: ({ directory }, of) => both(['c1', of.classId], (name) => directory.archiveClass(name, by)) },
  reviveClass: { call: ({ directory }, of) => both(['c6', of.archivedId], (name) => directory.reviveClass(name, by)) },
  purgeClass: { call: ({ directory }, of) => both(['c1', of.classId], (name) => directory.purgeClass(name, by)) },
  addMember: {
    call: ({ directory }, of) =>
      both(['c1', of.classId], (name) => directory.addMember(name, of.outsiderId, { role: 'student', ...by })),
  },
  removeMember: {
    call: ({ directory }, of) => both(['c1', of.classId], (name) => directory.removeMember(name, of.studentId, by)),
  },
  editUser: {
    call: ({ directory }, of) => both(['s1-1', of.studentId], (name) => directory.editUser(name, { grade: '1' }, by)),
  },
  claim: { call: ({ directory }, of) => both(['s1-1', of.studentId], (name) => directory.claim(name, by)) },
  release: {
    call: ({ directory }, of) => both(['c5', of.renamedId], (name) => directory.release({ class: name }, 'name', by)),
  },
  use: { call: ({ directory }, of) => both(['c1', of.classId], (name) => directory.use(name, by)) },
  link: { call: ({ directory }, of) => directory.link(of.localClassId, 'forged', by) },
  linkUser: { call: ({ directory }, of) => directory.linkUser(of.localUserId, 'forged', by) },
  unlink: {
    call: ({ directory }, of) => both(['linked-section', of.linkedClassId], (name) => directory.unlink(name, by)),
  },
  unlinkUser: {
    call: ({ directory }, of) => both(['linked-person', of.linkedUserId], (name) => directory.unlinkUser(name, by)),
  },
  exportPerson: { call: ({ directory }, of) => both(['s1-1', of.studentId], (name) => directory.exportPerson(name)) },
  erasePerson: { call: ({ directory }, of) => both(['s1-1', of.studentId], (name) => directory.erasePerson(name)) },
  editClass: {
    call: ({ directory }, of) => both(['c1', of.classId], (name) => directory.editClass(name, { period: '9' }, by)),
  },
  setClassOptions: {
    call: ({ directory }, of) =>
      both(['c1', of.classId], (name) => directory.setClassOptions(name, { studentPortfolios: false }, by)),
  },
  linkGuardian: {
    call: ({ directory }, of) =>
      both(['linked-person', of.linkedUserId], (name) => directory.linkGuardian(name, of.outsiderId, by)),
  },
  unlinkGuardian: {
    call: ({ directory }, of) =>
      both(['linked-person', of.linkedUserId], (name) => directory.unlinkGuardian(name, of.studentId, by)),
  },
  blockGuardian: {
    call: ({ directory }, of) =>
      both(['linked-person', of.linkedUserId], (name) => directory.blockGuardian(name, of.studentId, by)),
  },
  unblockGuardian: {
    call: ({ directory }, of) =>
      both(['linked-person', of.linkedUserId], async (name) => {
        await directory.blockGuardian(name, of.studentId, by);
        await directory.unblockGuardian(name, of.studentId, by);
      }),
  },
  verifyEmail: {
    call: ({ directory }, of) =>
      both(['s1-1', of.studentId], (name) => directory.verifyEmail(name, 'own@forged.example', by)),
  },
  deactivateUser: {
    call: ({ directory }, of) => both(['s1-1', of.studentId], (name) => directory.deactivateUser(name, by)),
  },
  reactivateUser: {
    call: ({ directory }, of) =>
      both(['s1-1', of.studentId], async (name) => {
        await directory.deactivateUser(name, by);
        await directory.reactivateUser(name, by);
      }),
  },
  protectUser: {
    call: ({ directory }, of) => both(['s1-1', of.studentId], (name) => directory.protectUser(name, by)),
  },
  unprotectUser: {
    call: ({ directory }, of) =>
      both(['s1-1', of.studentId], async (name) => {
        await directory.protectUser(name, by);
        await directory.unprotectUser(name, by);
      }),
  },
  proposals: { call: async ({ directory }, of) => showing(of, of.proposedId, await directory.proposals()) },
  accept: { call: ({ directory }, of) => directory.accept(of.proposalId, by) },
  decline: { call: ({ directory }, of) => directory.decline(of.proposalId, by) },
  createClass: { call: ({ directory }) => directory.createClass({ name: 'Forged', schoolSourcedId: 'north' }, by) },
  createUser: {
    call: ({ directory }) => directory.createUser({ givenName: 'F', familyName: 'F', roles: ['student'] }, by),
  },
};

export const deliveriesCalls: Readonly<Record<string, Call>> = {
  problems: { call: ({ deliveries }) => deliveries.problems() },
  bounced: {
    call: async ({ deliveries }, of) => {
      const bounced = (messageId: string) => deliveries.bounced({ messageId, status: '5.1.1' });
      // Every tenant has a message under the key of the one that waits; the other key is the victim's alone.
      await bounced(of.waitingKey);
      return (await bounced(of.pendingKey)) === 'unknown' ? '' : of.side.mark;
    },
  },
  forgive: { call: ({ deliveries }, of) => deliveries.forgive(of.problem.userId) },
};

export const vaultCalls: Readonly<Record<string, Call>> = {
  open: {
    call: async ({ vault, store, scope }, of) => {
      const found = await vault.open(of.credentialName);
      // A sealed text that somebody moves into a tenant of their own.
      await store.saveCredentials(scope, of.credentialName, of.sealed);
      return [found, await vault.open(of.credentialName).catch((error: unknown) => error)];
    },
  },
  save: { call: ({ vault }, of) => vault.save(of.credentialName, { token: 'forged' }) },
  names: { call: ({ vault }) => vault.names() },
  forget: { call: ({ vault }, of) => vault.forget(of.credentialName) },
  reseal: { call: ({ newVault }) => newVault.reseal() },
};

export const connectionsCalls: Readonly<Record<string, Call>> = {
  tenant: { call: async ({ connections }) => connections.tenant },
  list: { call: ({ connections }) => connections.list() },
  get: { call: ({ connections }, of) => connections.get(of.connectionId) },
  create: {
    call: ({ connections }) => connections.create({ provider: 'test', credentials: {}, label: 'Forged', ...by }),
  },
  replaceCredentials: {
    call: ({ connections }, of) => connections.replaceCredentials(of.connectionId, { token: 'forged' }, by),
  },
  schools: { call: ({ connections }, of) => connections.schools(of.connectionId) },
  linkSchool: { call: ({ connections }, of) => connections.linkSchool(of.connectionId, 'north', by) },
  configure: { call: ({ connections }, of) => connections.configure(of.connectionId, { label: 'Forged' }, by) },
  preflight: {
    call: ({ connections }, of) => connections.preflight(of.connectionId),
    noneOfTenant: 'its source tells nothing beforehand',
  },
  preview: { call: ({ connections }, of) => connections.preview(of.connectionId) },
  enable: { call: ({ connections }, of) => connections.enable(of.connectionId, { ...by, withoutPreview: true }) },
  pause: { call: ({ connections }, of) => connections.pause(of.connectionId, by) },
  resume: { call: ({ connections }, of) => connections.resume(of.connectionId, by) },
  disconnect: { call: ({ connections }, of) => connections.disconnect(of.connectionId, by) },
  sync: { call: async ({ connections }, of) => (await connections.sync(of.connectionId)).plan() },
  runNow: { call: ({ connections }, of) => connections.runNow(of.connectionId, by) },
  runs: { call: ({ connections }, of) => connections.runs(of.connectionId) },
  status: { call: ({ connections }, of) => connections.status(of.connectionId) },
  takeDue: { call: async ({ connections }) => (await connections.takeDue())?.run() },
};

/** What a listener hears of the other tenant's sync: its mark, for each event. */
async function heard({ side }: Known, listen: (listener: () => void) => void): Promise<readonly string[]> {
  const marks: string[] = [];
  listen(() => marks.push(side.mark));
  await side.sync.plan();
  return marks;
}

export const syncCalls: Readonly<Record<string, Call>> = {
  preflight: { call: ({ sync }) => sync.preflight(), noneOfTenant: 'it asks the source alone' },
  plan: { call: ({ sync }) => sync.plan() },
  apply: {
    call: async ({ sync, scope }, of) => {
      const plan = { ...of.plan, scope };
      const hash = hashPlan(plan);
      return Promise.allSettled([
        sync.apply(of.plan, { acknowledge: of.plan.hash }),
        sync.apply({ ...plan, hash }, { acknowledge: hash }),
      ]);
    },
  },
  run: { call: ({ sync }) => sync.run() },
  runInSteps: { call: ({ sync }) => sync.runInSteps() },
  candidates: { call: ({ sync }) => sync.candidates() },
  streamCandidates: {
    call: async ({ sync }) => {
      const candidates: unknown[] = [];
      for await (const candidate of sync.streamCandidates()) candidates.push(candidate);
      return candidates;
    },
  },
  importUsers: { call: ({ sync }) => sync.importUsers('all', by) },
  resyncUser: { call: ({ sync }, of) => both(['s1-1', of.studentId], (name) => resynced(sync, name)) },
  approve: { call: ({ sync }, of) => sync.approve(of.holdId, { hash: of.holdHash, ...by }) },
  discard: { call: ({ sync }, of) => sync.discard(of.holdId, by) },
  holds: { call: async ({ sync }, of) => showing(of, of.heldId, await sync.holds()) },
  proposals: { call: async ({ sync }, of) => showing(of, of.proposedId, await sync.proposals()) },
  accept: { call: ({ sync }, of) => sync.accept(of.proposalId, by) },
  decline: { call: ({ sync }, of) => sync.decline(of.proposalId, by) },
  undo: { call: ({ sync }, of) => sync.undo(of.runId, by) },
  deliver: {
    call: async ({ sender, mailer }) => [await sender.deliver(), mailer.messages],
  },
  runs: { call: ({ sync }) => sync.runs() },
  status: { call: ({ sync }) => sync.status() },
  statistics: { call: ({ sync }) => sync.statistics(), noneOfTenant: 'it tells numbers alone' },
  audit: { call: ({ sync }) => sync.audit() },
  on: { call: ({ sync }, of) => heard(of, (listener) => sync.on('plan-ready', listener)) },
  once: { call: ({ sync }, of) => heard(of, (listener) => sync.once('plan-ready', listener)) },
  off: {
    call: ({ sync }, of) => heard(of, (listener) => sync.off('plan-ready', listener)),
    noneOfTenant: 'it ends what one’s own listener hears',
  },
};

function resynced(sync: Side['sync'], name: string | { readonly sourcedId: string }): Promise<unknown> {
  return sync.resyncUser(typeof name === 'string' ? name : name.sourcedId, by);
}

/** The call with the keys of both messages. */
async function ofMessages(
  { waitingKey, pendingKey }: Pick<Known, 'waitingKey' | 'pendingKey'>,
  call: (key: string) => Promise<unknown>,
): Promise<unknown> {
  return [await call(waitingKey), await call(pendingKey)];
}

/** Every record of a stream. */
async function recordsOf(local: LocalRead): Promise<readonly unknown[]> {
  const records: unknown[] = [];
  for (const collection of [local.schools, local.classes, local.users, local.enrollments, local.guardianLinks]) {
    for await (const record of collection) records.push(record);
  }
  return records;
}

/** The call with the provider's id and with the host's. */
async function both(
  [sourcedId, id]: readonly [string, string],
  call: (name: string | { readonly sourcedId: string }) => Promise<unknown>,
): Promise<unknown> {
  const outcomes: unknown[] = [];
  for (const name of [id, { sourcedId }]) {
    outcomes.push(await call(name).catch((error: unknown) => String(error)));
  }
  return outcomes;
}
