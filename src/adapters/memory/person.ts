import { LockHeldError } from '../../errors.js';
import {
  emptyLedger,
  entryWithoutPerson,
  isActOf,
  isEntryOf,
  ledgerTracesOf,
  ledgerWithoutPerson,
  reportWithoutPerson,
  rosterChangesWithoutPerson,
  rosterTracesOf,
  rosterWithoutPerson,
  runTracesOf,
} from '../../model/index.js';
import type { PersonIds, RosterTraces } from '../../model/index.js';
import type { PersonTraces } from '../../ports/index.js';
import type { Tenant } from './tenant.js';

/** Deletes a person's record with all of its ties, and as somebody with whom others share a login. */
export function erasePerson(tenant: Tenant, userId: string): void {
  const user = tenant.users.get(userId);
  if (user === undefined) return;
  for (const { id } of tenant.enrollments.ofRight(userId)) tenant.enrollments.remove(id);
  for (const { id } of [...tenant.guardianLinks.ofLeft(userId), ...tenant.guardianLinks.ofRight(userId)]) {
    tenant.guardianLinks.remove(id);
  }
  tenant.users.remove(userId);
  if (user.sourcedId === undefined) return;
  for (const other of [...tenant.users.all()]) {
    if (other.sharesLoginWith !== user.sourcedId) continue;
    const { sharesLoginWith: _sharesLoginWith, ...rest } = other;
    tenant.users.put({ ...rest, version: other.version + 1 });
  }
}

/** Everything that is kept of a person besides their record. */
export function tracesOf(tenant: Tenant, person: PersonIds): PersonTraces {
  const entries = [...tenant.journals.values()].flatMap((journal) => [...journal.values()]);
  const scopes = [...tenant.scopes.values()];
  const journal = entries.filter((entry) => isEntryOf(entry, person));
  const isAbout = new Set(journal);
  return {
    journal,
    acts: entries
      .filter((entry) => !isAbout.has(entry) && isActOf(entry, person))
      .map(({ runId, change, appliedAt }) => ({ runId, kind: change.kind, at: appliedAt })),
    ledgers: scopes.flatMap(({ ledger }) => (ledger === undefined ? [] : (ledgerTracesOf(ledger, person) ?? []))),
    runs: [...tenant.runs.values()].flatMap((report) => runTracesOf(report, person) ?? []),
    invitations: [...tenant.invitations.values()]
      .filter(({ userId }) => person.ids.includes(userId))
      .map(({ codeDigest: _codeDigest, ...invitation }) => invitation),
    messages: [...tenant.outbox.values()]
      .filter(({ message }) => message.userId !== undefined && person.ids.includes(message.userId))
      .map(({ message: { text: _text, html: _html, ...message } }) => message),
    problems: [...tenant.problems.values()].filter(({ userId }) => person.ids.includes(userId)),
    roster: imageTraces(tenant, person),
  };
}

function imageTraces(tenant: Tenant, person: PersonIds): RosterTraces {
  const rosters = [...tenant.scopes.values()].flatMap(({ image }) => {
    if (image === undefined) return [];
    const changed = image.changes.map(({ users, enrollments, guardianLinks }) => ({
      users: users.changed,
      enrollments: enrollments.changed,
      guardianLinks: guardianLinks.changed,
    }));
    return [image.roster, ...changed].map((roster) => rosterTracesOf(roster, person));
  });
  return {
    users: rosters.flatMap(({ users }) => users),
    enrollments: rosters.flatMap(({ enrollments }) => enrollments),
    guardianLinks: rosters.flatMap(({ guardianLinks }) => guardianLinks),
  };
}

/** Erases all of it. Whoever held a scope before is shut out by a greater fence. */
export function eraseTraces(tenant: Tenant, person: PersonIds, nowMs: number): void {
  const scopes = [...tenant.scopes.values()];
  for (const { lease } of scopes) {
    if (lease === undefined || lease.expiresAtMs <= nowMs) continue;
    throw new LockHeldError('eraseTraces: a run holds a scope of the tenant; try again when it has ended', lease);
  }
  for (const scope of scopes) {
    scope.fence += 1;
    delete scope.lease;
    scope.ledger = ledgerWithoutPerson(scope.ledger ?? emptyLedger, person);
    if (scope.image === undefined) continue;
    const { roster, changes } = scope.image;
    scope.image = {
      roster: rosterWithoutPerson(roster, person),
      changes: changes.map((each) => rosterChangesWithoutPerson(each, person)),
    };
  }
  for (const journal of tenant.journals.values()) {
    const entries = [...journal.values()].map((entry) => entryWithoutPerson(entry, person));
    journal.clear();
    for (const entry of entries) journal.set(entry.change.key, entry);
  }
  for (const [id, report] of tenant.runs) tenant.runs.set(id, reportWithoutPerson(report, person));
  for (const [purpose, { userId }] of tenant.invitations) {
    if (person.ids.includes(userId)) tenant.invitations.delete(purpose);
  }
  for (const [key, { userId }] of tenant.problems) {
    if (person.ids.includes(userId)) tenant.problems.delete(key);
  }
  for (const [key, { message }] of tenant.outbox) {
    if (message.userId !== undefined && person.ids.includes(message.userId)) tenant.outbox.delete(key);
  }
}
