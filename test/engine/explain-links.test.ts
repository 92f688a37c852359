import { describe } from 'vitest';
import type { LocalUser } from '../../src/model/index.js';
import { localClass, localMember, localUser, teacher } from '../support/build.js';
import { C1, explains, type Case } from './explain-scene.js';

const { sourcedId: _sourcedId, synced: _synced, ...tina } = localUser(teacher('t'), { id: 'tina', origin: 'local' });
const TINA: LocalUser = tina;
const { classSourcedId: _class, userSourcedId: _user, ...taught } = localMember('c1', 't', { role: 'teacher' });
const HOST = {
  users: [TINA],
  classes: [localClass(undefined, { id: 'own', name: 'Class c1' })],
  enrollments: [{ ...taught, origin: 'local' as const, classId: 'own', userId: 'tina' }],
};
const policy = { linkExisting: 'propose' } as const;

const CASES: readonly Case[] = [
  {
    title: 'U17: a person who may be one whom people had made',
    feed: C1,
    host: HOST,
    policy,
    target: { user: 't' },
    verdict: 'not-imported',
    reasons: ['U17 LINK_PROPOSED'],
    reads: [
      'Person t is not imported: it may be tina, which people had made here before: it is left out until somebody decides (U17).',
    ],
  },
  {
    title: 'U17: the account that people had made',
    feed: C1,
    host: HOST,
    policy,
    target: { user: { id: 'tina' } },
    verdict: 'kept',
    reasons: ['U11 LOCAL_PERSON', 'U17 LINK_PROPOSED'],
  },
  {
    title: 'U17: several could be it',
    feed: C1,
    host: { users: [TINA, { ...TINA, id: 'twin' }] },
    policy,
    target: { user: 't' },
    verdict: 'not-imported',
    reasons: ['U17 LINK_AMBIGUOUS'],
  },
  {
    title: 'K19: a section that may be a class that people had made',
    feed: C1,
    host: HOST,
    policy,
    target: { class: 'c1' },
    verdict: 'not-imported',
    reasons: ['K19 LINK_PROPOSED'],
  },
  {
    title: 'K19: the class that people had made',
    feed: C1,
    host: HOST,
    policy,
    target: { class: { id: 'own' } },
    verdict: 'kept',
    reasons: ['K13 LOCAL_CLASS', 'K19 LINK_PROPOSED'],
  },
  {
    title: 'K19: and its members',
    feed: C1,
    host: HOST,
    policy,
    target: { enrollment: { class: 'c1', user: 'a' } },
    verdict: 'not-imported',
    reasons: ['M1 CLASS_NOT_IMPORTED', 'K19 LINK_PROPOSED'],
  },
];

describe('explains what waits until somebody says whether it is one', () => {
  explains(CASES);
});
