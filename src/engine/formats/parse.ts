/**
 * Plans, ledgers, journals and policies that were written down, perhaps by another version: the present form is taken as
 * it is, an older one that is known is brought up to it, and anything else is refused, never misread.
 *
 * @module
 */

import { ConfigurationError, PlanError } from '../../errors.js';
import { defaultPolicy } from '../../model/index.js';
import type {
  ChangeKind,
  ClassSelection,
  JournalEntry,
  Ledger,
  Plan,
  NotifySettings,
  Policy,
  PolicyWindow,
} from '../../model/index.js';
import { phaseOf } from '../draft.js';
import { hashPlan } from '../hash.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A plan that was kept as JSON. {@link writePlan} and {@link readPlan} suit large ones better.
 *
 * @param data what `JSON.parse` gave
 * @throws PlanError where it is no plan, of a version that is not understood, or not as it was written (its hash says so)
 * @example
 * ```ts
 * import { parsePlan, type Plan } from 'rosterkit';
 *
 * declare const plan: Plan;
 * const same = parsePlan(JSON.parse(JSON.stringify(plan)));
 * console.log(same.hash === plan.hash); // true
 * ```
 */
export function parsePlan(data: unknown): Plan {
  const plan = fieldsOf('plan', data);
  checkVersion('plan', plan, [1], 'Make the plan anew.');
  checkLists('plan', plan, ['steps', 'changes', 'notes', 'holds', 'gates']);
  checkTexts('plan', plan, ['readId', 'hash']);
  checkOneOf('plan', plan, 'type', ['sync', 'undo']);
  checkOneOf('plan', plan, 'outcome', ['planned', 'failed']);
  fieldsOf('plan.scope', plan['scope']);
  fieldsOf('plan.counts', plan['counts']);
  for (const change of plan['changes'] as readonly unknown[]) checkChange('plan', change);
  const whole = { ...(data as Plan), ledger: parseLedger(plan['ledger']) };
  if (hashPlan(whole) !== whole.hash) {
    throw new PlanError('The plan is not as it was made: its hash does not fit what it holds. Make the plan anew.');
  }
  return whole;
}

/**
 * A ledger that a store kept. One of version 1 is brought to version 2, which only adds to it.
 *
 * @throws PlanError where it is no ledger, or of a version that is not understood: its holds would be forgotten
 * @example
 * ```ts
 * import { emptyLedger, parseLedger } from 'rosterkit';
 *
 * parseLedger(JSON.parse(JSON.stringify(emptyLedger))).formatVersion; // 2
 * ```
 */
export function parseLedger(data: unknown): Ledger {
  const ledger = fieldsOf('ledger', data);
  checkVersion('ledger', ledger, [1, 2], 'Use the version of rosterkit that wrote it, or a later one.');
  checkLists('ledger', ledger, ['holds', 'suppressions', 'reported']);
  for (const each of ledger['holds'] as readonly unknown[]) {
    const hold = fieldsOf('ledger.holds', each);
    checkTexts('ledger.holds', hold, ['id', 'gate', 'code', 'hash', 'since']);
    checkLists('ledger.holds', hold, ['changes', 'versions', 'approved']);
    for (const change of hold['changes'] as readonly unknown[]) checkChange('ledger.holds', change);
  }
  for (const each of ledger['suppressions'] as readonly unknown[]) {
    const suppression = fieldsOf('ledger.suppressions', each);
    checkTexts('ledger.suppressions', suppression, ['kind', 'subject', 'fingerprint', 'cause']);
  }
  const { policy } = ledger;
  return {
    ...(data as Ledger),
    formatVersion: 2,
    ...(policy === undefined ? {} : { policy: parsePolicy(policy) }),
  };
}

/**
 * The journal of a run, as a store kept it. An entry without a `formatVersion` is of version 1.
 *
 * @throws PlanError where an entry is none, or of a version or a kind of change that is not understood: what cannot be read
 * cannot be undone
 * @example
 * ```ts
 * import { parseJournal } from 'rosterkit';
 *
 * const rows: unknown[] = [];
 * parseJournal(rows).length; // 0
 * ```
 */
export function parseJournal(data: unknown): readonly JournalEntry[] {
  if (!isList(data)) throw unreadable('journal', 'it is no list');
  for (const each of data) {
    const entry = fieldsOf('journal', each);
    if (entry['formatVersion'] !== undefined) {
      checkVersion('journal', entry, [1], 'Undo it with the version of rosterkit that wrote it, or a later one.');
    }
    checkTexts('journal', entry, ['runId', 'recordId', 'appliedAt']);
    if (typeof entry['sequence'] !== 'number') throw unreadable('journal', '`sequence` is no number');
    checkChange('journal', entry['change']);
  }
  return data as readonly JournalEntry[];
}

/** The settings whose values are words, or lists of words. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  steps: ['classes', 'teachers', 'students', 'guardians'],
  fullDataReach: ['synced', 'everyone'],
  unarchive: ['off', 'archived-by-sync', 'always'],
  absentClassMembers: ['keep', 'remove'],
  contactUpdates: ['invitees', 'all', 'none'],
  linkExisting: ['off', 'propose', 'email'],
  'classes.duplicateNames': ['first', 'disambiguate', 'all'],
  'teachers.create': ['always', 'populated', 'never'],
  'teachers.username': ['roster', 'email'],
};

type OptionalOf<T> = { [Name in keyof T]-?: Partial<Pick<T, Name>> extends Pick<T, Name> ? Name : never }[keyof T] &
  string;
type InGroup<Group extends keyof Policy> = Policy[Group] extends readonly unknown[]
  ? never
  : Policy[Group] extends object
    ? `${Group}.${OptionalOf<Policy[Group]>}`
    : never;

/** The settings that have no default: all of them, or a policy that was kept would be refused for one. */
const OPTIONAL: Readonly<
  Record<OptionalOf<Policy> | { [Group in keyof Policy]-?: InGroup<Group> }[keyof Policy], true>
> = {
  'classes.include': true,
  'access.defaultRole': true,
  'access.permissions': true,
  'access.site': true,
  'guardians.contactTypes': true,
  'invitations.from': true,
  'invitations.fromRoles': true,
  'limits.notices': true,
  notify: true,
};

const CRITERIA: ReadonlySet<string> = new Set([
  'schoolLevels',
  'subjects',
  'notSubjects',
  'grades',
  'terms',
  'names',
  'notNames',
  'ids',
  'teachers',
] satisfies readonly (keyof ClassSelection)[]);

const NOTIFY: ReadonlySet<string> = new Set([
  'roles',
  'silentFirstSync',
  'unchanged',
] satisfies readonly (keyof NotifySettings)[]);

const WINDOWS: readonly unknown[] = ['blackout', 'additive-only', 'quiet'] satisfies readonly PolicyWindow['kind'][];

/** Settings that are read as a whole. */
const WHOLE: ReadonlySet<string> = new Set(['access.roles']);

/**
 * A whole policy that was kept as JSON, such as the one a plan was made with. A setting that came later is at its default:
 * that is how it was then. People's own input is for `definePolicy`, which says more about a mistake.
 *
 * @throws ConfigurationError naming a setting that does not exist here, or has a value that is not understood
 * @example
 * ```ts
 * import { defaultPolicy, parsePolicy } from 'rosterkit';
 *
 * parsePolicy(JSON.parse(JSON.stringify(defaultPolicy))).fullData; // false
 * ```
 */
export function parsePolicy(data: unknown): Policy {
  if (!isFields(data)) throw new ConfigurationError('policy', 'is an object of settings');
  const { formatVersion, ...settings } = data;
  if (formatVersion !== undefined && formatVersion !== 1) {
    const version = typeof formatVersion === 'number' ? String(formatVersion) : 'unknown';
    throw new ConfigurationError('policy', `is of version ${version}; version 1 is understood. Define it anew.`);
  }
  return withDefaults(settings, defaultPolicy as unknown as Fields, '') as unknown as Policy;
}

function withDefaults(given: Fields, defaults: Fields, prefix: string): Fields {
  const settings: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    const path = `${prefix}${name}`;
    const usual = defaults[name];
    if (!(name in defaults) && !Object.hasOwn(OPTIONAL, path)) {
      throw new ConfigurationError(path, 'is no setting of this version of rosterkit');
    }
    if (value === undefined || value === null) continue;
    if (usual !== undefined && kindOf(value) !== kindOf(usual)) {
      throw new ConfigurationError(path, `is ${kindOf(value)}, and not ${kindOf(usual)}`);
    }
    if (!isUnderstood(path, value)) {
      throw new ConfigurationError(path, 'has a value that this version of rosterkit does not know');
    }
    const isGroup = isFields(value) && isFields(usual) && !WHOLE.has(path);
    settings[name] = isGroup ? withDefaults(value, usual, `${path}.`) : value;
  }
  return settings;
}

/** Whether nothing of the value would be passed over: an unknown criterion that is ignored would import too much. */
function isUnderstood(path: string, value: unknown): boolean {
  if (path === 'classes.include') return isFields(value) && Object.keys(value).every((name) => CRITERIA.has(name));
  if (path === 'notify') {
    return isFields(value) && isList(value['roles']) && Object.keys(value).every((name) => NOTIFY.has(name));
  }
  if (path === 'invitations.from') return isText(value) || (isFields(value) && Object.values(value).every(isText));
  if (path === 'invitations.fromRoles') return isList(value) && value.every(isText);
  if (path === 'windows')
    return isList(value) && value.every((each) => isFields(each) && WINDOWS.includes(each['kind']));
  const choices: readonly unknown[] | undefined = CHOICES[path];
  if (choices === undefined) return true;
  return isList(value) ? value.every((each) => choices.includes(each)) : choices.includes(value);
}

function kindOf(value: unknown): string {
  if (isList(value)) return 'a list';
  return isFields(value) ? 'a group of settings' : `a ${typeof value}`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !isList(value);
}

function fieldsOf(what: string, value: unknown): Fields {
  if (!isFields(value)) throw unreadable(what, 'it is no object');
  return value;
}

function checkVersion(what: string, fields: Fields, known: readonly number[], advice: string): void {
  const version = fields['formatVersion'];
  if (known.some((each) => each === version)) return;
  const found = typeof version === 'number' ? `of version ${version}` : 'of no version';
  const understood = known.length === 1 ? `version ${known.join()}` : `versions ${known.join(' and ')}`;
  throw new PlanError(`The ${what} is ${found}, and this version of rosterkit understands ${understood}. ${advice}`);
}

function checkChange(what: string, value: unknown): void {
  const change = fieldsOf(`${what}’s change`, value);
  checkTexts(`${what}’s change`, change, ['kind', 'key', 'subject', 'fingerprint']);
  // Every kind has its place in the order of application; a word that has none is of a later version.
  if (!Number.isInteger(phaseOf(change['kind'] as ChangeKind))) {
    throw unreadable(`${what}’s change`, 'its kind is not known to this version of rosterkit');
  }
}

function checkLists(what: string, fields: Fields, names: readonly string[]): void {
  const missing = names.find((name) => !Array.isArray(fields[name]));
  if (missing !== undefined) throw unreadable(what, `\`${missing}\` is no list`);
}

function checkTexts(what: string, fields: Fields, names: readonly string[]): void {
  const missing = names.find((name) => typeof fields[name] !== 'string');
  if (missing !== undefined) throw unreadable(what, `\`${missing}\` is no text`);
}

function checkOneOf(what: string, fields: Fields, name: string, words: readonly string[]): void {
  if (!words.includes(fields[name] as string)) throw unreadable(what, `\`${name}\` is none of ${words.join(', ')}`);
}

function unreadable(what: string, why: string): PlanError {
  return new PlanError(`The ${what} cannot be read: ${why}. Use what rosterkit wrote, as it is.`);
}
