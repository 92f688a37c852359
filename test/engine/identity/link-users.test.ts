import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decisions, linkUsers, sharedAddresses, type LinkUsersInput } from '../../../src/engine/identity/index.js';
import { makeProposal } from '../../../src/engine/identity/proposals.js';
import type { LocalUser, User } from '../../../src/model/index.js';
import { guardian, NOW, student, teacher } from '../../support/build.js';

/** A person whom people entered by hand. */
function byHand(id: string, feed: User, fields: Partial<LocalUser> = {}): LocalUser {
  const { sourcedId: _sourcedId, status: _status, ...values } = feed;
  return { id, version: 1, origin: 'local', state: 'active', ...values, ...fields };
}

function link(locals: readonly LocalUser[], arrivals: readonly User[], options: Partial<LinkUsersInput> = {}) {
  return linkUsers({
    linkExisting: 'propose',
    isFirstImport: true,
    locals,
    arrivals,
    elsewhere: new Map(),
    decisions: new Decisions(),
    isUndone: () => false,
    now: NOW,
    ...options,
  });
}

function lines({ links, proposals, ambiguous }: ReturnType<typeof link>) {
  return {
    links: links.map(({ local, feed, by }) => `${local.id} ${feed.sourcedId} ${by}`),
    proposals: proposals.map(
      ({ recordId, sourcedId, evidence, likeness }) =>
        `${recordId} ${sourcedId} ${String(evidence['by'])} ${String(evidence['name'])} ${String(likeness)}`,
    ),
    ambiguous,
  };
}

const NOTHING = { links: [], proposals: [], ambiguous: [] };
const TINA = teacher('t', { givenName: 'Tina', familyName: 'Lee' });
const EMAIL = { linkExisting: 'email' } as const;

function decided(outcome: 'accepted' | 'declined') {
  const proposal = makeProposal({
    kind: 'user-link',
    rule: 'U17',
    local: { id: 'u1' },
    sourcedId: 't',
    schoolSourcedId: 's1',
    evidence: { by: 'email' },
    likeness: 0.9,
    now: NOW,
  });
  return new Decisions([{ ...proposal, decision: { outcome, by: 'admin', at: NOW } }]);
}

describe('persons whom people had entered before (U17)', () => {
  it('proposes by state id, SIS id and address, the strongest first, and says no more than ids and words', () => {
    const locals = [
      byHand('u1', TINA, { email: 'T@school.example' }),
      byHand('u2', student('x', { sisId: '2', givenName: 'N.' })),
      byHand('u3', student('x', { stateId: '3' })),
    ];
    const arrivals = [
      student('b', { sisId: '2' }),
      student('c', { stateId: '3', givenName: 'Given-x', familyName: 'Family-x' }),
      TINA,
    ];
    expect(link(locals, arrivals)).toMatchObject({
      proposals: [
        { id: 'user-link:2:u3:c', kind: 'user-link', rule: 'U17', likeness: 1, schoolSourcedId: 's1', since: NOW },
        { recordId: 'u1', sourcedId: 't', evidence: { by: 'email', name: 'same' }, likeness: 0.9 },
        { recordId: 'u2', sourcedId: 'b', evidence: { by: 'sisId', name: 'other' } },
      ],
    });
    expect(link(locals, arrivals).proposals[0]).not.toHaveProperty('from');
  });

  it.each([
    ['another address', { email: 'u@school.example' }],
    ['another role', { roles: ['guardian'] }],
    ['another state id beside the same address', { stateId: '8' }],
  ] satisfies [string, Partial<User>][])('proposes nothing for %s', (_, fields) => {
    expect(link([byHand('u1', { ...TINA, stateId: '9' })], [{ ...TINA, ...fields }])).toEqual(NOTHING);
  });

  it('proposes nothing for an address that cannot be one, on both sides', () => {
    const nowhere = { ...TINA, email: 'none' };
    expect(link([byHand('u1', nowhere)], [nowhere])).toEqual(NOTHING);
  });

  it('is in no doubt about two of the feed who share an id that nobody by hand has', () => {
    const twins = [student('a', { stateId: '5' }), student('b', { stateId: '5' })];
    expect(link([byHand('u1', student('x', { stateId: '6' }))], twins)).toEqual(NOTHING);
    expect(link([byHand('u1', student('x', { stateId: '5' }))], twins).ambiguous).toEqual(['a', 'b']);
    // In the order of their ids, whichever of the host's twins are met first.
    const hosts = ['u1', 'u2', 'u3', 'u4'].map((id, at) =>
      byHand(id, student(id, at < 2 ? { stateId: '5' } : { sisId: '7' })),
    );
    const two = [student('a', { sisId: '7' }), student('b', { stateId: '5' })];
    expect(link(hosts, two).ambiguous).toEqual(['a', 'b']);
  });

  it('never takes a student for a guardian who shares the address, the name and the id', () => {
    const same = { givenName: 'Ann', familyName: 'Lee', email: 'home@x.example', stateId: '1' };
    expect(link([byHand('u1', guardian('x', same))], [student('a', same)])).toEqual(NOTHING);
  });

  it.each([
    ['two of the host', [byHand('u1', TINA), byHand('u2', TINA)], [TINA], {}],
    ['two of the feed', [byHand('u1', TINA)], [TINA, { ...TINA, sourcedId: 't0' }], {}],
    [
      'somebody who is neither new nor by hand',
      [byHand('u1', TINA)],
      [TINA],
      { elsewhere: new Map([['t@school.example', [{ ...TINA }]]]) },
    ],
  ] satisfies [string, LocalUser[], User[], Partial<LinkUsersInput>][])(
    'tells of an address that belongs to %s, and proposes nothing',
    (_, locals, arrivals, options) => {
      const found = link(locals, arrivals, { ...options, ...EMAIL });
      expect(found).toEqual({ ...NOTHING, ambiguous: arrivals.map(({ sourcedId }) => sourcedId).sort() });
    },
  );

  it('tells of a state id that two bear, unless the address shows who is who', () => {
    const twice = [
      byHand('u1', student('x', { stateId: '1' })),
      byHand('u2', student('x', { stateId: '1', email: 'a@x.example' })),
    ];
    expect(link(twice, [student('a', { stateId: '1' })]).ambiguous).toEqual(['a']);
    expect(lines(link(twice, [student('a', { stateId: '1', email: 'a@x.example' })]))).toMatchObject({
      proposals: ['u2 a email other 0.6'],
      ambiguous: [],
    });
  });

  it('knows nobody by an address that very many share for want of one, but by the name with it', () => {
    const none = { email: 'office@school.example' };
    const many = Array.from({ length: 3_000 }, (_, at) => student(`s${String(at)}`, none));
    const locals = [byHand('u1', student('s7', none)), byHand('u2', student('elsewhere', none))];
    const started = performance.now();
    const found = link(
      [...locals, ...many.map((each) => byHand(`own-${each.sourcedId}`, teacher('x', none)))],
      many,
      EMAIL,
    );
    expect(lines(found)).toEqual({ ...NOTHING, proposals: ['u1 s7 email same 0.9'] });
    expect(performance.now() - started).toBeLessThan(5_000);
    const namesake = { ...none, givenName: 'Given-s7', familyName: 'Family-s7' };
    const twice = [...many, student('t', namesake)];
    expect(link(locals, twice).ambiguous).toEqual(['s7', 't']);
    const others = new Map([[none.email, Array.from({ length: 20 }, () => student('y', none))]]);
    expect(lines(link(locals, [student('s7', none), student('s8', none)], { elsewhere: others }))).toEqual({
      ...NOTHING,
      proposals: ['u1 s7 email same 0.9'],
    });
  });

  it('knows nobody by an id that very many have for want of one', () => {
    const many = Array.from({ length: 12 }, (_, at) => student(`s${String(at)}`, { stateId: '0' }));
    expect(link([byHand('u1', student('x', { stateId: '0' }))], many)).toEqual(NOTHING);
    expect(link([byHand('u1', student('x', { stateId: '0' }))], many.slice(0, 2)).ambiguous).toEqual(['s0', 's1']);
  });

  it('links nobody by itself whose verified address very many share', () => {
    const shared = { email: 'office@school.example' };
    const verified = byHand('u1', student('s7', shared), { verifiedEmail: shared.email });
    const many = Array.from({ length: 12 }, (_, at) => student(`s${String(at)}`, shared));
    expect(lines(link([verified], many, EMAIL))).toEqual({ ...NOTHING, proposals: ['u1 s7 email same 0.9'] });
  });

  it('is less sure where the given or the family name is another', () => {
    for (const fields of [{ givenName: 'T.' }, { familyName: 'Lee-Jones' }]) {
      expect(link([byHand('u1', TINA)], [{ ...TINA, ...fields }]).proposals).toMatchObject([
        { evidence: { name: 'other' }, likeness: 0.6 },
      ]);
    }
    const numbered = byHand('u1', student('x', { stateId: '1' }));
    expect(link([numbered], [student('a', { stateId: '1' })]).proposals).toMatchObject([{ likeness: 0.7 }]);
    const inSis = byHand('u1', student('x', { sisId: '1' }));
    expect(link([inSis], [student('a', { sisId: '1' })]).proposals).toMatchObject([{ likeness: 0.65 }]);
    expect(link([inSis], [{ ...student('x', { sisId: '1' }), sourcedId: 'a' }]).proposals).toMatchObject([
      { likeness: 0.95 },
    ]);
  });

  it('asks only about the addresses that both sides have', () => {
    const locals = [
      byHand('u1', TINA, { verifiedEmail: 'own@x.example' }),
      byHand('u2', student('x', { email: 'z@x.example' })),
    ];
    const arrivals = [TINA, student('b', { email: 'OWN@x.example' }), student('c', { email: 'q@x.example' })];
    expect([...sharedAddresses(locals, arrivals)].sort()).toEqual(['own@x.example', 't@school.example']);
  });

  describe('by a verified address, on the first import', () => {
    const verified = byHand('u1', TINA, { verifiedEmail: 't@school.example' });

    it('links by itself', () => {
      const found = link([verified], [TINA], EMAIL);
      expect(lines(found)).toEqual({ ...NOTHING, links: ['u1 t email'] });
      expect(found.links[0]?.isLink).toBe(true);
    });

    it('links in the order of the sourcedIds', () => {
      const tom = teacher('s');
      const two = [verified, byHand('u2', tom, { verifiedEmail: 's@school.example' })];
      expect(lines(link(two, [TINA, tom], EMAIL)).links).toEqual(['u2 s email', 'u1 t email']);
    });

    it('goes by the verified address, not by what somebody typed', () => {
      const local = byHand('u1', TINA, { email: 'typed@x.example', verifiedEmail: 't@school.example' });
      expect(lines(link([local], [TINA], EMAIL)).links).toEqual(['u1 t email']);
    });

    it.each([
      ['under "propose"', verified, TINA, { linkExisting: 'propose' }],
      ['in a later import', verified, TINA, { ...EMAIL, isFirstImport: false }],
      ['where the address is not verified', byHand('u1', TINA), TINA, EMAIL],
      ['where another address is verified', byHand('u1', TINA, { verifiedEmail: 'v@x.example' }), TINA, EMAIL],
      ['where the whole name differs', verified, { ...TINA, givenName: 'Bob', familyName: 'Ray' }, EMAIL],
      [
        'where the birth date differs',
        { ...verified, birthDate: '1980-01-01' },
        { ...TINA, birthDate: '1981-01-01' },
        EMAIL,
      ],
      ['after the link was undone', verified, TINA, { ...EMAIL, isUndone: () => true }],
    ] satisfies [string, LocalUser, User, Partial<LinkUsersInput>][])('only proposes %s', (_, local, feed, options) => {
      const found = link([local], [feed], options);
      expect(found.links).toEqual([]);
      expect(found.proposals).toHaveLength(1);
    });
  });

  it('follows an accepted proposal, asks again where it was undone, and leaves a declined one alone', () => {
    const stranger = { ...TINA, email: 'other@x.example' };
    expect(lines(link([byHand('u1', TINA)], [stranger], { decisions: decided('accepted') })).links).toEqual([
      'u1 t decision',
    ]);
    const [followed] = link([byHand('u1', TINA)], [stranger], { decisions: decided('accepted') }).links;
    expect(followed?.isLink).toBe(true);
    const undone = link([byHand('u1', TINA)], [stranger], { decisions: decided('accepted'), isUndone: () => true });
    expect(undone).toMatchObject({ links: [], proposals: [{ recordId: 'u1', sourcedId: 't' }] });
    expect(undone.proposals[0]).not.toHaveProperty('decision');
    expect(link([byHand('u1', TINA)], [TINA], { ...EMAIL, decisions: decided('declined') })).toEqual(NOTHING);
    expect(link([], [TINA], { decisions: decided('accepted') })).toEqual(NOTHING);
  });

  it('pairs each person once, whatever the order of both sides', () => {
    const word = fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined });
    const person = fc.record({
      email: word,
      stateId: word,
      sisId: word,
      isGuardian: fc.boolean(),
      isVerified: fc.boolean(),
    });
    type Person = typeof person extends fc.Arbitrary<infer T> ? T : never;
    const user = ({ email, stateId, sisId, isGuardian }: Person, sourcedId: string) =>
      student(sourcedId, {
        roles: [isGuardian ? 'guardian' : 'student'],
        ...(email === undefined ? {} : { email: `${email}@x.example` }),
        ...(stateId === undefined ? {} : { stateId }),
        ...(sisId === undefined ? {} : { sisId }),
      });
    let paired = 0;
    fc.assert(
      fc.property(
        fc.array(person, { maxLength: 6 }),
        fc.array(person, { maxLength: 6 }),
        fc.constantFrom('propose', 'email'),
        (left, right, linkExisting) => {
          const locals = left.map((each, index) =>
            byHand(
              `u${String(index)}`,
              user(each, 'x'),
              each.isVerified && each.email !== undefined ? { verifiedEmail: `${each.email}@x.example` } : {},
            ),
          );
          const arrivals = right.map((each, index) => user(each, `n${String(index)}`));
          const found = link(locals, arrivals, { linkExisting });
          expect(link([...locals].reverse(), [...arrivals].reverse(), { linkExisting })).toEqual(found);
          const pairs = [
            ...found.links.map(({ local, feed }) => [local.id, feed.sourcedId] as const),
            ...found.proposals.map(({ recordId, sourcedId }) => [recordId, sourcedId] as const),
          ];
          expect(new Set(pairs.flat()).size).toBe(pairs.length * 2);
          for (const [recordId, sourcedId] of pairs) {
            const feed = arrivals.find((each) => each.sourcedId === sourcedId);
            expect(locals.find(({ id }) => id === recordId)?.roles).toEqual(feed?.roles);
            expect(found.ambiguous).not.toContain(sourcedId);
          }
          if (linkExisting === 'propose') expect(found.links).toEqual([]);
          paired += pairs.length;
        },
      ),
      { numRuns: 2_000, seed: 6 },
    );
    expect(paired).toBeGreaterThan(500);
  });
});
