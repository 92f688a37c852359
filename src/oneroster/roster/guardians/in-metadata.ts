import { ConfigurationError } from '../../../errors.js';
import type { CollectionAttestation, GuardianLink, RejectedRow, User } from '../../../model/index.js';
import type { OneRosterDemographics, OneRosterUser } from '../../records/wire.js';
import { wireRoles } from '../roles.js';
import { type GuardianEntry, guardianRecords } from './entries.js';

/** Where a district may have hidden the guardians of a student. */
export interface GuardianHidingPlace {
  /** The student. */
  readonly user: OneRosterUser;
  /** The student's demographics, where the district shares them. */
  readonly demographics?: OneRosterDemographics;
}

/** A guardian found there: of the student whom it was looked for. */
export type HiddenGuardian = Omit<GuardianEntry, 'student'>;

/**
 * Finds the guardians of a student in `metadata`, whose keys are each district's own, and what it says there of guardians
 * who are users, such as `blocked`, by their `sourcedId`. Called once for each student; must give the same answer for the
 * same records, and at once: a promise is no answer. An answer that is no list of guardians is a ConfigurationError naming
 * `guardiansInMetadata`.
 */
export type GuardiansInMetadata = (where: GuardianHidingPlace) => readonly HiddenGuardian[];

/** Demographics as they were read, by the sourcedId that they share with their user. */
export interface DemographicsRead {
  readonly byUser: ReadonlyMap<string, OneRosterDemographics>;
  readonly attestation: CollectionAttestation;
  readonly rejected: readonly RejectedRow[];
}

/** Demographics by user, without those that are deleted. They are not all there where a row could not be read. */
export function demographicsOf(read: {
  readonly records: readonly OneRosterDemographics[];
  readonly attestation: CollectionAttestation;
  readonly rejected: readonly RejectedRow[];
}): DemographicsRead {
  const { records, attestation, rejected } = read;
  const active = records.filter(({ status }) => status === 'active');
  const isLess = attestation.state === 'complete' && rejected.length > 0;
  return {
    byUser: new Map(active.map((record) => [record.sourcedId, record])),
    attestation: isLess ? { ...attestation, state: 'incomplete', ended: 'rejected-rows' } : attestation,
    rejected,
  };
}

/** How guardians are looked for. */
export interface GuardianSearch {
  readonly find: GuardiansInMetadata;
  readonly demographics: DemographicsRead;
}

/** What was found. */
export interface HiddenGuardians {
  readonly users: readonly User[];
  readonly links: readonly GuardianLink[];
  readonly rejected: readonly RejectedRow[];
}

/** The guardians hidden behind the students; those who are users of their own get their links alone. */
export function hiddenGuardians(
  users: readonly OneRosterUser[],
  { find, demographics }: GuardianSearch,
): HiddenGuardians {
  const entries: GuardianEntry[] = [];
  const rejected: RejectedRow[] = [];
  const known = new Set<string>();
  for (const user of users) {
    known.add(user.sourcedId);
    if (user.status !== 'active' || !wireRoles(user).includes('student')) continue;
    const ofUser = demographics.byUser.get(user.sourcedId);
    for (const found of checkedAnswer(find(ofUser === undefined ? { user } : { user, demographics: ofUser }))) {
      const isNameless = found.givenName.trim() === '' && found.familyName.trim() === '';
      // Where contact is forbidden the two ids say enough.
      if (isNameless && !(found.blocked === true && found.sourcedId !== undefined)) {
        rejected.push({
          collection: 'guardianLinks',
          problem: 'missing-name',
          location: `metadata of ${user.sourcedId}`,
        });
      } else entries.push({ ...found, student: user.sourcedId });
    }
  }
  const records = guardianRecords(entries);
  return {
    users: records.users.filter(({ sourcedId }) => !known.has(sourcedId)),
    links: records.links,
    rejected,
  };
}

const OPTIONAL_TEXTS = [
  'sourcedId',
  'email',
  'mobile',
  'homePhone',
  'relationship',
  'contactType',
  'status',
] as const satisfies readonly (keyof HiddenGuardian)[];

/** What the host's function gave. Its values are personal, and stand in no message. */
function checkedAnswer(answer: unknown): readonly HiddenGuardian[] {
  if (!Array.isArray(answer)) throw noGuardians('gives a list of guardians, at once');
  for (const found of answer as readonly unknown[]) {
    if (typeof found !== 'object' || found === null) throw noGuardians('gives a list of guardians, each an object');
    const values = found as Readonly<Record<string, unknown>>;
    for (const name of ['givenName', 'familyName']) {
      if (typeof values[name] !== 'string') throw noGuardians(`gives guardians whose ${name} is a text`);
    }
    const { blocked } = values;
    if (blocked !== undefined && typeof blocked !== 'boolean') {
      throw noGuardians('gives guardians whose blocked is true or false, or left out');
    }
    for (const name of OPTIONAL_TEXTS) {
      if (values[name] !== undefined && typeof values[name] !== 'string') {
        throw noGuardians(`gives guardians whose ${name} is a text, or left out`);
      }
    }
  }
  return answer as readonly HiddenGuardian[];
}

function noGuardians(rule: string): ConfigurationError {
  return new ConfigurationError('guardiansInMetadata', rule);
}
