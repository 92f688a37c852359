import { describe } from 'vitest';
import { emptyLedger, type Attestation } from '../../src/model/index.js';
import type { PolicyInput } from '../../src/policy/index.js';
import {
  attested,
  guardian,
  localLink,
  localMember,
  localUser,
  student,
  teacher,
  type RosterParts,
} from '../support/build.js';
import { hostOf, merge, mergeHosts, people } from '../support/rows.js';
import { FULL, C1, GUARDIANS, explains, type Case } from './explain-scene.js';

const LINKED: RosterParts = {
  users: [guardian('g')],
  guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a' }],
};
const HOST_LINK = { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] };
const TARGET = { guardian: { guardian: 'g', student: 'a' } };

const ALL_STEPS: PolicyInput = { steps: ['classes', 'teachers', 'students', 'guardians'] };
/** Guardian `g` as the host has them, and another human being under the same id. */
const OLD = localUser(guardian('g', { birthDate: '1970-01-01' }));
const RENAMED = guardian('g', {
  givenName: 'Other',
  familyName: 'Person',
  email: 'other@home.example',
  birthDate: '1985-05-05',
});

function brokenOff(): Attestation {
  const { collections, ...rest } = attested({ guardianLinks: 'incomplete' });
  const guardianLinks = { ...collections.guardianLinks, ended: 'page-failed' };
  return { ...rest, collections: { ...collections, guardianLinks } };
}

const guardians: readonly Case[] = [
  {
    title: 'a guardian whom both sides have',
    feed: merge(C1, LINKED),
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'unchanged',
    reasons: ['P1 UNCHANGED'],
  },
  ...(['g', 'h'] as const).map(
    (guardianOfA): Case => ({
      title: `a guardian in a class ${guardianOfA === 'g' ? 'by the link to its student' : 'of whom no link is left'}`,
      feed: merge(C1, people(guardian('g'), guardian('h'))),
      host: mergeHosts(
        hostOf(C1),
        { users: [localUser(guardian('g')), localUser(guardian('h'))] },
        {
          enrollments: [localMember('c1', 'g', { role: 'guardian' })],
          guardianLinks: [localLink(guardianOfA, 'a', { origin: 'local' })],
        },
      ),
      policy: { ...GUARDIANS, guardians: { enroll: true } },
      target: { enrollment: { class: 'c1', user: 'g' } },
      verdict: guardianOfA === 'g' ? 'unchanged' : 'kept',
      reasons: [guardianOfA === 'g' ? 'P13 GUARDIAN_ENROLLED' : 'M4 MEMBER_KEPT'],
    }),
  ),
  {
    title: 'a new guardian',
    feed: merge(C1, LINKED),
    host: hostOf(C1),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'changes',
    reasons: ['P1 NEW_GUARDIAN_LINK'],
    reads: ['The guardian g of student a is linked: the district names this person as the student’s guardian (P1).'],
  },
  {
    title: 'a guardian in an import that is not about guardians',
    feed: merge(C1, LINKED),
    host: hostOf(C1),
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['STEPS STEP_NOT_COVERED'],
  },
  {
    title: 'a contact type that is left out',
    feed: merge(C1, { ...LINKED, guardianLinks: [{ ...link(), contactType: 'Emergency' }] }),
    host: hostOf(C1),
    policy: { ...GUARDIANS, guardians: { contactTypes: ['Parent'] } },
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['P4 CONTACT_TYPE_EXCLUDED'],
    reads: ['The guardian g of student a is not imported: contacts of the type “Emergency” are not imported (P4).'],
  },
  {
    title: 'a guardian without a way to be reached',
    feed: merge(C1, { ...LINKED, users: [student('g', { roles: ['guardian'] })] }),
    host: hostOf(C1),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['P7 NO_CONTACT'],
  },
  {
    title: 'a guardian who is named and not shared',
    feed: merge(C1, { guardianLinks: [link()] }),
    host: hostOf(C1),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['P12 AGENT_NOT_SHARED'],
  },
  {
    title: 'a guardian of a student who is not here',
    feed: merge(C1, LINKED),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['P8 STUDENT_NOT_HERE'],
  },
  {
    title: 'a link that the district deletes and that was never here',
    feed: merge(C1, { ...LINKED, guardianLinks: [{ ...link(), status: 'tobedeleted' }] }),
    host: hostOf(C1),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['Z6 NEVER_IMPORTED'],
  },
  {
    title: 'a link that is gone, without Full Data',
    feed: merge(C1, people(guardian('g'))),
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'kept',
    reasons: ['P3 LINK_KEPT'],
  },
  {
    title: 'a link that is gone, with Full Data',
    feed: merge(C1, people(guardian('g'))),
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, ...FULL },
    target: TARGET,
    verdict: 'changes',
    reasons: ['P3 GUARDIAN_LINK_ABSENT'],
  },
  {
    title: 'a link that is gone from a file that broke off',
    feed: { ...merge(C1, people(guardian('g'))), attestation: attested({ guardianLinks: 'incomplete' }) },
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, ...FULL },
    target: TARGET,
    verdict: 'kept',
    reasons: ['P6 GUARDIANS_UNREAD'],
  },
  {
    title: 'a link that is gone with guardians that are not shared',
    feed: { ...merge(C1, people(guardian('g'))), attestation: attested({ guardianLinks: 'not-shared' }) },
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, ...FULL },
    target: TARGET,
    verdict: 'kept',
    reasons: ['P6 NOT_SHARED'],
  },
  {
    title: 'a link that is gone with a student whom enrollments still name',
    feed: { ...C1, users: [teacher('t'), guardian('g')] },
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, ...FULL },
    target: TARGET,
    verdict: 'kept',
    reasons: ['P8 STUDENT_NOT_HERE'],
  },
  {
    title: 'a link that people made',
    feed: merge(C1, people(guardian('g'))),
    host: mergeHosts(hostOf(C1), { ...HOST_LINK, guardianLinks: [localLink('g', 'a', { origin: 'local' })] }),
    policy: { ...GUARDIANS, ...FULL },
    target: TARGET,
    verdict: 'kept',
    reasons: ['P9 LOCAL_LINK'],
  },
  {
    title: 'a link that a person dropped',
    feed: merge(C1, LINKED),
    host: mergeHosts(hostOf(C1), {
      ...HOST_LINK,
      guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'user' })],
    }),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'kept',
    reasons: ['P9 LOCAL_REMOVAL_WINS'],
  },
  {
    title: 'a link that was dropped before and is still gone',
    feed: merge(C1, people(guardian('g'))),
    host: mergeHosts(hostOf(C1), {
      ...HOST_LINK,
      guardianLinks: [localLink('g', 'a', { state: 'removed', by: 'sync' })],
    }),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'unchanged',
    reasons: ['P3 ALREADY_REMOVED'],
  },
  {
    title: 'a link that the district deletes, without Full Data',
    feed: merge(C1, { ...LINKED, guardianLinks: [{ ...link(), status: 'tobedeleted' }] }),
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'kept',
    reasons: ['P3 LINK_KEPT', 'Z6 TOMBSTONE'],
  },
  {
    title: 'a link that neither side has',
    feed: C1,
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'unknown',
    reasons: [],
  },
  {
    title: 'a link here of a contact type that is left out, without Full Data',
    feed: merge(C1, { ...LINKED, guardianLinks: [{ ...link(), contactType: 'Emergency' }] }),
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, guardians: { contactTypes: ['Parent'] } },
    target: TARGET,
    verdict: 'kept',
    reasons: ['P3 LINK_KEPT', 'P4 CONTACT_TYPE_EXCLUDED'],
  },
  {
    title: 'a guardian here who is not shared any more',
    feed: merge(C1, { guardianLinks: [link()] }),
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'kept',
    reasons: ['P12 AGENT_NOT_SHARED'],
  },
  {
    title: 'a link of both sides whose student is not shared any more',
    feed: { ...C1, users: [teacher('t'), guardian('g')], guardianLinks: [link()] },
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'kept',
    reasons: ['P8 STUDENT_NOT_HERE'],
  },
  {
    title: 'a link that both sides have and people made',
    feed: merge(C1, LINKED),
    host: mergeHosts(hostOf(C1), { ...HOST_LINK, guardianLinks: [localLink('g', 'a', { origin: 'local' })] }),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'kept',
    reasons: ['P9 LOCAL_LINK'],
  },
  {
    title: 'a link of both sides in an incomplete read',
    feed: { ...merge(C1, LINKED), attestation: attested({ classes: 'incomplete' }) },
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'kept',
    reasons: ['G2 INCOMPLETE_READ'],
  },
  {
    title: 'a new link in an incomplete read',
    feed: { ...merge(C1, LINKED), attestation: attested({ classes: 'incomplete' }) },
    host: hostOf(C1),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['G2 INCOMPLETE_READ'],
  },
  {
    title: 'a link that an incomplete read lacks',
    feed: { ...merge(C1, people(guardian('g'))), attestation: attested({ classes: 'incomplete' }) },
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, ...FULL },
    target: TARGET,
    verdict: 'kept',
    reasons: ['G2 INCOMPLETE_READ'],
  },
  {
    title: 'a link of a guardian whom the district deletes',
    feed: merge(C1, { ...LINKED, users: [guardian('g', { status: 'tobedeleted' })] }),
    host: hostOf(C1),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['Z6 PERSON_DELETED'],
  },
  {
    title: 'a link that is gone where not every school was read',
    feed: { ...merge(C1, people(guardian('g'))), attestation: attested({}, { allSchools: false }) },
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, ...FULL },
    target: TARGET,
    verdict: 'kept',
    reasons: ['U8 UNREAD_ELSEWHERE'],
  },
  {
    title: 'a link that may stand in a row that could not be used',
    feed: merge(C1, people(guardian('g'))),
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, ...FULL },
    rejected: [{ collection: 'guardianLinks', problem: 'missing-student' }],
    target: TARGET,
    verdict: 'kept',
    reasons: ['G4 ROWS_REJECTED'],
  },
  {
    title: 'a link that is gone, in an import that only adds',
    feed: merge(C1, people(guardian('g'))),
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, ...FULL, additiveOnly: true },
    target: TARGET,
    verdict: 'kept',
    reasons: ['Z9 ADDITIVE_ONLY'],
  },
  {
    title: 'a link here in an import that is not about guardians',
    feed: merge(C1, LINKED),
    host: mergeHosts(hostOf(C1), HOST_LINK),
    target: TARGET,
    verdict: 'kept',
    reasons: ['STEPS STEP_NOT_COVERED'],
  },
  {
    title: 'a link between people who have no sourcedId',
    host: {
      users: [{ ...localUser(guardian('g')), sourcedId: undefined, origin: 'local' } as never, localUser(student('a'))],
      guardianLinks: [{ ...localLink('g', 'a'), guardianSourcedId: undefined, origin: 'local' } as never],
    },
    policy: GUARDIANS,
    target: { guardian: { guardian: { id: 'user-g' }, student: 'a' } },
    verdict: 'kept',
    reasons: ['P9 LOCAL_LINK'],
  },
  {
    title: 'a guardian with whom contact is forbidden',
    feed: merge(C1, { ...LINKED, guardianLinks: [{ ...link(), blocked: true }] }),
    host: mergeHosts(hostOf(C1), {
      ...HOST_LINK,
      guardianLinks: [localLink('g', 'a', { blocked: true, synced: { blocked: true } })],
    }),
    policy: GUARDIANS,
    target: TARGET,
    verdict: 'unchanged',
    reasons: ['P1 UNCHANGED', 'P11 CONTACT_FORBIDDEN'],
  },
  {
    title: 'a contact without a type, where only some types are imported',
    feed: merge(C1, LINKED),
    host: hostOf(C1),
    policy: { ...GUARDIANS, guardians: { contactTypes: ['Parent'] } },
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['P4 CONTACT_TYPE_EXCLUDED'],
  },
  {
    title: 'a link that is gone where the guardians come from another source',
    feed: { ...merge(C1, people(guardian('g'))) },
    host: {
      ...mergeHosts(hostOf(C1), HOST_LINK),
      ledger: { ...emptyLedger, guardianSource: 'another' },
    },
    policy: { ...GUARDIANS, ...FULL },
    target: TARGET,
    verdict: 'kept',
    reasons: ['P5 SOURCE_SWITCHED'],
  },
  {
    title: 'a link that is gone from guardians that were read in part',
    feed: { ...merge(C1, people(guardian('g'))), attestation: brokenOff() },
    host: mergeHosts(hostOf(C1), HOST_LINK),
    policy: { ...GUARDIANS, ...FULL },
    target: TARGET,
    verdict: 'kept',
    reasons: ['P6 GUARDIANS_UNREAD'],
  },
  ...[FULL, {}].flatMap((fullData): readonly Case[] => [
    {
      title: `a new link of a guardian who may be somebody else (Full Data ${'fullData' in fullData ? 'on' : 'off'})`,
      feed: merge(C1, {
        ...LINKED,
        users: [RENAMED],
        guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a' }],
      }),
      host: mergeHosts(hostOf(C1), { users: [OLD] }),
      policy: { ...ALL_STEPS, ...fullData },
      target: TARGET,
      verdict: 'not-imported',
      reasons: ['U13 RECYCLED_PERSON_ID'],
    },
  ]),
  {
    title: 'a link that is gone, of a guardian who may be somebody else',
    feed: merge(C1, { users: [RENAMED] }),
    host: mergeHosts(hostOf(C1), { ...HOST_LINK, users: [OLD] }),
    policy: { ...ALL_STEPS, ...FULL },
    target: TARGET,
    verdict: 'kept',
    reasons: ['U13 RECYCLED_PERSON_ID'],
  },
  {
    title: 'a new link of a student who may be somebody else',
    feed: merge(
      C1,
      LINKED,
      people(student('a', { givenName: 'Other', familyName: 'Person', birthDate: '2015-01-01' })),
    ),
    host: mergeHosts(hostOf(merge(C1, people(student('a', { birthDate: '2010-02-02' })))), {
      users: [localUser(guardian('g'))],
    }),
    policy: ALL_STEPS,
    target: TARGET,
    verdict: 'not-imported',
    reasons: ['P8 STUDENT_NOT_HERE'],
  },
];

function link(): { readonly guardianSourcedId: string; readonly studentSourcedId: string } {
  return { guardianSourcedId: 'g', studentSourcedId: 'a' };
}

describe('why, and why not: guardians', () => {
  explains(guardians);
});
