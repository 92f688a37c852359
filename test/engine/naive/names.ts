/** Duplicate names (rows D): which of several new sections of one name in one school are imported, and as what. */

import type { Class, LocalClass } from '../../../src/model/index.js';
import type { Members, World } from './members.js';
import { syncedOf, type Present } from './present.js';
import type { Absent } from './switches.js';
import { byCodeUnit, nameOf, plain, seenClass } from './words.js';

/** A name that is taken in a school. */
export interface Taken {
  readonly school: string;
  readonly name: string;
  readonly holder: string;
  /** Whether the class is open once the plan is applied: only two open classes share a name. */
  readonly isOpen: boolean;
}

/** A new section that nothing else speaks against. */
export interface Candidate {
  readonly section: Class;
  readonly members: Members;
}

/** Names and schools are those after this plan; an undone rename or move counts under both. */
export function namesOfPresent(local: LocalClass, section: Class, present: Present): readonly Taken[] {
  const isOwned = local.hostFields?.includes('name') === true;
  const isSuppressed = present.change === 'suppressed';
  const names = new Set<string>();
  const schools = new Set<string>();
  const { schoolSourcedId: school } = local;
  const takeOwn = (): void => {
    names.add(local.name);
    // A store may shorten names, and a disambiguated name stays: the feed's own is taken all the same.
    if (!isOwned && local.origin === 'roster') names.add(local.synced?.name ?? local.name);
    if (school !== undefined) schools.add(school);
  };
  // (b) A section of this feed that a person archived or purged, by the name that it bears and by the feed's; a
  // suppressed unarchive keeps its name taken, too.
  if (present.isTakenByPerson || (present.returns && isSuppressed)) {
    takeOwn();
    if (!isOwned) names.add(nameOf(section));
    schools.add(section.schoolSourcedId);
    return pairs(names, schools, section.sourcedId, false);
  }
  // (d) A class that waits to be created under the id bears the feed's name.
  if (present.isRecycled) {
    if (present.isActive) takeOwn();
    if (school !== undefined) schools.add(school);
    names.add(nameOf(section));
    schools.add(section.schoolSourcedId);
    return pairs(names, schools, section.sourcedId, present.isActive);
  }
  // (a), (c): open, and not leaving. Any other archived class takes nothing.
  if (!present.isActive) return [];
  if (present.newName === undefined || isSuppressed) takeOwn();
  if (present.newName !== undefined) names.add(present.newName);
  if (present.isMoved) {
    if (!isSuppressed) schools.clear();
    schools.add(section.schoolSourcedId);
  } else if (school !== undefined) schools.add(school);
  return pairs(names, schools, section.sourcedId, true);
}

/** (a): absent and not leaving; or in a school that leaves the run. */
export function namesOfKept(local: LocalClass): readonly Taken[] {
  if (local.state !== 'active' || local.schoolSourcedId === undefined) return [];
  const names = new Set([local.name]);
  if (local.origin === 'roster' && local.hostFields?.includes('name') !== true)
    names.add(local.synced?.name ?? local.name);
  return pairs(names, new Set([local.schoolSourcedId]), local.sourcedId ?? '', true);
}

function pairs(
  names: ReadonlySet<string>,
  schools: ReadonlySet<string>,
  holder: string,
  isOpen: boolean,
): readonly Taken[] {
  return [...schools].flatMap((school) => [...names].map((name) => ({ school, name: plain(name), holder, isOpen })));
}

/** Whether an absent class keeps its name: leaving is to be absent by evidence that no gate and no cause hold doubts. */
export function isNameKept(local: LocalClass, absent: Absent, isDoubted: boolean): boolean {
  return local.state === 'active' && (!absent.isLeaving || isDoubted);
}

/** D1 to D3, D5. Returns the sections that are imported. */
export function admit(
  candidates: readonly Candidate[],
  takenBefore: readonly Taken[],
  world: World,
): readonly Candidate[] {
  const { question, paper } = world;
  const { duplicateNames } = question.policy.classes;
  const taken = [...takenBefore];
  const admitted: Candidate[] = [];
  const losers: Candidate[] = [];
  const holders = (school: string, name: string): readonly Taken[] =>
    taken.filter((each) => each.school === school && each.name === plain(name));
  const take = (section: Class, name: string, isOpen: boolean): void => {
    taken.push({ school: section.schoolSourcedId, name: plain(name), holder: section.sourcedId, isOpen });
  };
  const create = (candidate: Candidate, name: string): void => {
    const { section } = candidate;
    const feedName = nameOf(section);
    const synced = syncedOf(section, question.policy);
    paper.decide({
      kind: 'class-create',
      subject: `class:${section.sourcedId}`,
      school: section.schoolSourcedId,
      rule: name === feedName ? 'K1' : 'D5',
      code: name === feedName ? 'NEW_CLASS' : 'NEW_CLASS_DISTINCT_NAME',
      after: { ...synced, sourcedId: section.sourcedId, origin: 'roster', state: 'active', name, synced },
      seen: seenClass(section),
    });
    take(section, name, true);
    admitted.push(candidate);
  };
  for (const candidate of candidates.toSorted((left, right) =>
    byCodeUnit(left.section.sourcedId, right.section.sourcedId),
  )) {
    const { section } = candidate;
    const subject = `class:${section.sourcedId}`;
    const name = nameOf(section);
    const others = holders(section.schoolSourcedId, name);
    if (paper.isSuppressed('class-create', subject, seenClass(section))) {
      // (d) A creation that an undo suppresses keeps its name taken.
      paper.tell('UNDO', 'SUPPRESSED', subject);
      take(section, name, false);
    } else if (others.length === 0) create(candidate, name);
    else if (duplicateNames === 'all') {
      if (others.some(({ isOpen }) => isOpen)) paper.tell('D4', 'NAME_SHARED', subject);
      create(candidate, name);
    } else if (duplicateNames === 'disambiguate') losers.push(candidate);
    // D1, D2: the others are reported, and their members are not imported.
    else paper.tell('D1', 'DUPLICATE_NAME', subject);
  }
  // D5: own names first; then each loser's, with what tells it apart; the first free one is taken.
  for (const candidate of losers) {
    const { section } = candidate;
    const free = distinctNames(candidate, world).find((name) => holders(section.schoolSourcedId, name).length === 0);
    create(candidate, free ?? `${nameOf(section)} (${section.sourcedId})`);
  }
  return admitted;
}

function distinctNames({ section, members }: Candidate, { reading }: World): readonly string[] {
  const teachers = members.additions
    .filter((row) => row.role === 'teacher')
    .toSorted((left, right) => byCodeUnit(left.userSourcedId, right.userSourcedId));
  const first = teachers.find((row) => row.primary === true) ?? teachers[0];
  const id = first?.userSourcedId ?? '';
  // The feed's word: what the host has may be about to change, and a name is given once.
  const family = reading.presentUser(id)?.familyName;
  const parts = [family, section.period, section.grades?.[0], section.sectionNumber].filter(
    (part) => part !== undefined && part.trim() !== '',
  );
  return parts.map((_, index) => `${nameOf(section)} (${parts.slice(0, index + 1).join(', ')})`);
}

/** D4: a class that returns, moves or is renamed by this plan, whose name another open class bears. */
export function tellShared(
  newcomers: readonly { readonly sourcedId: string; readonly names: readonly Taken[] }[],
  taken: readonly Taken[],
  { paper }: World,
): void {
  for (const { sourcedId, names } of newcomers) {
    const others = taken.filter(
      (each) => each.holder !== sourcedId && names.some((own) => own.school === each.school && own.name === each.name),
    );
    if (others.some(({ isOpen }) => isOpen)) paper.tell('D4', 'NAME_SHARED', `class:${sourcedId}`);
  }
}
