import { definePolicy, MemoryStore, parsePlan, reconcile, RosterSync, type Plan, type Roster } from 'rosterkit';
import {
  htmlChunks,
  renderHtml,
  renderJson,
  renderMarkdown,
  reportOf,
  type Report,
  type ReportOptions,
} from 'rosterkit/report';
import { districtRoster, FixedClock, generateDistrict, rosterSource, withoutClass } from 'rosterkit/testing';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { mondayMorning, type Reported } from '../support/reported.js';

let reported: Reported;
let report: Report;

beforeAll(async () => {
  reported = await mondayMorning();
  report = reportOf(reported);
});

const scope = { tenant: 'district-1' };
const clock = () => new FixedClock('2026-09-15T12:00:00.000Z');

function recordsOf({ schools }: Report) {
  return schools.flatMap(({ parts }) => parts.flatMap(({ groups }) => groups.flatMap(({ records }) => records)));
}

describe('what a report of a plan tells', () => {
  it('says in one sentence how much happens and how much waits', () => {
    const { ready, held } = reported.plan.counts;
    const { tone, sentence } = report.verdict;
    expect(tone).toBe('attention');
    expect(sentence).toBe(
      `${String(ready)} changes will be made, and ${String(held)} changes wait for your decision, in ${String(report.holds.length)} holds.`,
    );
  });

  it('tells every change exactly once, and whether it waits', () => {
    const groups = report.schools.flatMap(({ parts }) => parts.flatMap((part) => part.groups));
    const held = groups.filter(({ heldBy }) => heldBy.length > 0).flatMap(({ records }) => records);
    expect(recordsOf(report)).toHaveLength(reported.plan.changes.length);
    expect(held).toHaveLength(reported.plan.counts.held);
    const sums = report.schools.reduce((sum, { sums: { comes, changes, goes } }) => sum + comes + changes + goes, 0);
    expect(sums).toBe(reported.plan.changes.length);
  });

  it('explains every hold by the sentence of its case, with all that must be named to approve it', () => {
    expect(report.holds.map(({ id, hash }) => [id, hash])).toEqual(
      reported.plan.holds.map(({ id, hash }) => [id, hash]),
    );
    const cohort = report.holds.find(({ id }) => id === 'COHORT_GONE:enrollments:grade=07');
    expect(cohort?.reason).toMatch(
      /^\d+ of \d+ members of grade 07 vanished, and \d+ of \d+ others: this looks like a sharing rule\.$/,
    );
    expect(cohort?.words).toMatch(/^\d+ members removed$/);
    expect(cohort?.schools.map(({ label }) => label?.name)).toEqual(['Bayview Middle School']);
    const emptied = report.holds.find(({ code }) => code === 'CLASS_EMPTIED');
    expect(emptied?.about?.name).toMatch(/7/);
  });

  it('puts members under their class and school, with what they are, why, and by which rule', () => {
    const { plan, roster } = reported;
    const change = plan.changes.find(({ kind, heldBy }) => kind === 'enrollment-add' && heldBy.length === 0);
    const { classSourcedId, userSourcedId } = change?.target as { classSourcedId: string; userSourcedId: string };
    const section = roster.classes.find(({ sourcedId }) => sourcedId === classSourcedId);
    const user = roster.users.find(({ sourcedId }) => sourcedId === userSourcedId);
    const school = report.schools.find(({ label }) => label?.id === section?.schoolSourcedId);
    const part = school?.parts.find(({ label }) => label.id === classSourcedId);
    expect(part?.label.name).toBe(section?.name);
    const group = part?.groups.find(({ records }) => records.some(({ id }) => id === userSourcedId));
    expect(group).toMatchObject({
      words: expect.stringMatching(/^\d+ (student|teacher)s? added$/),
      rule: 'M1',
      reason: 'The district lists this person as a member of the class.',
    });
    expect(group?.records.find(({ id }) => id === userSourcedId)?.name).toBe(
      `${user?.givenName ?? ''} ${user?.familyName ?? ''}`,
    );
  });

  it('shows of an update what was and what will be', () => {
    const update = report.schools
      .flatMap(({ parts }) => parts.flatMap(({ groups }) => groups))
      .find(({ kind }) => kind === 'class-update');
    const [field] = update?.records[0]?.fields ?? [];
    expect(field?.field).toBe('name');
    expect(field?.before).not.toBe(field?.after);
  });

  it('counts members before and after, and what an approval would make of it', () => {
    const before = reported.local.enrollments.filter(({ state }) => state === 'active').length;
    const sum = (key: 'before' | 'after' | 'afterHeld') => report.members.reduce((total, row) => total + row[key], 0);
    const count = (kind: string, isHeld?: boolean) =>
      reported.plan.changes.filter(
        (change) => change.kind === kind && (isHeld === undefined || change.heldBy.length > 0 === isHeld),
      ).length;
    expect(sum('before')).toBe(before);
    expect(sum('after')).toBe(before + count('enrollment-add', false) - count('enrollment-remove', false));
    // The class that is archived takes its members along.
    expect(sum('afterHeld')).toBeLessThan(before + count('enrollment-add') - count('enrollment-remove'));
  });

  it('counts the causes of absence, tells runs in their order, and every count of the plan', () => {
    const withCause = reported.plan.changes.filter(({ reason }) => reason.evidence?.['cause'] !== undefined);
    expect(report.causes.reduce((sum, { count }) => sum + count, 0)).toBe(withCause.length);
    expect(report.runs).toHaveLength(reported.runs.length);
    expect([...report.runs].sort((left, right) => (left.startedAt < right.startedAt ? -1 : 1))).toEqual(report.runs);
    expect(Object.fromEntries(report.counts.map(({ kind, count }) => [kind, count]))).toEqual(
      reported.plan.counts.byKind,
    );
  });

  it('names a record in a sentence', () => {
    const duplicate = report.notes.find(({ code }) => code === 'DUPLICATE_NAME');
    expect(duplicate?.items[0]?.sentence).toMatch(/^Class .+ \(\w+\) of this school has the name “.+” already/);
  });
});

describe('other plans', () => {
  const roster = districtRoster(generateDistrict({ seed: 1, students: 40 }), { scope });

  async function synced(
    policy: object = {},
  ): Promise<{ store: MemoryStore; sync: RosterSync; set: (next: Roster) => void }> {
    let current = roster;
    const store = new MemoryStore({ clock: clock() });
    const sync = new RosterSync({ source: rosterSource(() => current), store, scope, policy, clock: clock() });
    await sync.run();
    return { store, sync, set: (next) => (current = next) };
  }

  it('says calmly that there is nothing to do', async () => {
    const { sync } = await synced();
    expect(reportOf({ plan: await sync.plan() }).verdict).toEqual({
      tone: 'calm',
      sentence: 'Nothing to do: everything here is as the district says.',
      details: [],
    });
  });

  it('says of a plan without holds what it takes away', async () => {
    const { sync, set } = await synced({ fullData: true, archive: true });
    const district = generateDistrict({ seed: 1, students: 40 });
    set(districtRoster(withoutClass(district, district.classes[0]?.id ?? ''), { scope }));
    const { verdict } = reportOf({ plan: await sync.plan() });
    expect(verdict.sentence).toBe('1 change will be made. Nothing waits for a decision.');
    expect(verdict.details).toEqual(['Of these, 1 class archived: they take something away.']);
  });

  it('says of data that cannot be believed why nothing happens', async () => {
    const failed = { state: 'failed', received: 0 } as const;
    const attestation = { ...roster.attestation, collections: { ...roster.attestation.collections, users: failed } };
    const local = await new MemoryStore().load(scope);
    const plan = reconcile({ roster: { ...roster, attestation }, local, policy: definePolicy(), now: roster.readAt });
    expect(reportOf({ plan }).verdict).toEqual({
      tone: 'stopped',
      sentence: 'Nothing will happen: the district’s data cannot be believed.',
      details: ['The users of the district cannot be believed at all, so nothing was decided.'],
    });
  });

  it('tells a run by its journal, an undo, and what could not be done', async () => {
    const { sync, store } = await synced();
    const [first] = await store.runs(scope);
    if (first === undefined) throw new Error('no run');
    const told = reportOf({ run: first, journal: await store.journal(scope, first.id), runs: [first] });
    expect(told).toMatchObject({ about: 'run', title: 'Roster run of district-1', verdict: { tone: 'calm' } });
    expect(recordsOf(told)).toHaveLength(first.applied);
    const undo = await sync.undo(first.id, { by: 'Ana Example' });
    const undone = reportOf({ run: undo, journal: await store.journal(scope, undo.id) });
    expect(undone.verdict.sentence).toMatch(/^The undo made [\d,]+ changes\. Nothing waits for a decision\.$/);
    expect(undone.run?.by).toBe('Ana Example');
    const partial = reportOf({
      run: { ...first, outcome: 'partial', failures: [{ code: 'stale', key: 'x', message: 'stale' }] },
    });
    expect(partial.verdict).toMatchObject({
      tone: 'stopped',
      details: expect.arrayContaining([
        '1 change was left out, because its record had been changed since the plan was made.',
      ]),
    });
    for (const outcome of ['running', 'failed', 'aborted', 'held'] as const) {
      const isAsked = outcome === 'held' || outcome === 'running';
      expect(reportOf({ run: { ...first, outcome } }).verdict.tone).toBe(isAsked ? 'attention' : 'stopped');
    }
  });

  it('knows the people of a first import by its changes alone', async () => {
    const local = await new MemoryStore().load(scope);
    const plan = reconcile({ roster, local, policy: definePolicy(), now: roster.readAt });
    const [student] = roster.users.filter(({ roles }) => roles.includes('student'));
    const names = recordsOf(reportOf({ plan })).map(({ name }) => name);
    expect(names).toContain(`${student?.givenName ?? ''} ${student?.familyName ?? ''}`);
  });
});

describe('what is asked wrongly is a ConfigurationError that names it', () => {
  test.each<[string, (input: Reported) => unknown]>([
    ['mask', ({ plan }) => renderHtml({ plan }, { mask: true } as ReportOptions)],
    ['masked', ({ plan }) => renderHtml({ plan }, { masked: 'yes' } as unknown as ReportOptions)],
    ['language', ({ plan }) => renderJson({ plan }, { language: 'es' } as unknown as ReportOptions)],
    ['title', ({ plan }) => htmlChunks({ plan }, { title: ' ' })],
    ['input', () => renderMarkdown({} as { plan: Plan })],
    ['rooster', ({ plan, roster }) => renderMarkdown({ plan, rooster: roster } as { plan: Plan })],
    ['roster', ({ plan, roster }) => renderMarkdown({ plan, roster: { ...roster, readId: 'another' } })],
    ['local', ({ plan, local }) => renderMarkdown({ plan, local: { ...local, scope: { tenant: 'other' } } })],
    [
      'runs',
      ({ plan, runs }) => renderMarkdown({ plan, runs: runs.map((run) => ({ ...run, scope: { tenant: 'other' } })) }),
    ],
  ])('%s', (option, render) => {
    expect(() => render(reported)).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining(option) }),
    );
  });
});

describe('the same facts in every form', () => {
  it('byte for byte the same for the same input, also when the plan was written down in between', () => {
    for (const render of [renderHtml, renderMarkdown, renderJson]) {
      const again = { ...reported, plan: parsePlan(JSON.parse(JSON.stringify(reported.plan)) as unknown) };
      expect(render(again)).toBe(render(reported));
    }
    expect([...htmlChunks(reported)].join('')).toBe(renderHtml(reported));
  });

  it('JSON is the report', () => {
    expect(JSON.parse(renderJson(reported))).toEqual(JSON.parse(JSON.stringify(report)));
  });

  it('Markdown and HTML have every sentence, record, hold and count of it', () => {
    const markdown = renderMarkdown(reported).replace(/\\(.)/g, '$1');
    const html = renderHtml(reported).replace(/&#39;/g, "'").replace(/&amp;/g, '&');
    const facts = [
      report.verdict.sentence,
      ...report.holds.flatMap(({ id, hash, reason, words }) => [id, hash, reason, words]),
      ...report.schools.flatMap(({ label, parts }) => [
        label?.name ?? '',
        ...parts.flatMap((part) => [
          part.label.name ?? '',
          ...part.groups.flatMap(({ words, reason, rule }) => [words, reason, rule]),
        ]),
      ]),
      ...recordsOf(report).flatMap(({ id, name = '', fields = [] }) => [
        id,
        name,
        ...fields.map(({ after = '' }) => after),
      ]),
      ...report.notes.flatMap(({ sentence, items }) => [sentence, ...items.map((item) => item.sentence ?? '')]),
      ...report.causes.map(({ sentence }) => sentence),
      ...report.runs.map(({ id }) => id),
    ];
    expect(facts.length).toBeGreaterThan(500);
    for (const fact of new Set(facts)) {
      expect(markdown).toContain(fact);
      expect(html).toContain(fact);
    }
  });

  it('what waits comes before what happens', () => {
    const html = renderHtml(reported);
    const markdown = renderMarkdown(reported);
    for (const text of [html, markdown]) {
      const order = [
        'wait for your decision',
        'Waiting for a decision',
        'What will happen',
        'Worth knowing',
        'Why records are missing',
      ];
      const body = text.slice(text.indexOf('<main') + 1);
      const places = order.map((word) => body.replace(/<nav[\s\S]*?<\/nav>/, '').indexOf(word));
      expect(places).toEqual([...places].sort((left, right) => left - right));
      expect(places).not.toContain(-1);
    }
  });
});

describe('a masked report', () => {
  it.each([renderHtml, renderMarkdown, renderJson])('has no name, address or number of anybody (%o)', (render) => {
    const { roster, local, runs } = reported;
    const text = render(
      { ...reported, runs: runs.map((run) => ({ ...run, by: 'Ana Example' })) },
      { masked: true },
    ).toLowerCase();
    // What the page itself says is no leak: "Grant" may be a person, and "may" a word.
    const own = new Set(
      render({ plan: { ...reported.plan, changes: [], notes: [], holds: [] } })
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u),
    );
    for (const { givenName, familyName, email, username, mobile, homePhone } of [...roster.users, ...local.users]) {
      expect(text).not.toContain(`${givenName} ${familyName}`.toLowerCase());
      for (const value of [email, username, mobile, homePhone])
        if (value !== undefined) expect(text).not.toContain(value.toLowerCase());
      for (const name of [givenName, familyName]) {
        if (!own.has(name.toLowerCase()))
          expect(text).not.toMatch(new RegExp(`(?<!\\p{L})${name.toLowerCase()}(?!\\p{L})`, 'u'));
      }
    }
    for (const { name } of [...roster.classes, ...roster.schools]) expect(text).not.toContain(name.toLowerCase());
    expect(text).not.toContain('ana example');
    expect(/[\p{L}\d]@[\p{L}\d]/u.test(text)).toBe(false);
  });

  it('tells ids, but none that is made of a name or an address', () => {
    const { local } = reported;
    const policy = definePolicy();
    const base = districtRoster(generateDistrict({ seed: 1, students: 40 }), { scope: { tenant: local.scope.tenant } });
    const [first, second, third] = base.users;
    if (first === undefined || second === undefined || third === undefined) throw new Error('no users');
    const telling = new Map([
      [first.sourcedId, `${first.givenName}.${first.familyName}-2012`],
      [second.sourcedId, 'someone@example.org'],
    ]);
    const renamed = (id: string) => telling.get(id) ?? id;
    const roster = {
      ...base,
      users: base.users.map((user) => ({ ...user, sourcedId: renamed(user.sourcedId) })),
      classes: base.classes.map((section, index) => (index > 0 ? section : { ...section, name: third.familyName })),
      enrollments: base.enrollments.map((row) => ({ ...row, userSourcedId: renamed(row.userSourcedId) })),
    };
    const empty = {
      ...local,
      schools: [],
      classes: [],
      users: [],
      enrollments: [],
      guardianLinks: [],
      ledger: { formatVersion: 2 as const, holds: [], suppressions: [], reported: [] },
    };
    const plan = reconcile({ roster, local: empty, policy, now: base.readAt });
    const masked = renderJson({ plan, roster }, { masked: true });
    for (const id of telling.values()) {
      expect(renderJson({ plan, roster })).toContain(id);
      expect(masked).not.toContain(id);
    }
    expect(masked).toMatch(/"#[0-9a-f]{10}"/);
    expect(masked).toContain(roster.classes[1]?.sourcedId);
  });
});
