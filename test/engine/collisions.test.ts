import { describe, expect, it } from 'vitest';
import { AddressQuestions, type LoginVerdict, type Person } from '../../src/engine/rules/collisions.js';
import { contactAfter } from '../../src/engine/rules/contacts.js';
import { normalName } from '../../src/internal/names.js';
import { defaultPolicy } from '../../src/model/index.js';
import type { LocalUser, Policy, User, UserRole } from '../../src/model/index.js';
import { Random } from '../../src/testing/random.js';
import { guardian, localUser, student, teacher } from '../support/build.js';

const X = 'x@mail.example';
const Y = 'y@mail.example';
const policy: Policy = { ...defaultPolicy, steps: ['classes', 'teachers', 'students', 'guardians'] };
const RULES = {
  contactAfter: (feed: User | undefined, local: LocalUser | undefined) =>
    contactAfter(feed, local, { policy, isRestricted: false }),
  isUntouchable: (_: User | undefined, local: LocalUser) => local.origin === 'local',
};
const everybody = (): boolean => true;

const arrives = (feed: User): Person => ({ feed, local: undefined });
const stays = (feed: User, fields: Partial<LocalUser> = {}): Person => ({ feed, local: localUser(feed, fields) });
const vanished = (feed: User, fields: Partial<LocalUser> = {}): Person => ({
  feed: undefined,
  local: localUser(feed, fields),
});
const handMade = (id: string, fields: Partial<LocalUser>): Person => {
  const { sourcedId: _none, ...user } = localUser(guardian(id), { origin: 'local', ...fields });
  return { feed: undefined, local: { ...user, id } };
};

/** As a plan does: first asked, then told of everybody. */
function judge(
  people: readonly Person[],
  hasAccount: (sourcedId: string) => boolean = everybody,
  rules = RULES,
): readonly LoginVerdict[] {
  const questions = new AddressQuestions(rules);
  for (const { feed, local } of people) questions.askFor(feed, local);
  for (const { feed, local } of people) questions.bearer(feed, local);
  return questions.verdicts(hasAccount);
}

/** `id: taken logins (row owner)`, of everybody who was judged. */
function lines(verdicts: readonly LoginVerdict[]): readonly string[] {
  return verdicts.map(({ feed, local, takenLogins, sharesLoginWith, losses }) => {
    const why = losses.map(({ rule, owner }) => `${rule} ${owner}`).join(', ');
    const shared = sharesLoginWith === undefined ? '' : ` as ${sharesLoginWith}`;
    return `${feed?.sourcedId ?? local?.sourcedId ?? local?.id ?? ''}: ${takenLogins.join('+')}${shared} (${why})`;
  });
}

describe('F6: one e-mail address, two people', () => {
  it('a guardian goes before a student', () => {
    const people = [arrives(student('a', { email: X })), arrives(guardian('z', { email: 'X@Mail.example ' }))];
    expect(lines(judge(people))).toEqual(['a: email (F6 z)', 'z:  ()']);
  });

  it('staff goes before a guardian, whoever was here first', () => {
    const people = [stays(guardian('a', { email: X })), arrives(teacher('z', { email: X }))];
    expect(lines(judge(people))).toEqual(['a: email (F6 z)', 'z:  ()']);
  });

  it('of one role the smallest sourcedId has it', () => {
    const people = [arrives(student('b', { email: X })), arrives(student('a', { email: X })), arrives(student('c'))];
    expect(lines(judge(people))).toEqual(['a:  ()', 'b: email (F6 a)']);
  });

  it('not where the addresses differ, or the one that is shared is no address', () => {
    expect(lines(judge([arrives(student('a', { email: X })), arrives(guardian('g', { email: Y }))]))).toEqual([
      'a:  ()',
      'g:  ()',
    ]);
    const none = { email: 'none', mobile: '000' };
    expect(judge([arrives(student('a', none)), arrives(guardian('g', none))])).toEqual([]);
  });

  it('not against somebody of the roster who gets no account', () => {
    const people = [arrives(student('a', { email: X })), arrives(teacher('t', { email: X }))];
    expect(lines(judge(people, (id) => id !== 't'))).toEqual(['a:  ()']);
  });

  it('not where nobody comes and nothing changes', () => {
    expect(judge([stays(student('a', { email: X })), stays(guardian('g', { email: X }))])).toEqual([]);
  });

  it('an account that people closed, in which nobody signed in, has no login to keep', () => {
    const newcomer = arrives(student('a', { email: X }));
    const closed = { state: 'deactivated', by: 'user' } as const;
    expect(lines(judge([newcomer, vanished(teacher('t', { email: X }), closed)]))).toEqual(['a:  ()']);
    expect(lines(judge([newcomer, stays(teacher('t', { email: X }), closed)]))).toEqual(['a:  ()']);
    const used = { ...closed, claimed: true };
    expect(lines(judge([newcomer, stays(teacher('t', { email: X }), used)]))).toEqual(['a: email (F9 t)']);
  });

  it('an account that a sync closed keeps its login: from those who lost it to it, and from newcomers', () => {
    const gone = vanished(teacher('t', { email: X }), { state: 'deactivated', by: 'sync' });
    expect(lines(judge([stays(student('a', { email: X }), { takenLogins: ['email'] }), gone]))).toEqual([
      'a: email (F6 t)',
      't:  ()',
    ]);
    expect(lines(judge([arrives(student('a', { email: X })), gone]))).toEqual(['a: email (F6 t)', 't:  ()']);
  });

  it('nor is it asked for a login of its own that nobody was asked for before', () => {
    const number = { mobile: '2025550101' };
    const gone = { state: 'deactivated', by: 'sync', takenLogins: ['email'] } as const;
    const people = [vanished(student('b', { email: X, ...number }), gone), stays(student('c', number))];
    expect(lines(judge([...people, stays(teacher('t', { email: X }))]))).toEqual(['b: email (F6 t)', 't:  ()']);
  });

  it('who comes back is judged like a newcomer', () => {
    const back = stays(teacher('t', { email: X }), { state: 'deactivated', by: 'sync' });
    expect(lines(judge([stays(student('a', { email: X })), back]))).toEqual(['a: email (F6 t)', 't:  ()']);
  });

  it('a person whom the feed lacks keeps a login while the account is there', () => {
    expect(lines(judge([arrives(student('a', { email: X })), vanished(teacher('t', { email: X }))]))).toEqual([
      'a: email (F6 t)',
      't:  ()',
    ]);
  });
});

describe('F7: staff who is a guardian, too', () => {
  const t = teacher('t', { email: X, givenName: 'Ann', familyName: 'Lee' });

  it('has one login in two roles where the names are equal', () => {
    const people = [arrives(t), arrives(guardian('g', { email: X, givenName: '', familyName: ' ANN  Lee' }))];
    expect(lines(judge(people))).toEqual(['g: email as t (F7 t)', 't:  ()']);
  });

  it('and so where the guardian signed in first', () => {
    const people = [
      arrives(t),
      stays(guardian('g', { email: X, givenName: 'Ann', familyName: 'Lee' }), { claimed: true }),
    ];
    expect(lines(judge(people))).toEqual(['t: email as g (F7 g)']);
  });

  it.each([
    ['another name', guardian('g', { email: X, givenName: 'Anna', familyName: 'Lee' })],
    ['no name', guardian('g', { email: X, givenName: '', familyName: '' })],
    ['a student', student('g', { email: X, givenName: 'Ann', familyName: 'Lee' })],
    ['a colleague', teacher('u', { email: X, givenName: 'Ann', familyName: 'Lee' })],
  ])('not with %s', (_, other) => {
    expect(lines(judge([arrives(t), arrives(other)])).join()).toContain('(F6 t)');
  });

  it('not where neither has a name', () => {
    const nameless = { email: X, givenName: '', familyName: ' ' };
    const people = [arrives(teacher('t', nameless)), arrives(guardian('g', nameless))];
    expect(lines(judge(people))).toEqual(['g: email (F6 t)', 't:  ()']);
  });

  it('not by a mobile number alone', () => {
    const people = [
      arrives(teacher('t', { mobile: '2025550101', givenName: 'Ann', familyName: 'Lee' })),
      arrives(guardian('g', { mobile: '2025550101', givenName: 'Ann', familyName: 'Lee' })),
    ];
    expect(lines(judge(people))).toEqual(['g: mobile (F8 t)', 't:  ()']);
  });
});

describe('F8: one mobile number', () => {
  const shared = { mobile: '(202) 555-0101' };

  it('is the login of the smallest sourcedId', () => {
    const people = [arrives(guardian('b', { mobile: '+1 202 555 0101' })), arrives(guardian('a', shared))];
    expect(lines(judge(people))).toEqual(['a:  ()', 'b: mobile (F8 a)']);
  });

  it('is the login of who has signed in', () => {
    const people = [stays(guardian('b', shared), { claimed: true }), arrives(guardian('a', shared))];
    expect(lines(judge(people))).toEqual(['a: mobile (F9 b)']);
  });

  it('a number at home is nobody’s login', () => {
    const home = { homePhone: '2025550101' };
    expect(judge([arrives(student('a', home)), arrives(student('b', home))])).toEqual(judge([]));
  });
});

describe('F9: who has signed in keeps the login', () => {
  it('against staff who comes later', () => {
    const people = [stays(student('a', { email: X }), { claimed: true }), arrives(teacher('t', { email: X }))];
    expect(lines(judge(people))).toEqual(['t: email (F9 a)']);
  });

  it('by the address that they proved to own, whatever the contact address says', () => {
    const claimed = { claimed: true, verifiedEmail: X } as const;
    const people = [stays(student('a', { email: Y }), claimed), arrives(teacher('t', { email: X }))];
    expect(lines(judge(people))).toEqual(['t: email (F9 a)']);
    expect(lines(judge([people[0] as Person, arrives(teacher('t', { email: Y }))]))).toEqual(['t:  ()']);
  });

  it('not by an address that is somebody else’s login already', () => {
    const people = [
      stays(student('a', { email: X }), { claimed: true, takenLogins: ['email'] }),
      arrives(teacher('t', { email: X })),
      stays(guardian('g', { email: X })),
    ];
    expect(lines(judge(people))).toEqual(['a:  ()', 'g: email (F6 a)', 't: email (F6 a)']);
  });

  it('an account that people made is theirs', () => {
    const people = [handMade('user-9', { email: X }), arrives(teacher('t', { email: X }))];
    expect(lines(judge(people))).toEqual(['t: email (F9 user-9)']);
  });

  it('two who both signed in with an address keep it: nobody is locked out', () => {
    const people = [
      stays(student('a', { email: X }), { claimed: true }),
      stays(guardian('b', { email: X }), { claimed: true }),
      arrives(teacher('t', { email: X })),
    ];
    expect(lines(judge(people))).toEqual(['t: email (F9 b)']);
  });
});

describe('a login that was another’s', () => {
  it('comes free when the other one is gone', () => {
    expect(lines(judge([stays(student('a', { email: X }), { takenLogins: ['email'] })]))).toEqual(['a:  ()']);
  });

  it('stays taken while the other one is there', () => {
    const people = [
      stays(student('a', { email: X }), { takenLogins: ['email'] }),
      stays(guardian('g', { email: X }), { claimed: true }),
    ];
    expect(lines(judge(people))).toEqual(['a: email (F9 g)']);
  });

  it('and so does the mark of a field that nobody asked about', () => {
    const other = { email: X, mobile: '2025550101' };
    const people: readonly Person[] = [
      { feed: student('a', other), local: { ...localUser(student('a', other)), takenLogins: ['mobile'] } },
      stays(guardian('g', { mobile: '2025550101' }), { claimed: true }),
    ];
    expect(lines(judge(people))).toEqual(['a: mobile (F9 g)']);
  });

  it('the mark goes with the address', () => {
    const local: LocalUser = { ...localUser(student('a')), takenLogins: ['email'] };
    expect(lines(judge([{ feed: student('a'), local }]))).toEqual(['a:  ()']);
  });
});

describe('what this plan may not write to', () => {
  const fixed = { ...RULES, isUntouchable: (_: User | undefined, local: LocalUser) => local.sourcedId === 'a' };

  it('keeps its login, and the newcomer waits', () => {
    const people = [stays(student('a', { email: X })), arrives(teacher('t', { email: X }))];
    expect(lines(judge(people, everybody, fixed))).toEqual(['t: email (F6 a)']);
  });

  it('and does not take one', () => {
    const people = [stays(teacher('a', { email: X }), { takenLogins: ['email'] }), arrives(student('b', { email: X }))];
    expect(lines(judge(people, everybody, fixed))).toEqual(['b:  ()']);
  });
});

describe('P7: an address of one’s own', () => {
  const g = guardian('g', { email: X });
  const isUnique = (...others: readonly Person[]): boolean => {
    const questions = new AddressQuestions(RULES);
    questions.ask('email', X);
    for (const { feed, local } of [arrives(g), ...others]) questions.bearer(feed, local);
    return questions.isUnique('email', 'X@mail.example', g);
  };

  it('not: an address that nobody asked for, whoever bears it', () => {
    const questions = new AddressQuestions(RULES);
    expect(questions.isUnique('email', X, g)).toBe(false);
    questions.ask('email', X);
    expect(questions.isUnique('email', X, g)).toBe(true);
  });

  it('is one that nobody else bears, on either side', () => {
    expect(isUnique()).toBe(true);
    expect(isUnique(arrives(guardian('h', { email: Y })))).toBe(true);
    expect(isUnique(arrives(guardian('h', { email: X })))).toBe(false);
    expect(isUnique(arrives(student('a', { email: X })))).toBe(false);
    expect(isUnique(vanished(guardian('h', { email: X })))).toBe(false);
    expect(isUnique(stays(guardian('h', { email: Y }), { verifiedEmail: X }))).toBe(false);
    expect(isUnique(arrives(guardian('h', { email: X, status: 'tobedeleted' })))).toBe(true);
    const leavesIt = { feed: guardian('h', { email: Y }), local: localUser(guardian('h', { email: X })) };
    expect(isUnique(leavesIt)).toBe(true);
    expect(isUnique({ ...leavesIt, local: { ...leavesIt.local, claimed: true } })).toBe(false);
  });

  it('nobody else is who is staff under the same name (F7)', () => {
    const name = { givenName: g.givenName, familyName: g.familyName };
    expect(isUnique(arrives(teacher('t', { email: X, ...name })))).toBe(true);
    expect(isUnique(arrives(teacher('t', { email: X })))).toBe(false);
    expect(isUnique(arrives(guardian('h', { email: X, ...name })))).toBe(false);
  });
});

describe('random people', () => {
  const ADDRESSES = [undefined, X, Y, 'X@MAIL.example', 'none'];
  const NUMBERS = [undefined, '2025550101', '+1 202 555 0101', '2025550102'];
  const ROLES: readonly UserRole[] = ['student', 'teacher', 'guardian', 'staff', 'other'];

  function population(seed: number): readonly Person[] {
    const random = new Random(seed, 'collisions');
    const pick = <T>(values: readonly T[]): T => random.pick(values);
    return Array.from({ length: 1 + random.below(7) }, (_, index): Person => {
      const email = pick(ADDRESSES);
      const mobile = pick(NUMBERS);
      const feed: User = {
        sourcedId: `p${String(random.below(99))}-${String(index)}`,
        roles: [pick(ROLES)],
        givenName: pick(['Ann', 'Bo']),
        familyName: 'Lee',
        schoolSourcedIds: [],
        ...(email === undefined ? {} : { email }),
        ...(mobile === undefined ? {} : { mobile }),
      };
      const marks = pick([undefined, undefined, ['email'], ['mobile'], ['email', 'mobile']] as const);
      const local = localUser(feed, {
        ...(pick([true, false]) ? { claimed: true } : {}),
        ...(pick([true, false, false]) ? { email: pick([X, Y]) } : {}),
        ...(pick([true, false, false, false]) ? { verifiedEmail: pick([X, Y]) } : {}),
        ...(marks === undefined ? {} : { takenLogins: marks }),
      });
      return pick<Person>([
        { feed, local: undefined },
        { feed, local },
        { feed, local },
        { feed: undefined, local },
      ]);
    });
  }

  /** The rows, read aloud: everybody is held against everybody. */
  function expected(people: readonly Person[], asked: (address: string) => boolean): readonly string[] {
    const idOf = ({ feed, local }: Person): string => feed?.sourcedId ?? local?.sourcedId ?? '';
    const plain = (field: 'email' | 'mobile', value: string | undefined): string | undefined => {
      if (field === 'email') return value?.includes('@') === true ? value.toLowerCase() : undefined;
      return value?.replace(/\D/gu, '').replace(/^(?=\d{10}$)/u, '1');
    };
    const login = (person: Person, field: 'email' | 'mobile'): string | undefined => {
      if (field === 'email' && person.local?.verifiedEmail !== undefined) return person.local.verifiedEmail;
      return RULES.contactAfter(person.feed, person.local)[field];
    };
    const holds = ({ local }: Person, field: 'email' | 'mobile', address: string): boolean =>
      local?.claimed === true &&
      local.takenLogins?.includes(field) !== true &&
      plain(field, field === 'email' ? (local.verifiedEmail ?? local.email) : local.mobile) === address;
    const rank = ({ feed, local }: Person): number =>
      ['teacher staff', 'guardian', 'student', 'other'].findIndex((words) =>
        words.includes((feed ?? local)?.roles[0] ?? ''),
      );
    return people
      .flatMap((person) =>
        (['email', 'mobile'] as const).flatMap((field) => {
          const address = plain(field, login(person, field));
          if (address === undefined || !asked(`${field}:${address}`) || holds(person, field, address)) return [];
          const isBeaten = people.some((other) => {
            if (other === person || plain(field, login(other, field)) !== address) return false;
            if (holds(other, field, address)) return true;
            const [ours, theirs] = [person, other].map((each) => [each.local?.claimed === true ? 0 : 1, rank(each)]);
            const [claimed, role] = [0, 1].map((at) => (theirs?.[at] ?? 0) - (ours?.[at] ?? 0));
            return claimed !== 0 ? (claimed ?? 0) < 0 : role !== 0 ? (role ?? 0) < 0 : idOf(other) < idOf(person);
          });
          return isBeaten ? [`${idOf(person)} ${field}`] : [];
        }),
      )
      .sort();
  }

  it('lose the logins that the rows say, whatever the order in which they are told of', () => {
    let lost = 0;
    for (let seed = 1; seed <= 3000; seed += 1) {
      const people = population(seed);
      const questions = new AddressQuestions(RULES);
      for (const value of [X, Y]) questions.ask('email', value);
      questions.ask('mobile', '2025550101');
      const backwards = new AddressQuestions(RULES);
      backwards.ask('mobile', '+1-202-555-0101');
      for (const value of [Y.toUpperCase(), X]) backwards.ask('email', value);
      for (const { feed, local } of people) questions.bearer(feed, local);
      for (const { feed, local } of [...people].reverse()) backwards.bearer(feed, local);
      const verdicts = questions.verdicts(everybody);
      expect(backwards.verdicts(everybody).map(({ takenLogins }) => takenLogins)).toEqual(
        verdicts.map(({ takenLogins }) => takenLogins),
      );
      const asked = (address: string): boolean => address !== 'mobile:12025550102';
      const found = verdicts.flatMap(({ feed, local, losses }) =>
        losses.map(({ field }) => `${feed?.sourcedId ?? local?.sourcedId ?? ''} ${field}`),
      );
      expect(found.sort(), `seed ${String(seed)}`).toEqual(expected(people, asked));
      lost += found.length;
    }
    expect(lost).toBeGreaterThan(2000);
  });

  it('share a login only as staff and guardian of one name', () => {
    let shared = 0;
    for (let seed = 1; seed <= 2000; seed += 1) {
      const people = population(seed);
      const byId = new Map(people.map((person) => [person.feed?.sourcedId ?? person.local?.sourcedId, person]));
      for (const { feed, local, sharesLoginWith } of judge(people)) {
        if (sharesLoginWith === undefined || local?.sharesLoginWith !== undefined) continue;
        const owner = byId.get(sharesLoginWith);
        const pair = [feed ?? local, owner?.feed ?? owner?.local];
        const roles = pair.map((each) => each?.roles[0]).sort();
        expect(roles[0]).toBe('guardian');
        expect(['staff', 'teacher']).toContain(roles[1]);
        expect(new Set(pair.map((each) => normalName(`${each?.givenName ?? ''} ${each?.familyName ?? ''}`))).size).toBe(
          1,
        );
        shared += 1;
      }
    }
    expect(shared).toBeGreaterThan(50);
  });

  it('are judged the same once the plan is applied', () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const people = population(seed);
      const marks = new Map(
        judge(people).map((verdict) => [verdict.feed?.sourcedId ?? verdict.local?.sourcedId, verdict]),
      );
      const applied = people.map(({ feed, local }): Person => {
        const id = feed?.sourcedId ?? local?.sourcedId;
        const contact = RULES.contactAfter(feed, local);
        const { takenLogins = local?.takenLogins ?? [], sharesLoginWith } = marks.get(id) ?? {};
        const present: LocalUser = local ?? localUser(feed as User);
        const { takenLogins: _old, sharesLoginWith: _with, ...rest } = present;
        const { mobile: _mobile, email: _email, ...bare } = rest;
        const next: LocalUser = {
          ...bare,
          ...contact,
          ...(takenLogins.length === 0 ? {} : { takenLogins }),
          ...(sharesLoginWith === undefined ? {} : { sharesLoginWith }),
        };
        return {
          feed,
          local: { ...next, synced: { ...next, ...local?.synced, ...RULES.contactAfter(feed, undefined) } },
        };
      });
      for (const { local, takenLogins, sharesLoginWith } of judge(applied)) {
        expect(takenLogins, `seed ${String(seed)}`).toEqual(local?.takenLogins ?? []);
        expect(sharesLoginWith, `seed ${String(seed)}`).toBe(local?.sharesLoginWith);
      }
    }
  });
});
