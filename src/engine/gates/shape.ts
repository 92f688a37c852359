/**
 * The shape of a read (G4, P10, P12, Z14): what tells by its numbers alone that a file lost a column, an export broke or
 * a switch at the provider was flipped.
 *
 * @module
 */

import type { Evidence, Note, ReadStatistics } from '../../model/index.js';
import type { Reading } from '../reading/statistics.js';

/** What is odd about a read. Everything but a missing field casts doubt on what would be taken away, too. */
export interface Doubt {
  readonly rule: 'G4' | 'P10' | 'P12' | 'Z14';
  readonly code:
    | 'REQUIRED_FIELD_MISSING'
    | 'MANY_ROWS_REJECTED'
    | 'REFERENCES_BROKEN'
    | 'GUARDIANS_CROWDED'
    | 'CONTACT_TYPE_NEW'
    | 'AGENTS_UNSHARED'
    | 'FIELD_UNSHARED';
  readonly evidence: Evidence;
}

const MOST_REJECTED = 0.05;
/** Two points: of closure below the last healthy read, of rejected rows above what a person has accepted. */
const TOLERANCE = 0.02;
const MOST_GUARDIANS = 6;
const MOST_CROWDED = 0.05;
const MOST_UNRESOLVED = 0.5;
/** A field is shared from here on, gone below the other, and told of so many records or more. */
const SHARED = 0.9;
const GONE = 0.1;
const FEW = 20;

const REQUIRED_FIELDS = ['schools.name', 'classes.schoolSourcedId'] as const;
const NAMES = ['givenName', 'familyName'] as const;

/**
 * What is odd about the read, against the last healthy one where there is one. A read that a person accepted counts as
 * healthy: what it was doubted for is no doubt any more, as long as it gets no worse.
 */
export function doubtsOf(reading: Reading, healthy: ReadStatistics | undefined): readonly Doubt[] {
  const doubts = [...missingFields(reading, healthy), ...rejectedRows(reading, healthy)];
  if (healthy !== undefined) doubts.push(...brokenReferences(reading, healthy));
  if (reading.hasLinks) doubts.push(...crowds(reading, healthy));
  if (healthy !== undefined && reading.hasLinks) {
    doubts.push(...newContactTypes(reading, healthy), ...unresolvedAgents(reading, healthy));
  }
  if (healthy !== undefined) doubts.push(...unsharedFields(reading, healthy));
  return doubts;
}

/** Whether the doubts are of what would be taken away, too: a field that is gone takes nothing away (Z14). */
export function areOfAbsence(doubts: readonly Doubt[]): boolean {
  return doubts.some(({ rule }) => rule !== 'Z14');
}

/** What tells of guardians and their links alone. */
const OF_LINKS: readonly Doubt['code'][] = ['GUARDIANS_CROWDED', 'CONTACT_TYPE_NEW', 'AGENTS_UNSHARED'];

/** Whether the doubts are of guardian links alone: these are gone over when the classes are decided about already. */
export function areOfLinks(doubts: readonly Doubt[]): boolean {
  return doubts.every(({ rule, code }) => rule === 'Z14' || OF_LINKS.includes(code));
}

/** A doubt as a person is told of it. */
export function noteOfDoubt({ rule, code, evidence }: Doubt): Note {
  return { rule, code, severity: 'warning', evidence };
}

/** G4: a required column is absent. Of a single record a blank name says nothing. */
function missingFields({ statistics, sizes }: Reading, healthy: ReadStatistics | undefined): readonly Doubt[] {
  const { fields, counts } = statistics;
  const missing: string[] = REQUIRED_FIELDS.filter((name) => (sizes.get(name) ?? 0) > 1 && fields[name] === 0);
  for (const name of NAMES) {
    const shares = groupsOfUsers(fields, name);
    if (counts.users > 1 && shares.length > 0 && shares.every((group) => fields[group] === 0))
      missing.push(`users.${name}`);
  }
  const before = healthy?.fields ?? {};
  return missing
    .filter((name) => !wasMissing(before, name))
    .map((name) => doubt('G4', 'REQUIRED_FIELD_MISSING', placeOf(name)));
}

/** A person accepted a roster without it, such as one with a single name for everybody. */
function wasMissing(before: ReadStatistics['fields'], name: string): boolean {
  if (before[name] !== undefined) return before[name] === 0;
  const shares = groupsOfUsers(before, name.slice(name.indexOf('.') + 1));
  return shares.length > 0 && shares.every((group) => before[group] === 0);
}

function groupsOfUsers(fields: ReadStatistics['fields'], field: string): readonly string[] {
  return Object.keys(fields).filter((name) => name.startsWith('users.') && name.endsWith(`.${field}`));
}

/** G4: more than a twentieth of the rows. A single row is no share. */
function rejectedRows({ rejected }: Reading, healthy: ReadStatistics | undefined): readonly Doubt[] {
  const doubts: Doubt[] = [];
  for (const [collection, { count, of, problem }] of rejected) {
    const accepted = healthy?.rejected?.[collection] ?? 0;
    const share = count / of;
    if (count === 1 || share <= MOST_REJECTED || (accepted > MOST_REJECTED && share <= accepted + TOLERANCE)) continue;
    doubts.push(doubt('G4', 'MANY_ROWS_REJECTED', { collection, problem, count, share: rounded(share) }));
  }
  return doubts;
}

/** G4: enrollments whose class or person is not there. */
function brokenReferences({ statistics }: Reading, healthy: ReadStatistics): readonly Doubt[] {
  const { closure, counts } = statistics;
  // In shares of floating point exactly two points less may come out as a little more.
  if (healthy.closure - closure <= TOLERANCE + Number.EPSILON || counts.enrollments === 0) return [];
  return [doubt('G4', 'REFERENCES_BROKEN', { share: rounded(closure), before: rounded(healthy.closure) })];
}

/** G4 and P10: students with so many guardians that these are no guardians. A single student says nothing. */
function crowds({ statistics, students }: Reading, healthy: ReadStatistics | undefined): readonly Doubt[] {
  if (students < 2) return [];
  const { guardiansPerStudent: median, crowded = 0 } = statistics;
  if (median >= MOST_GUARDIANS && (healthy?.guardiansPerStudent ?? 0) < MOST_GUARDIANS) {
    return [doubt('G4', 'GUARDIANS_CROWDED', { median })];
  }
  if (crowded <= MOST_CROWDED || (healthy?.crowded ?? 0) > MOST_CROWDED) return [];
  return [doubt('P10', 'GUARDIANS_CROWDED', { share: rounded(crowded) })];
}

/** G4: such as emergency contacts, who would all be invited as guardians. */
function newContactTypes({ statistics }: Reading, healthy: ReadStatistics): readonly Doubt[] {
  // Links that were never read healthily have no types to compare with.
  if (healthy.counts.guardianLinks === 0) return [];
  const known = new Set(healthy.contactTypes);
  const types = statistics.contactTypes.filter((type) => !known.has(type));
  return types.length === 0 ? [] : [doubt('G4', 'CONTACT_TYPE_NEW', { types })];
}

/** P12: guardians are named as before, but their own rows are not shared any more. */
function unresolvedAgents({ statistics }: Reading, healthy: ReadStatistics): readonly Doubt[] {
  const { agents } = statistics;
  const before = healthy.agents;
  const lost = agents.named - agents.resolved - (before.named - before.resolved);
  if (before.resolved === 0 || lost <= before.resolved * MOST_UNRESOLVED) return [];
  const evidence = { named: agents.named, resolved: agents.resolved, before: before.resolved };
  return [doubt('P12', 'AGENTS_UNSHARED', evidence)];
}

/** Z14: a field that nearly all records had, and nearly none has now. */
function unsharedFields({ statistics, sizes }: Reading, healthy: ReadStatistics): readonly Doubt[] {
  return Object.entries(statistics.fields).flatMap(([name, share]) => {
    const before = healthy.fields[name] ?? 0;
    if (before < SHARED || share >= GONE || (sizes.get(name) as number) < FEW) return [];
    return [doubt('Z14', 'FIELD_UNSHARED', { ...placeOf(name), share: rounded(share), before: rounded(before) })];
  });
}

/** `users.teacher.email` as its parts. */
function placeOf(name: string): { readonly collection: string; readonly role?: string; readonly field: string } {
  const [collection = '', ...rest] = name.split('.');
  const [role, field] = rest.length > 1 ? rest : [undefined, rest[0]];
  return { collection, ...(role === undefined ? {} : { role }), field: field as string };
}

function doubt(rule: Doubt['rule'], code: Doubt['code'], evidence: Evidence): Doubt {
  return { rule, code, evidence };
}

/** In thousandths: the same doubt reads the same tomorrow. */
function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}
