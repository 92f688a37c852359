import { ConfigurationError } from '../errors.js';
import { isSame } from '../internal/canonical.js';
import type { Step } from '../model/index.js';
import { definePolicy, type PolicyInput } from '../policy/index.js';
import type { Connection, Schedule } from '../ports/index.js';
import { settleSchedule } from './schedule.js';

/** What may be set of a connection. What is left out stays as it is. */
export interface ConnectionSettings {
  /** The settings that differ from their defaults, all of them: they take the place of those before. */
  readonly policy?: PolicyInput | undefined;
  /** The parts of an import; null for those of the policy. */
  readonly steps?: readonly Step[] | null | undefined;
  /** When it syncs by itself; null for only when somebody asks for it. */
  readonly schedule?: Schedule | null | undefined;
  /** The host's own words; null for none. */
  readonly label?: string | null | undefined;
}

/** What a plan depends on. */
const OF_THE_PLAN = ['credentials', 'schools', 'policy', 'steps', 'guardians'] as const;

/** Whether both would plan the same import. */
export function plansAlike(left: Connection, right: Connection): boolean {
  return OF_THE_PLAN.every((name) => isSame(left[name], right[name]));
}

/** @throws ConfigurationError naming the setting that is unknown or impossible */
export function withSettings(connection: Connection, settings: ConnectionSettings, now: Date): Connection {
  const { policy, steps, schedule, label } = settings;
  let next = connection;
  if (policy !== undefined) next = { ...next, policy: plain(policy) };
  if (steps !== undefined) next = without(next, 'steps', steps === null ? {} : { steps });
  if (schedule !== undefined) next = withSchedule(next, schedule, now);
  if (label !== undefined) next = without(next, 'label', label === null ? {} : { label: settleLabel(label) });
  policyOf(next);
  return isSame(next, connection) ? connection : afterChange(connection, next);
}

/**
 * What a change of what a plan depends on means: the preview was one of other settings, and with other credentials the
 * preflight was one of another district. A connection that syncs stops until it is looked at and enabled again.
 */
export function afterChange(before: Connection, after: Connection): Connection {
  if (plansAlike(before, after)) return after;
  const { preview: _preview, ...unseen } = after;
  if (before.credentials === after.credentials) return setUp(unseen);
  const { check: _check, ...unchecked } = unseen;
  return setUp(unchecked);
}

/** The connection, not enabled: what is known of it says how far it has come. */
export function setUp(connection: Connection): Connection {
  const { pausedUntil: _pause, taken: _taken, scheduledSince: _since, ...rest } = connection;
  const { check, preview } = connection;
  const isBlocked = check?.state === 'blocked';
  const looked = preview === undefined ? 'checked' : 'previewed';
  return { ...rest, state: isBlocked || (check ?? preview) === undefined ? 'draft' : looked };
}

/** A schedule counts from when it was made: a time of this day that has passed already is none that was missed. */
function withSchedule(connection: Connection, given: Schedule | null, now: Date): Connection {
  const schedule = given === null ? undefined : settleSchedule(given);
  if (isSame(schedule, connection.schedule)) return connection;
  const { schedule: _schedule, taken: _taken, scheduledSince, ...rest } = connection;
  return {
    ...rest,
    ...(schedule === undefined ? {} : { schedule }),
    ...(scheduledSince === undefined ? {} : { scheduledSince: now.toISOString() }),
  };
}

/** The policy of the connection, as a sync takes it. */
export function policyOf({ policy, steps }: Connection): PolicyInput {
  const input: PolicyInput = policy;
  definePolicy(steps === undefined ? {} : { steps }, definePolicy(input));
  return input;
}

/** @throws ConfigurationError where it is no text, or blank */
export function settleLabel(label: unknown): string {
  if (typeof label === 'string' && label.trim() !== '' && label.length <= 200) return label;
  throw new ConfigurationError('label', 'is a text of 1 to 200 characters');
}

/** The connection with these fields in place of an optional one. */
function without(connection: Connection, name: 'steps' | 'label', fields: Partial<Connection>): Connection {
  const { [name]: _left, ...rest } = connection;
  return { ...rest, ...fields };
}

/** As the store keeps it, and nobody can change it afterwards. */
function plain(policy: PolicyInput): Connection['policy'] {
  definePolicy(policy);
  return JSON.parse(JSON.stringify(policy)) as Connection['policy'];
}
