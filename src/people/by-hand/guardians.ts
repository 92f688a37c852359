import { ConfigurationError } from '../../errors.js';
import type { Change, LocalGuardianLink, LocalUser } from '../../model/index.js';
import { guardianAct, withHostFields, withoutHostField } from '../acts.js';
import { notFound, type RecordReference, type Records } from '../records.js';
import type { GuardianFields } from './fields.js';

/** A guardian and a student, as an act names them. */
export interface Pair {
  readonly guardian: RecordReference;
  readonly student: RecordReference;
}

interface FoundPair {
  readonly guardian: LocalUser;
  readonly student: LocalUser;
  readonly link: LocalGuardianLink | undefined;
}

function find(records: Records, pair: Pair): FoundPair {
  const guardian = records.user(pair.guardian);
  const student = records.user(pair.student);
  if (guardian.id === student.id) throw new ConfigurationError('guardian', 'is the student');
  return { guardian, student, link: records.link(guardian, student) };
}

function findLinked(records: Records, pair: Pair): FoundPair & { readonly link: LocalGuardianLink } {
  const { guardian, student, link } = find(records, pair);
  if (link === undefined) {
    throw notFound(records.operation, `user ${guardian.id} is no guardian of user ${student.id}`);
  }
  return { guardian, student, link };
}

/** Where a link ended, it is people's own from then on, as it is where they make it (P9). */
export function linkedGuardian(records: Records, pair: Pair, fields: GuardianFields, by: string): readonly Change[] {
  const { guardian, student, link } = find(records, pair);
  const told = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  if (link === undefined) {
    const added = {
      guardianId: guardian.id,
      studentId: student.id,
      ...told,
      state: 'active',
      origin: 'local',
    } as const;
    return guardianAct('guardian-link', guardian, student, undefined, added, by);
  }
  if (link.state === 'removed') {
    const back = { state: 'active', by: undefined, removedAt: undefined, origin: 'local', ...told } as const;
    return guardianAct('guardian-restore', guardian, student, link, back, by);
  }
  const names = Object.keys(told).filter((name) => told[name] !== link[name as keyof GuardianFields]);
  if (names.length === 0) return [];
  const changed = { ...told, hostFields: withHostFields(link, names) };
  return guardianAct('guardian-update', guardian, student, link, changed, by);
}

export function unlinkedGuardian(records: Records, pair: Pair, now: string, by: string): readonly Change[] {
  const { guardian, student, link } = findLinked(records, pair);
  if (link.state === 'removed' && link.by === 'user') return [];
  const after = { state: 'removed', by: 'user', removedAt: now } as const;
  return guardianAct('guardian-unlink', guardian, student, link, after, by);
}

export function blockedGuardian(records: Records, pair: Pair, by: string): readonly Change[] {
  const { guardian, student, link } = findLinked(records, pair);
  // Theirs even where the district forbids it, too: the district's word alone then does not allow it again.
  const after = { blocked: true, hostFields: withHostFields(link, ['blocked']) };
  return guardianAct('guardian-update', guardian, student, link, after, by);
}

/** What the district forbids stays forbidden until the district allows it (P11). */
export function unblockedGuardian(records: Records, pair: Pair, by: string): readonly Change[] {
  const { guardian, student, link } = findLinked(records, pair);
  const isOfDistrict = link.synced?.blocked === true;
  const after = {
    ...(isOfDistrict ? {} : { blocked: undefined }),
    hostFields: withoutHostField(link, 'blocked'),
  };
  return guardianAct('guardian-update', guardian, student, link, after, by);
}
