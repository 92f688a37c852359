import { LockHeldError } from '../../errors.js';
import {
  decisionWithoutPerson,
  emptyLedger,
  entryWithoutPerson,
  ERASED,
  isActOf,
  isDecisionOf,
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
      .filter(({ userId, usedBy }) => [userId, usedBy].some((id) => id !== undefined && person.ids.includes(id)))
      .map(({ codeDigest: _codeDigest, ...invitation }) => invitation),
    messages: [...tenant.outbox.values()]
      .filter(({ message }) => message.userId !== undefined && person.ids.includes(message.userId))
      .map(({ message: { text: _text, html: _html, ...message } }) => message),
    problems: [...tenant.problems.values()].filter(({ userId }) => person.ids.includes(userId)),
    audit: [...tenant.audit.values()].filter((decision) => isDecisionOf(decision, person)),
    roster: rosterTracesOf(rostersOf(tenant), person),
  };
}

/** The rosters of every image, and what changed of them. */
function rostersOf(tenant: Tenant): readonly Partial<RosterTraces>[] {
  return [...tenant.scopes.values()].flatMap(({ image }) => {
    if (image === undefined) return [];
    const changed = image.changes.map(({ users, enrollments, guardianLinks }) => ({
      users: users.changed,
      enrollments: enrollments.changed,
      guardianLinks: guardianLinks.changed,
    }));
    return [image.roster, ...changed];
  });
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
  for (const [purpose, invitation] of tenant.invitations) {
    const { userId, usedBy } = invitation;
    if (person.ids.includes(userId)) tenant.invitations.delete(purpose);
    else if (usedBy !== undefined && person.ids.includes(usedBy)) {
      tenant.invitations.set(purpose, { ...invitation, usedBy: ERASED });
    }
  }
  for (const [id, decision] of tenant.audit) tenant.audit.set(id, decisionWithoutPerson(decision, person));
  for (const [key, { userId }] of tenant.problems) {
    if (person.ids.includes(userId)) tenant.problems.delete(key);
  }
  for (const [key, { message }] of tenant.outbox) {
    if (message.userId !== undefined && person.ids.includes(message.userId)) tenant.outbox.delete(key);
  }
}
