import { describe, expect, it } from 'vitest';
import type { LocalUser, User } from '../../src/model/index.js';
import { attested, teacher } from '../support/build.js';
import { checkRow, hostOf, people, planOf, type Row } from '../support/rows.js';

const OLD = 'old@school.example';
const NEW = 'new@school.example';
const CLAIMED = { claimed: true } as const;

/** One teacher: what the feed says, and what the host holds of what it said before. */
function contact(
  feed: Partial<User>,
  before: Partial<User>,
  fields: Partial<LocalUser> = {},
): Pick<Row, 'feed' | 'host'> {
  return {
    feed: people(teacher('t', feed)),
    host: hostOf(people(teacher('t', before)), { users: { t: fields } }),
  };
}

const rows: readonly Row[] = [
  {
    title: 'F1: the address of a person who never signed in follows the roster',
    ...contact({ email: NEW }, { email: OLD }),
    changes: [
      {
        line: 'user-update t F1 CONTACT_CHANGED',
        before: { email: OLD, synced: { email: OLD } },
        after: { email: NEW, synced: { email: NEW } },
        evidence: { fields: ['email'] },
      },
    ],
  },
  {
    title: 'F1: mobile and home phone likewise, each in its own field',
    ...contact({ mobile: '555 010 2000', homePhone: '555 010 3000' }, { mobile: '555 010 1000' }),
    changes: [
      {
        line: 'user-update t F1 CONTACT_CHANGED',
        before: { mobile: '555 010 1000', homePhone: null },
        after: { mobile: '555 010 2000', homePhone: '555 010 3000' },
      },
    ],
  },
  {
    title: 'not F1: another spelling of the same address or number is no change',
    ...contact({ email: 'OLD@School.example ', mobile: '+1 (555) 010-1000' }, { email: OLD, mobile: '555 010 1000' }),
    changes: [],
    never: ['F1'],
  },
  {
    title: 'not F1: an incomplete read changes no contact',
    ...contact({ email: NEW }, { email: OLD }),
    feed: { ...people(teacher('t', { email: NEW })), attestation: attested({ users: 'incomplete' }) },
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
    never: ['F1'],
  },
  {
    title: 'not F1: with contactUpdates none nothing follows',
    ...contact({ email: NEW }, { email: OLD }),
    policy: { contactUpdates: 'none' },
    changes: [],
    never: ['F1', 'F2'],
  },
  {
    title: 'not F1: a home phone never becomes the mobile number',
    ...contact({ homePhone: '555 010 3000' }, {}),
    changes: [
      {
        line: 'user-update t F1 CONTACT_CHANGED',
        after: { homePhone: '555 010 3000' },
        evidence: { fields: ['homePhone'] },
      },
    ],
  },
  {
    title: 'F2: a person who signed in keeps the address; the roster’s is kept beside it, and told',
    ...contact({ email: NEW }, { email: OLD }, CLAIMED),
    changes: [
      {
        line: 'user-update t F2 ACTIVE_CONTACT_KEPT',
        before: { rosterEmail: null },
        after: { rosterEmail: NEW },
        evidence: { fields: ['rosterEmail'] },
      },
    ],
    notes: ['F2 ACTIVE_CONTACT_KEPT t'],
  },
  {
    title: 'F2: the second time nothing changes, and the drift stays visible',
    ...contact({ email: NEW }, { email: OLD }, { ...CLAIMED, rosterEmail: NEW }),
    changes: [],
    notes: ['F2 ACTIVE_CONTACT_KEPT t'],
  },
  {
    title: 'F2: when both agree again the roster’s address is dropped',
    ...contact({ email: OLD }, { email: OLD }, { ...CLAIMED, rosterEmail: NEW }),
    changes: [
      { line: 'user-update t F2 ACTIVE_CONTACT_KEPT', before: { rosterEmail: NEW }, after: { rosterEmail: null } },
    ],
    never: ['F1'],
  },
  {
    title: 'not F2: an address that is the same is no drift',
    ...contact({ email: OLD }, { email: OLD }, CLAIMED),
    changes: [],
    never: ['F2'],
  },
  {
    title: 'F3: with contactUpdates all the contact address of an active person follows; the proven one never does',
    ...contact({ email: NEW }, { email: OLD }, { ...CLAIMED, verifiedEmail: OLD }),
    policy: { contactUpdates: 'all' },
    changes: [
      {
        line: 'user-update t F3 CONTACT_CHANGED',
        before: { email: OLD },
        after: { email: NEW },
        evidence: { fields: ['email'] },
      },
    ],
  },
  {
    title: 'F3: the roster owns the field then: a person’s own edit is overwritten',
    ...contact({ email: OLD }, { email: OLD }, { ...CLAIMED, email: NEW, hostFields: ['email'] }),
    policy: { contactUpdates: 'all' },
    changes: [{ line: 'user-update t F3 CONTACT_CHANGED', before: { email: NEW }, after: { email: OLD } }],
    never: ['F5'],
  },
  {
    title: 'not F3: who never signed in is row F1 under any of the two',
    ...contact({ email: NEW }, { email: OLD }),
    policy: { contactUpdates: 'all' },
    changes: ['user-update t F1 CONTACT_CHANGED'],
    never: ['F3'],
  },
  {
    title: 'F4: an empty or missing field blanks nothing',
    ...contact(
      { email: '', mobile: ' ', givenName: '', username: '' },
      { email: OLD, mobile: '555 010 1000', homePhone: '555 010 3000', username: 'tina', grade: '07' },
    ),
    policy: { fullData: true, contactUpdates: 'all' },
    changes: [],
    never: ['F1', 'F10', 'U16'],
  },
  {
    title: 'not F4: a value that is there is followed',
    ...contact({ email: OLD, username: 'tina2' }, { email: OLD, username: 'tina' }),
    changes: [{ line: 'user-update t U16 FIELDS_CHANGED', after: { username: 'tina2' } }],
  },
  {
    title: 'F5: an address that a person typed in for somebody who never signed in is kept, and the conflict told',
    ...contact({ email: NEW }, { email: OLD }, { email: 'own@mail.example', hostFields: ['email'] }),
    changes: [],
    notes: ['F5 CONTACT_CONFLICT t'],
  },
  {
    title: 'not F5: while the roster says what it said before there is no conflict',
    ...contact({ email: OLD }, { email: OLD }, { email: 'own@mail.example', hostFields: ['email'] }),
    changes: [],
    never: ['F5'],
  },
  {
    title: 'not F5: nor where the roster comes to agree with the person',
    ...contact({ email: 'OWN@mail.example' }, { email: OLD }, { email: 'own@mail.example', hostFields: ['email'] }),
    changes: [],
    never: ['F5'],
  },
  ...['no at sign', 'a@b@c', 'two words@school.example'].map(
    (email): Row => ({
      title: `F10: what cannot be an address counts as empty, and is told (${email})`,
      ...contact({ email }, { email: OLD }),
      changes: [],
      notes: ['F10 INVALID_EMAIL t'],
    }),
  ),
  ...['555-01', '0000000000', 'unlisted'].map(
    (mobile): Row => ({
      title: `F10: what cannot be a number counts as empty, and is told (${mobile})`,
      ...contact({ mobile }, { mobile: '555 010 1000' }),
      changes: [],
      notes: ['F10 INVALID_PHONE t'],
    }),
  ),
  {
    title: 'F10: a new person is created without it',
    feed: people(teacher('t', { email: 'none', mobile: '000', homePhone: '555 010 3000' })),
    changes: [{ line: 'user-create t U2 NEW_PERSON', after: { homePhone: '555 010 3000' } }],
    notes: ['F10 INVALID_EMAIL t', 'F10 INVALID_PHONE t', 'U2 NO_EMAIL t'],
  },
  {
    title: 'not F10: seven digits are enough for a number',
    ...contact({ mobile: '555-0100' }, {}),
    changes: ['user-update t F1 CONTACT_CHANGED'],
    never: ['F10'],
  },
];

describe('contact details', () => {
  it.each(rows)('$title', checkRow);

  it('F10: no address, number or name stands in a note', () => {
    const { notes } = planOf(contact({ email: 'secret', mobile: '12' }, { email: OLD }, CLAIMED));
    expect(notes).toHaveLength(2);
    expect(JSON.stringify(notes)).not.toMatch(/secret|"12"|old@|Family|Given/);
  });

  it('F10: a new person’s record has neither field', () => {
    const [created] = planOf({ feed: people(teacher('t', { email: 'none', mobile: '000' })) }).changes;
    expect(Object.keys(created?.after ?? {})).not.toEqual(expect.arrayContaining(['email']));
    expect(Object.keys(created?.after ?? {})).not.toEqual(expect.arrayContaining(['mobile']));
  });
});
