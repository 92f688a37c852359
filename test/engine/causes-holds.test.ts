import { describe, expect, it } from 'vitest';
import { causeHolds, causeNotes, withCauses } from '../../src/engine/causes/index.js';
import type { Change, ChangeKind } from '../../src/model/index.js';
import { enroll, ids, idsOf, judge, link, pupils, sections } from './causes-scene.js';

const FINE = [...sections('fine', 1), ...sections('other', 1, { schoolSourcedId: 's2' })];
const GRADE5 = pupils('five', 25, { grade: '05' });
const GRADE6 = pupils('six', 100, { grade: '06' });

/** A change as far as causes look at it. */
function change(
  kind: ChangeKind,
  subject: string,
  target: Readonly<Record<string, string>> = {},
  fields: { readonly destructive?: boolean; readonly schoolSourcedId?: string } = {},
): Change {
  return {
    kind,
    subject,
    key: `${kind} ${subject}`,
    target,
    destructive: true,
    heldBy: [],
    reason: { rule: 'M3', code: 'MEMBER_ABSENT', evidence: { cause: 'before', level: 'E1' } },
    ...fields,
  } as unknown as Change;
}

const removal = (section: string, user: string, fields: Parameters<typeof change>[3] = {}): Change =>
  change(
    'enrollment-remove',
    `enrollment:${String(section.length)}:${section}:${user}`,
    { classSourcedId: section, userSourcedId: user },
    fields,
  );
const unlink = (guardian: string, pupil: string): Change =>
  change('guardian-unlink', `guardian:${String(guardian.length)}:${guardian}:${pupil}`, {
    guardianSourcedId: guardian,
    studentSourcedId: pupil,
  });

const GONE = judge({ classes: FINE, users: [...GRADE5, ...GRADE6], gone: [...idsOf(GRADE5), 'user-six001'] });
const ID = 'COHORT_GONE:users:grade=05';

describe('holds of causes', () => {
  it('a cohort holds its records, and what goes with its persons', () => {
    const named = [
      change('user-deactivate', 'user:five001'),
      removal('fine001', 'five002'),
      unlink('g', 'five003'),
      unlink('five004', 'six002'),
    ];
    const others = [
      change('user-deactivate', 'user:six001'),
      removal('fine001', 'six001'),
      unlink('g', 'six002'),
      change('class-archive', 'class:x'),
      change('user-update', 'user:five001', {}, { destructive: false }),
    ];
    expect(causeHolds(GONE, [...named, ...others])).toEqual([
      {
        id: ID,
        gate: 'cause',
        code: 'COHORT_GONE',
        kind: 'users',
        count: 25,
        baseline: 25,
        approvable: true,
        changes: new Set(named.map(({ key }) => key)),
      },
    ]);
  });

  it('none where nothing of it is taken away', () => {
    expect(causeHolds(GONE, [change('user-deactivate', 'user:six001')])).toEqual([]);
    expect(causeNotes(GONE, [])).toEqual([]);
  });

  it('none where nothing is gone', () => {
    const judged = judge({ classes: FINE, users: GRADE6, gone: ['user-six001'] });
    expect(causeHolds(judged, [change('user-deactivate', 'user:six001')])).toEqual([]);
  });

  it('a class that is held holds its members', () => {
    const own = sections('x', 20, { courseTitle: 'Math' });
    const rest = sections('y', 60, { courseTitle: 'Art' });
    const judged = judge({ classes: [...FINE, ...own, ...rest], gone: [...idsOf(own), ...idsOf(rest, 1)] });
    const [hold] = causeHolds(judged, [
      change('class-archive', 'class:x001'),
      removal('x002', 'p'),
      removal('y001', 'p'),
      change('class-archive', 'class:y001'),
    ]);
    expect(hold?.id).toBe('COHORT_GONE:classes:course=Math');
    expect(hold?.changes).toEqual(new Set(['class-archive class:x001', 'enrollment-remove enrollment:4:x002:p']));
  });

  it('a school that is gone as a whole holds all that is taken away there', () => {
    const judged = judge({ classes: FINE, users: GRADE6, goneSchools: ['s2'] });
    const there = { schoolSourcedId: 's2' };
    const requests = causeHolds(judged, [
      removal('c', 'p', there),
      removal('c', 'q', { schoolSourcedId: 's1' }),
      change('user-update', 'user:z', {}, { ...there, destructive: false }),
    ]);
    expect(requests).toEqual([
      {
        id: 'SCHOOL_GONE:s2',
        gate: 'cause',
        code: 'SCHOOL_GONE',
        subject: 'school:s2',
        count: 1,
        approvable: true,
        changes: new Set(['enrollment-remove enrollment:1:c:p']),
      },
    ]);
    expect(causeNotes(judged, requests)).toMatchObject([{ rule: 'Z5', code: 'SCHOOL_GONE', subject: 'school:s2' }]);
  });

  it('one of which only the persons are gone holds what goes with them, and no more', () => {
    const south = pupils('s', 3, { school: 's2' });
    const judged = judge({ classes: FINE, users: [...GRADE6, ...south], gone: idsOf(south) });
    const there = { schoolSourcedId: 's2' };
    const requests = causeHolds(judged, [removal('c', 's001', there), removal('c', 'six001', there)]);
    expect(requests.map(({ id, changes }) => [id, changes])).toEqual([
      ['SCHOOL_GONE:s2', new Set(['enrollment-remove enrollment:1:c:s001'])],
    ]);
    expect(causeNotes(judged, requests)).toMatchObject([
      { code: 'SCHOOL_GONE', evidence: { school: 's2', users: 3, classes: 0 } },
    ]);
    expect(causeNotes(judged, [])).toEqual([]);
  });
});

describe('notes of causes', () => {
  it('a whole school in any case, a cohort where something waits', () => {
    const whole = judge({ classes: FINE, users: GRADE6, goneSchools: ['s2'] });
    expect(causeNotes(whole, []).map(({ code, subject }) => [code, subject])).toEqual([['SCHOOL_GONE', 'school:s2']]);
    const requests = causeHolds(GONE, [removal('fine001', 'five002')]);
    expect(causeNotes(GONE, requests)).toEqual([
      {
        rule: 'Z5',
        code: 'COHORT_GONE',
        severity: 'warning',
        evidence: {
          hold: ID,
          kind: 'users',
          attribute: 'grade',
          value: '05',
          count: 25,
          of: 25,
          restCount: 1,
          rest: 100,
        },
      },
    ]);
  });
});

describe('the cause beside a change', () => {
  const evidenceOf = (judged: typeof GONE, given: Change) => withCauses(judged, [given])[0]?.reason.evidence;

  it('the record’s own', () => {
    expect(evidenceOf(GONE, change('user-deactivate', 'user:six001'))).toEqual({ cause: 'WITHDRAWN', level: 'E1' });
    expect(evidenceOf(GONE, change('user-deactivate', 'user:five001'))).toMatchObject({
      cause: 'COHORT_GONE',
      level: 'E1',
      attribute: 'grade',
      count: 25,
    });
  });

  it('that of a held person, else that of the class, which vanished with its members', () => {
    expect(evidenceOf(GONE, removal('fine001', 'five001'))).toMatchObject({ cause: 'COHORT_GONE' });
    const own = sections('x', 1);
    const judged = judge({
      classes: [...FINE, ...own],
      users: [...GRADE5, ...GRADE6],
      members: enroll(own, ids('six', 2)),
      gone: [...idsOf(own), ...idsOf(GRADE5)],
    });
    expect(evidenceOf(judged, removal('x001', 'six001'))).toMatchObject({ cause: 'SECTION_GONE', students: 2 });
    expect(evidenceOf(judged, removal('x001', 'five001'))).toMatchObject({ cause: 'COHORT_GONE' });
  });

  it('not that of a person whom nothing holds: a member whose end date came has said why', () => {
    expect(evidenceOf(GONE, removal('fine001', 'six001'))).toEqual({ cause: 'before', level: 'E1' });
    expect(evidenceOf(GONE, unlink('g', 'six001'))).toEqual({ cause: 'before', level: 'E1' });
  });

  it('nothing beside a change that takes nothing away, or where nothing vanished', () => {
    const update = change('user-update', 'user:five001', {}, { destructive: false });
    expect(withCauses(GONE, [update])[0]).toBe(update);
    const none = judge({ classes: FINE });
    const changes = [removal('c', 'p')];
    expect(withCauses(none, changes)).toBe(changes);
  });

  it('a guardian link: its own', () => {
    const judged = judge({ links: [link('g', 's')], gone: ['link-g-s'] });
    expect(evidenceOf(judged, unlink('g', 's'))).toEqual({ cause: 'WITHDRAWN', level: 'E1' });
  });
});
