import type { Plan, Roster, Scope, User } from '../../src/model/index.js';
import { userSubject } from '../../src/model/index.js';
import { MemoryMailer } from '../../src/adapters/memory/index.js';
import { Connections } from '../../src/connections/index.js';
import { credentialSealer, CredentialVault } from '../../src/credentials/index.js';
import { Access, Deliveries, Directory, Invitations } from '../../src/people/index.js';
import type {
  Attempt,
  ConnectionStore,
  CredentialStore,
  DeliveryProblem,
  ImageStore,
  Invitation,
  OutboxMessage,
  RosterSource,
  RosterStore,
} from '../../src/ports/index.js';
import { RosterSync, type RosterSyncOptions } from '../../src/sync/index.js';
import { batchOf, DOOMSDAY, invite, linkGuardian, stateOf } from '../../src/testing/contracts/store/changes.js';
import { FixedClock } from '../../src/testing/index.js';
import { person, roster, sourceOf, unenrolled } from '../sync/support.js';

export type Store = RosterStore & ImageStore & CredentialStore & ConnectionStore;

/** One tenant at work, with everything that is public. Its mark is in all that it keeps, and in no id that others learn. */
export interface Side {
  readonly mark: string;
  readonly scope: Scope;
  readonly store: Store;
  readonly sync: RosterSync;
  /** The same with a mailer: the other one's messages stay in the outbox. */
  readonly sender: RosterSync;
  readonly mailer: MemoryMailer;
  readonly directory: Directory;
  readonly invitations: Invitations;
  readonly access: Access;
  readonly deliveries: Deliveries;
  readonly vault: CredentialVault;
  /** The same with a newer key. */
  readonly newVault: CredentialVault;
  readonly connections: Connections;
  /** What time it is for these. */
  readonly clock: FixedClock;
  /** Which child of each class is to leave it: another one in each tenant, so that their holds differ. */
  readonly leaver: string;
  /** What the source gives from now on. */
  feed: Roster;
}

/** What somebody might know of a tenant: every kind of id. */
export interface Known {
  readonly side: Side;
  /** Host ids: a class, its student, its teacher, who is no member. */
  readonly classId: string;
  readonly studentId: string;
  readonly outsiderId: string;
  readonly enrollmentId: string;
  readonly guardianLinkId: string;
  readonly renamedId: string;
  readonly archivedId: string;
  readonly linkedClassId: string;
  readonly linkedUserId: string;
  readonly localClassId: string;
  readonly localUserId: string;
  readonly runId: string;
  readonly batchRunId: string;
  readonly holdId: string;
  readonly holdHash: string;
  /** The provider's ids in a hold and in a proposal: no other tenant's have these. */
  readonly heldId: string;
  readonly proposedId: string;
  readonly invitation: Invitation;
  /** A decision: its id is the same in every tenant. */
  readonly auditId: string;
  /** What was tried, and how often: more often than another tenant did. */
  readonly attempt: Attempt;
  readonly tries: number;
  readonly proposalId: string;
  readonly plan: Plan;
  /** Keys of a message that waits and of one that is to be sent and was claimed, and by whom. */
  readonly waitingKey: string;
  readonly pendingKey: string;
  readonly claimedBy: string;
  /** Where somebody cannot be reached. */
  readonly problem: DeliveryProblem;
  readonly image: Roster;
  readonly credentialName: string;
  readonly sealed: string;
  readonly connectionId: string;
  /** A code that opens an account, and the id of its invitation; one that ties a guardian to a child; who asked for that. */
  readonly code: string;
  readonly codeId: string;
  readonly familyCode: string;
  readonly requestId: string;
}

/** All tenants are of one host, which has one key for them. */
const OLD_KEY = { id: 'old', key: crypto.getRandomValues(new Uint8Array(32)) };
const NEW_KEY = { id: 'new', key: crypto.getRandomValues(new Uint8Array(32)) };

const NAME_OF_CREDENTIALS = 'clever';
/** Before doomsday: by then no try counts any more. */
const LAST_TRY = '9000-01-01T00:00:00.000Z';
/** In every tenant the same, as if one worker went round. */
const WORKER = 'worker';

/** What only people of the tenant with this mark may do. */
export const OWN_PERMISSION = (mark: string): string => `${mark}:office`;

/** A host has the same sets for all tenants; what somebody has of them is their tenant's. */
const OWN_SETS = Object.fromEntries(
  ['alpha', 'bravo'].map((mark) => [mark, { permissions: { [OWN_PERMISSION(mark)]: 'district' } as const }]),
);

let tenants = 0;

/** A tenant of which nothing is kept. */
export function newSide(store: Store, mark: string): Side {
  tenants += 1;
  const scope = { tenant: `${mark}-${String(tenants)}` };
  const mailer = new MemoryMailer();
  const options: RosterSyncOptions = {
    source: withPreflight(sourceOf(() => side.feed)),
    store,
    scope,
    policy: { fullData: true, limits: { enrollments: 0.1, floor: 0 } },
  };
  const clock = new FixedClock(new Date());
  const side: Side = {
    mark,
    scope,
    store,
    leaver: mark === 'bravo' ? '2' : '3',
    sync: new RosterSync(options),
    sender: new RosterSync({ ...options, mailer }),
    mailer,
    directory: new Directory({ store, scope }),
    invitations: new Invitations({ store, scope }),
    access: new Access({ store, scope, permissionSets: OWN_SETS }),
    deliveries: new Deliveries({ store, scope }),
    vault: new CredentialVault({ store, scope, sealer: credentialSealer({ keys: [OLD_KEY] }) }),
    newVault: new CredentialVault({ store, scope, sealer: credentialSealer({ keys: [NEW_KEY, OLD_KEY] }) }),
    connections: new Connections({
      store,
      scope,
      providers: { test: () => sourceOf(() => side.feed) },
      key: OLD_KEY,
      clock,
    }),
    clock,
    feed: { ...marked(roster(7, 3), mark, scope), cursor: 'read whole', readAt: new Date().toISOString() },
  };
  return side;
}

function withPreflight(source: RosterSource): RosterSource {
  return {
    ...source,
    preflight: async () => {
      throw new Error('This source tells nothing beforehand.');
    },
  };
}

/** The roster with the mark in every name and address. */
function marked(whole: Roster, mark: string, scope: Scope): Roster {
  const name = (user: User): User => ({
    ...user,
    givenName: mark,
    familyName: `${user.familyName} ${mark}`,
    email: `${user.sourcedId}@${mark}.example`,
  });
  return {
    ...whole,
    scope,
    schools: whole.schools.map((school) => ({ ...school, name: `${school.name} ${mark}` })),
    classes: whole.classes.map((section) => ({ ...section, name: `${section.name} ${mark}` })),
    users: whole.users.map(name),
  };
}

/** Fills the tenant: two runs, a hold, a proposal, acts by hand, an image, messages in every state before they are sent. */
export async function settled(side: Side): Promise<Known> {
  const { store, scope, sync, directory, mark } = side;
  const by = { by: `${mark} admin` };
  const first = await sync.run(by);
  const image = side.feed;
  await store.saveImage(scope, image);
  await saveCredentials(side);

  const localClass = await directory.createClass({ name: `Chess ${mark}` }, by);
  const linkedClass = await directory.createClass({ name: `Linked ${mark}` }, by);
  await directory.link(linkedClass.id, 'linked-section', by);
  const names = { givenName: mark, familyName: mark, roles: ['guardian'] } as const;
  const localUser = await directory.createUser(names, by);
  const linkedUser = await directory.createUser({ ...names, familyName: `Linked ${mark}` }, by);
  await directory.linkUser(linkedUser.id, 'linked-person', by);
  await directory.editUser(localUser.id, { permissions: [mark] }, by);
  await directory.renameClass({ sourcedId: 'c5' }, `Renamed ${mark}`, by);
  await directory.archiveClass({ sourcedId: 'c6' }, by);

  // More leave than the limit lets go, and one child has another sourcedId.
  const leaving = ['1', '2', '3', '4', '5', '6'].map((number) => `s${number}-${side.leaver}`);
  side.feed = renumbered(unenrolled(side.feed, ...leaving), `s7-${side.leaver}`, 'new');
  await sync.run(by);
  const waiting = invite(userSubject('s1-1'), { state: 'waiting', digest: 'waiting' });
  const { users: present } = await stateOf(store, scope);
  const student = idOf(present, 's1-1');
  const batch = batchOf(scope, [linkGuardian('linked-person', 's1-1')], {
    invitations: [
      {
        ...waiting,
        invitation: { ...waiting.invitation, userId: student, addressDigest: `digest ${mark}` },
        message: { ...waiting.message, to: [`someone@${mark}.example`], text: mark },
      },
    ],
  });
  await store.apply(batch);

  const connectionId = await connect(side);
  const [hold] = await sync.holds();
  const [proposal] = await sync.proposals();
  const [claimed] = await claim(store, scope, WORKER, 1);
  const problem = {
    userId: student,
    channel: 'email',
    addressDigest: `digest ${mark}`,
    reason: 'refused',
    at: side.feed.readAt,
  } as const;
  await store.saveProblem(scope, problem);
  const { classes, users, enrollments, guardianLinks } = await stateOf(store, scope);
  const member = enrollments.find(({ userId }) => userId === student);
  return {
    side,
    classId: idOf(classes, 'c1'),
    studentId: student,
    outsiderId: idOf(users, 's3-1'),
    enrollmentId: given(member).id,
    guardianLinkId: given(guardianLinks[0]).id,
    renamedId: idOf(classes, 'c5'),
    archivedId: idOf(classes, 'c6'),
    linkedClassId: linkedClass.id,
    linkedUserId: linkedUser.id,
    localClassId: localClass.id,
    localUserId: localUser.id,
    runId: first.id,
    batchRunId: batch.runId,
    holdId: given(hold).id,
    holdHash: given(hold).hash,
    heldId: `s1-${side.leaver}`,
    proposedId: `s7-${side.leaver}`,
    invitation: given(await store.invitationByCode(scope, given((await side.invitations.pending())[0]).codeDigest)),
    ...(await decided(side)),
    ...(await coded(side, idOf(users, 's3-1'))),
    proposalId: given(proposal).id,
    plan: await sync.plan(),
    waitingKey: waiting.message.idempotencyKey,
    pendingKey: given(claimed).idempotencyKey,
    claimedBy: WORKER,
    problem,
    image,
    credentialName: NAME_OF_CREDENTIALS,
    connectionId,
    sealed: given(await store.credentials(scope, NAME_OF_CREDENTIALS)),
  };
}

/** A decision, and tries of a code. */
async function decided({ store, scope, mark, feed }: Side): Promise<Pick<Known, 'auditId' | 'attempt' | 'tries'>> {
  const auditId = 'decision';
  await store.saveAudit(scope, { id: auditId, at: feed.readAt, by: `${mark} admin`, action: 'hold-approve' });
  const attempt = { key: 'caller', at: feed.readAt, expiresAt: LAST_TRY };
  const tries = mark === 'bravo' ? 5 : 2;
  for (let count = 0; count < tries; count += 1) await store.countAttempt(scope, attempt);
  return { auditId, attempt, tries };
}

/** Codes in people's hands, and a guardian who waits for the school's word. */
async function coded(
  { store, scope, mark, invitations }: Side,
  studentId: string,
): Promise<Pick<Known, 'code' | 'codeId' | 'familyCode' | 'requestId'>> {
  const by = { by: `${mark} admin` };
  const { code, id } = await invitations.issue(studentId, { ...by, byHand: true });
  const [{ code: familyCode }, { code: askedFor }] = [
    await invitations.familyCode(studentId, by),
    await invitations.familyCode(studentId, by),
  ];
  const asking = new Invitations({ store, scope, approval: true });
  await asking.redeemFamilyCode(askedFor, { givenName: mark, familyName: mark, email: `asks@${mark}.example` });
  const [request] = await asking.familyRequests();
  return { code: given(code), codeId: given(id), familyCode, requestId: given(request).id };
}

/** Takes the messages that are to be sent and that nobody has, for longer than a test lasts. */
export function claim(store: Store, scope: Scope, claimedBy: string, limit = 1000): Promise<readonly OutboxMessage[]> {
  return store.claimMessages(scope, { channel: 'email', limit, claimedBy, leaseMs: 3_600_000, now: DOOMSDAY });
}

/** Ties the tenant to its provider: a connection whose time has come. */
async function connect({ connections, clock, mark }: Side): Promise<string> {
  const by = { by: `${mark} admin` };
  const credentials = { token: `secret ${mark}` };
  const { id } = await connections.create({ provider: 'test', credentials, label: `Of ${mark}`, ...by });
  await connections.linkSchool(id, 'all', by);
  await connections.configure(id, { schedule: { at: '02:30', timeZone: 'UTC' } }, by);
  await connections.enable(id, { ...by, withoutPreview: true });
  clock.advance(48 * 3_600_000);
  return id;
}

/** Puts the tenant's own credentials into its vault. */
export async function saveCredentials({ vault, mark }: Side): Promise<void> {
  await vault.save(NAME_OF_CREDENTIALS, { token: `secret ${mark}` });
  await vault.save(mark, { token: `another ${mark}` });
}

function renumbered(whole: Roster, from: string, to: string): Roster {
  const user = given(whole.users.find(({ sourcedId }) => sourcedId === from));
  return {
    ...whole,
    users: whole.users.map((each) => (each === user ? { ...person(to, 'student'), ...user, sourcedId: to } : each)),
    enrollments: whole.enrollments.map((row) => (row.userSourcedId === from ? { ...row, userSourcedId: to } : row)),
  };
}

function idOf(records: readonly { readonly id: string; readonly sourcedId?: string }[], sourcedId: string): string {
  return given(records.find((record) => record.sourcedId === sourcedId)).id;
}

/** What is there, because the tenant was filled with it. */
function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The tenant has not got what it was to be filled with.');
  return value;
}
