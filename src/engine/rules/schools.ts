/**
 * Schools (rows S): they follow the feed, and nothing ever takes one away.
 *
 * @module
 */

import { compareIds, inOrder } from '../../internal/ordered.js';
import { schoolSubject } from '../../model/index.js';
import type { LocalSchool, School, SyncedSchool } from '../../model/index.js';
import type { Context } from '../context.js';
import { schoolFingerprint } from '../fingerprint.js';

export function compareSchools(context: Context): void {
  if (!context.handlesClasses) return;
  const locals = inOrder(context.local.schools, (left, right) =>
    compareIds(left.sourcedId ?? '', right.sourcedId ?? ''),
  );
  let at = 0;
  for (const school of context.feed.schools) {
    while (at < locals.length && (locals[at]?.sourcedId ?? '') < school.sourcedId) at += 1;
    const local = locals[at]?.sourcedId === school.sourcedId ? locals[at] : undefined;
    if (!context.isInScope(school.sourcedId) || school.status === 'tobedeleted') continue;
    if (context.draft.isObserved('school', school.sourcedId)) {
      context.draft.observe(schoolSubject(school.sourcedId), schoolFingerprint(school));
    }
    if (local === undefined) createSchool(school, context);
    else updateSchool(school, local, context);
  }
}

/** S1 */
function createSchool(school: School, context: Context): void {
  if (context.isRestricted) return;
  const synced = syncedSchool(school);
  context.draft.propose({
    kind: 'school-create',
    subject: schoolSubject(school.sourcedId),
    target: { sourcedId: school.sourcedId },
    schoolSourcedId: school.sourcedId,
    before: null,
    after: { ...synced, sourcedId: school.sourcedId, origin: 'roster', synced },
    reason: { rule: 'S1', code: 'NEW_SCHOOL' },
    fingerprint: schoolFingerprint(school),
  });
}

/** S2: a field follows the feed when the feed's value differs from the one last applied, unless a person owns it. */
function updateSchool(school: School, local: LocalSchool, context: Context): void {
  const wanted = syncedSchool(school);
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  const synced: Record<string, unknown> = {};
  for (const field of ['name', 'identifier'] as const) {
    const value = wanted[field];
    if (value === undefined || value === '' || value === (local.synced ?? local)[field]) continue;
    synced[field] = value;
    if (local.hostFields?.includes(field) === true || value === local[field]) continue;
    before[field] = local[field];
    after[field] = value;
  }
  if (Object.keys(synced).length === 0) return;
  context.draft.propose({
    kind: 'school-update',
    subject: schoolSubject(school.sourcedId),
    target: { id: local.id, sourcedId: school.sourcedId },
    schoolSourcedId: school.sourcedId,
    before: { ...before, synced: local.synced },
    after: { ...after, synced: { ...wanted, ...local.synced, ...synced } },
    version: local.version,
    reason: { rule: 'S2', code: 'FIELDS_CHANGED', evidence: { fields: Object.keys(after) } },
    fingerprint: schoolFingerprint(school),
  });
}

function syncedSchool(school: School): SyncedSchool {
  return { name: school.name, ...(school.identifier === undefined ? {} : { identifier: school.identifier }) };
}
