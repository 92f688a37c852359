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
 * Finds the guardians of a student in `metadata`, whose keys are each district's own. Called once for each student; must
 * give the same answer for the same records.
 */
export type GuardiansInMetadata = (where: GuardianHidingPlace) => readonly HiddenGuardian[];

/** Demographics as they were read, by the sourcedId that they share with their user. */
export interface DemographicsRead {
  readonly byUser: ReadonlyMap<string, OneRosterDemographics>;
  readonly attestation: CollectionAttestation;
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
    for (const found of find(ofUser === undefined ? { user } : { user, demographics: ofUser })) {
      if (found.givenName.trim() === '' && found.familyName.trim() === '') {
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
