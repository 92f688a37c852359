import type { Tally } from '../../internal/tally.js';
import { gravestFirst, type Preflight, type PreflightFinding, preflightStateOf } from '../../model/index.js';
import type { PreflightWords } from './words.js';

type Severity = PreflightFinding['severity'];
type Text = (words: PreflightWords) => string;

const FINDINGS = {
  // Access
  DISCONNECTED: [
    'error',
    ({ ask }) =>
      `The district does not share its data with the application, or no longer does: ${ask} to add or enable it. What was imported stays as it is.`,
  ],
  CREDENTIALS_REFUSED: ['error', ({ refused }) => refused],
  NO_ROSTER: ['error', ({ noRoster }) => noRoster],
  // Lists and rows
  ROWS_UNUSABLE: [
    'warning',
    ({ ask }) =>
      `Some records have no usable id, lack something required, or use an unknown word, and are left out: ${ask} to correct them.`,
  ],
  DUPLICATE_IDS: [
    'warning',
    ({ ask }) =>
      `Some ids occur more than once in their list, so that one record stands in for several: ${ask} to correct them.`,
  ],
  DELETED_RECORDS: ['info', () => 'Some records are marked as deleted (tobedeleted or inactive), and are not counted.'],
  NAMES_OBFUSCATED: [
    'warning',
    ({ sender, ask }) =>
      `${sender} says that it replaces names or other fields by others: ${ask} to show the application the true ones, or import them as they are.`,
  ],
  // Age
  DATA_OLD: [
    'warning',
    ({ sender, ask }) =>
      `${sender} tells of no change for more than 30 days, so its data may be old: ${ask} whether the district’s own sync still runs.`,
  ],
  LAST_CHANGE_UNKNOWN: [
    'info',
    ({ sender }) => `${sender} does not tell when records changed, so that reading only what changed is not possible.`,
  ],
  // Terms
  TERMS_WITHOUT_DATES: [
    'info',
    ({ ask }) => `Some terms have no first or last day, or one that cannot be read: ${ask} to correct them.`,
  ],
  TERM_ENDED: [
    'warning',
    ({ ask }) => `Some classes belong only to terms that have ended: ${ask} whether the new ones are shared.`,
  ],
  // Classes
  SCHOOL_NOT_SHARED: [
    'warning',
    ({ share }) =>
      `Some classes belong to a school that is not shared, or to an org that is no school, and would not be imported: ${share('the school')}.`,
  ],
  SAME_NAME: [
    'warning',
    () =>
      'Several classes of one school have the same name: by default the first one is imported and the others wait until it is renamed.',
  ],
  SAME_MEMBERS: [
    'warning',
    () =>
      'Several classes have exactly the same students, two or more: look whether each of them should become a class.',
  ],
  WITHOUT_TEACHER: [
    'warning',
    ({ share }) => `Some classes have no teacher, or none who is shared: ${share('the teacher')}.`,
  ],
  WITHOUT_STUDENTS: [
    'warning',
    ({ share }) => `Some classes have no student, or none who is shared: ${share('the students')}.`,
  ],
  UNKNOWN_MEMBERS: [
    'warning',
    ({ share }) =>
      `Enrollments name people who are not shared, and who would be missing from their classes: ${share('them')}.`,
  ],
  UNKNOWN_CLASSES: [
    'warning',
    ({ share }) =>
      `Enrollments name classes that are not shared, and whose members therefore lead nowhere: ${share('them')}.`,
  ],
  // People
  STUDENTS_WITHOUT_EMAIL: ['info', () => 'Some students have no e-mail address: they need another way to sign in.'],
  TEACHERS_WITHOUT_EMAIL: [
    'warning',
    ({ share }) => `Some teachers have no e-mail address and cannot be invited: ${share('it')}.`,
  ],
  GUARDIANS_WITHOUT_EMAIL: [
    'info',
    () => 'Some guardians have no e-mail address: they can only be reached by telephone, if at all.',
  ],
  GUARDIANS_UNREACHABLE: [
    'warning',
    ({ ask }) =>
      `Some guardians have neither a usable e-mail address nor a usable telephone number: ${ask} to add one.`,
  ],
  MALFORMED_EMAILS: [
    'warning',
    ({ ask }) => `Some e-mail addresses cannot be any, and count as missing: ${ask} to correct them.`,
  ],
  SHARED_EMAILS: [
    'warning',
    ({ ask }) =>
      `Some students, teachers or staff have the e-mail address of another one, so that it tells neither of them: ${ask} to correct it.`,
  ],
  WITHOUT_USERNAME: [
    'info',
    ({ ask }) => `Some students, teachers or staff have no user name: if people sign in by it, ${ask} to add it.`,
  ],
  WITHOUT_NAME: [
    'warning',
    ({ ask }) =>
      `Some people have no given name or no family name; the field may be hidden from the application: ${ask} to show it.`,
  ],
  // Guardians
  AGENTS_NOT_SHARED: [
    'warning',
    ({ unenrolled }) =>
      `Students name guardians who are not shared themselves, so that nobody can be invited. ${unenrolled}.`,
  ],
  DEMOGRAPHICS_NOT_SHARED: [
    'warning',
    ({ share }) => `Guardians are looked for in the demographics, too, which cannot be read: ${share('demographics')}.`,
  ],
  NO_GUARDIANS: ['warning', ({ sender, unenrolled }) => `${sender} shows no guardians. ${unenrolled}.`],
  NO_ADMINISTRATORS: ['info', ({ sender, unenrolled }) => `${sender} shows no administrators. ${unenrolled}.`],
  GUARDIANS_WITHOUT_STUDENT: [
    'warning',
    ({ ask }) => `Some guardians are linked to no student, so that they cannot be imported: ${ask} to link them.`,
  ],
  MANY_GUARDIANS: [
    'warning',
    () =>
      'Some students have six guardians or more: look who they are before they are invited, because OneRoster does not tell emergency contacts apart.',
  ],
} as const satisfies Readonly<Record<string, readonly [Severity, Text]>>;

/** What a finding can be without more words than its own. */
export type FindingCode = keyof typeof FINDINGS;

/** What a district shares or not, each in a list of its own, and how grave it is where it does not. */
const KINDS = {
  SCHOOLS: { noun: 'schools', severity: 'error' },
  TERMS: { noun: 'academic sessions', severity: 'info' },
  COURSES: { noun: 'courses', severity: 'info' },
  CLASSES: { noun: 'classes', severity: 'error' },
  USERS: { noun: 'users', severity: 'error' },
  STUDENTS: { noun: 'students', severity: 'error' },
  TEACHERS: { noun: 'teachers', severity: 'warning' },
  ENROLLMENTS: { noun: 'enrollments', severity: 'error' },
} as const;

export type Kind = keyof typeof KINDS;

/** The findings of one preflight. */
export class Findings {
  private readonly found: PreflightFinding[] = [];

  constructor(private readonly words: PreflightWords) {}

  add(code: FindingCode): void {
    const [severity, text] = FINDINGS[code];
    this.found.push({ code, severity, message: text(this.words) });
  }

  /** Where there are any. */
  addTally(code: FindingCode, { count, ids }: Tally): void {
    if (count === 0) return;
    const [severity, text] = FINDINGS[code];
    this.found.push({ code, severity, message: text(this.words), count, ...(ids.length === 0 ? {} : { ids }) });
  }

  /** The list of these is refused, or is not there. */
  addNotShared(kind: Kind): void {
    const { noun, severity } = KINDS[kind];
    const message = `The application may not see ${noun}: ${this.words.share(noun)}.`;
    this.found.push({ code: `${kind}_NOT_SHARED`, severity, message });
  }

  /** The list may be read, and holds none of these. */
  addNone(kind: Kind): void {
    const { noun, severity } = KINDS[kind];
    const message = `${this.words.sender} shows no ${noun}: ${this.words.share(noun)}.`;
    this.found.push({ code: `NO_${kind}`, severity, message });
  }

  addFailed(collection: string, isRequired: boolean): void {
    const message = `The list of ${collection} could not be read to its end: ${this.words.again}.`;
    this.found.push({ code: 'NOT_READ_TO_END', severity: isRequired ? 'error' : 'info', message });
  }

  /** `ended` is a word for how, never what was sent. */
  addDoubtful(collection: string, ended: string): void {
    const message = `The list of ${collection} is not known to be whole (${ended}), so that an import would not take what is missing for gone: ${this.words.ask} to look at it.`;
    this.found.push({ code: 'LIST_DOUBTFUL', severity: 'warning', message });
  }

  addUnproven(collection: string, ended: string): void {
    const message = `Nothing proves that the list of ${collection} is whole (${ended}): an import reads it twice.`;
    this.found.push({ code: 'LIST_UNPROVEN', severity: 'info', message });
  }

  /** All findings, the gravest first. */
  sorted(): readonly PreflightFinding[] {
    return gravestFirst(this.found);
  }

  state(): Preflight['state'] {
    return preflightStateOf(this.found);
  }
}
