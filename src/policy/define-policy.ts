import { z } from 'zod';
import { ConfigurationError } from '../errors.js';
import { isGrade } from '../model/grades.js';
import { defaultPolicy, type Policy } from '../model/index.js';

/** A policy in part: what is left out is at its default. */
export type PolicyInput = { readonly [K in keyof Policy]?: PartOf<Policy[K]> | undefined };

type PartOf<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: PartOf<T[K]> | undefined }
    : T;

const share = z.number().min(0, 'is a share from 0 to 1').max(1, 'is a share from 0 to 1, not a percentage');
const sourcedRoles = ['student', 'teacher', 'aide', 'administrator', 'staff', 'guardian', 'other'] as const;

const listOf = <T extends z.ZodType>(noun: string, entry: T) =>
  z
    .array(entry, `is a list, with one ${noun} or more`)
    .min(1, `names at least one ${noun}; leave the setting out for all`)
    .optional();
const listed = (noun: string) => {
  const message = `is the ${noun} to look for, and can't be blank`;
  return listOf(
    noun,
    z.string(message).refine((word) => word.trim() !== '', message),
  );
};
const gradeMessage = 'is a grade in the words of Clever or OneRoster, such as "05" or "Kindergarten"';
const patternMessage = 'is a pattern such as "Homeroom*": at least one character besides * and white space';
const namePattern = z
  .string(patternMessage)
  .refine((pattern) => pattern.replaceAll('*', '').trim() !== '', patternMessage)
  .optional();

const classSelection = z.strictObject(
  {
    schoolLevels: listOf('level', z.enum(['elementary', 'middle', 'high'], 'is "elementary", "middle" or "high"')),
    subjects: listed('subject'),
    notSubjects: listed('subject'),
    grades: listOf('grade', z.string(gradeMessage).refine(isGrade, gradeMessage)),
    terms: listed('term'),
    names: namePattern,
    notNames: namePattern,
    ids: listed('sourcedId'),
    teachers: z.literal('imported', 'is "imported"; leave the setting out for all').optional(),
  },
  {
    // A criterion that does not exist is told like every unknown setting.
    error: ({ code }) =>
      code === 'invalid_type' ? 'is an object of criteria, such as { subjects: ["math"] }' : undefined,
  },
);

const setMessage = "is the name of a permission set, and can't be blank";
const permissionSetNames = z
  .array(
    z.string(setMessage).refine((name) => name.trim() !== '', setMessage),
    'is a list of permission sets',
  )
  .refine((names) => new Set(names).size === names.length, 'names a permission set twice');
const rolesMessage = 'is a list of roles of the host, such as ["Administrator"]';

const dayOrHour = z
  .string()
  .refine((text) => isDay(text) || isHour(text), 'is a day such as "2026-12-20" or an hour such as "07:30"');
const policyWindow = z
  .strictObject({
    kind: z.enum(['blackout', 'additive-only', 'quiet'], 'is "blackout", "additive-only" or "quiet"'),
    from: dayOrHour,
    to: dayOrHour,
  })
  .refine(({ from, to }) => isDay(from) === isDay(to), { path: ['to'], error: 'is a day where `from` is one' })
  .refine(({ from, to }) => !isDay(from) || from <= to, { path: ['to'], error: 'comes before `from`' })
  .refine(({ from, to }) => from !== to || isDay(from), { path: ['to'], error: 'is the hour of `from`' });

const fromMessage = "is the host's id of a person, or an object with one for each school by its sourcedId";
const hostId = z.string(fromMessage).min(1, fromMessage);

const policySchema = z.strictObject({
  steps: z.array(z.enum(['classes', 'teachers', 'students', 'guardians'])).min(1, 'names at least one step'),
  fullData: z.boolean(),
  fullDataReach: z.enum(['synced', 'everyone']),
  archive: z.boolean(),
  unarchive: z.enum(['off', 'archived-by-sync', 'always']),
  absentClassMembers: z.enum(['keep', 'remove']),
  contactUpdates: z.enum(['invitees', 'all', 'none']),
  linkExisting: z.enum(['off', 'propose', 'email']),
  reassertMembers: z.boolean(),
  classes: z.strictObject({
    include: classSelection.optional(),
    duplicateNames: z.enum(['first', 'disambiguate', 'all']),
    requireStudents: z.boolean(),
    requireTeacher: z.boolean(),
    options: z.strictObject({
      behaviorManagement: z.boolean(),
      studentPortfolios: z.boolean(),
      parentCommunication: z.boolean(),
    }),
  }),
  students: z.strictObject({ create: z.boolean() }),
  teachers: z.strictObject({ create: z.enum(['always', 'populated', 'never']), username: z.enum(['roster', 'email']) }),
  staff: z.strictObject({ create: z.boolean() }),
  access: z.strictObject({
    defaultRole: z.string().min(1).optional(),
    roles: z.partialRecord(z.enum(sourcedRoles), z.string().min(1)),
    permissions: z.partialRecord(z.enum(sourcedRoles), permissionSetNames).optional(),
    site: z.string().min(1).optional(),
  }),
  guardians: z.strictObject({
    contactTypes: z.array(z.string()).optional(),
    enroll: z.boolean(),
    afterTeachersJoined: z.boolean(),
  }),
  invitations: z.strictObject({
    teachers: z.boolean(),
    guardians: z.boolean(),
    students: z.boolean(),
    silentFirstSync: z.boolean(),
    from: z.union([hostId, z.record(hostId, hostId)], fromMessage).optional(),
    fromRoles: z.array(z.string().min(1)).optional(),
  }),
  notify: z
    .strictObject({
      roles: z.array(z.string('is a role').min(1, "is a role, and can't be blank"), rolesMessage),
      silentFirstSync: z.boolean().optional(),
      unchanged: z.boolean().optional(),
    })
    .optional(),
  leadDays: z.int().min(0),
  graceSnapshots: z.int().min(1, 'is a number of reads, 1 or more'),
  deactivateUnrostered: z.boolean(),
  additiveOnly: z.boolean(),
  windows: z.array(policyWindow),
  limits: z.strictObject({
    enrollments: share,
    classes: share,
    users: share,
    guardianLinks: share,
    floor: z.int().min(0),
    rolling: z.number().min(1, 'is a multiple of the limit of one run, 1 or more'),
    notices: z.int().min(0).optional(),
    policyChange: z.boolean(),
  }),
  timeZone: z.string().refine(isTimeZone, 'is no time zone; give an IANA name such as America/New_York'),
});

/**
 * A policy from the settings that differ from the default, or from those of `base`.
 *
 * @throws ConfigurationError naming the setting that is unknown or impossible
 * @example
 * ```ts
 * import { definePolicy } from 'rosterkit';
 *
 * const policy = definePolicy({ fullData: true, archive: true });
 * ```
 */
export function definePolicy(input: PolicyInput = {}, base: Policy = defaultPolicy): Policy {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- JavaScript passes what it likes
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ConfigurationError('policy', 'is an object of settings, such as { fullData: true }');
  }
  const parsed = policySchema.safeParse(merged(base, input));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    if (issue?.code === 'unrecognized_keys') {
      const path = ['policy', ...issue.path, issue.keys[0] ?? ''].map(String).join('.');
      throw new ConfigurationError(path, 'is not a setting. See docs/policies.md for all of them.', {
        cause: parsed.error,
      });
    }
    const path = ['policy', ...(issue?.path ?? [])].map(String).join('.');
    throw new ConfigurationError(path, lowerFirst(issue?.message ?? 'is not valid'), { cause: parsed.error });
  }
  if (parsed.data.archive && !parsed.data.fullData) {
    throw new ConfigurationError(
      'policy.archive',
      'needs policy.fullData. Archiving absent classes only makes sense where the data is the whole truth.',
    );
  }
  return parsed.data as Policy;
}

/**
 * Settings that are taken as a whole: criteria left over from the base could only narrow what an import asks for, and
 * senders left over would write for schools that it does not name.
 */
const WHOLE: ReadonlySet<string> = new Set(['include', 'from']);

function merged(base: unknown, input: unknown): unknown {
  if (input === undefined) return base;
  if (!isPlainObject(base) || !isPlainObject(input)) return input;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(input)) {
    result[key] = WHOLE.has(key) ? (value ?? result[key]) : merged(result[key], value);
  }
  return result;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isHour(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}
