import type { Tally } from '../../internal/tally.js';
import { gravestFirst, type Preflight, type PreflightFinding, preflightStateOf } from '../../model/index.js';

type Severity = PreflightFinding['severity'];

const SHOWS = 'a change may take up to an hour to show';
const ASK = 'ask the district’s Clever administrator';

/** The kinds of records that a district shares or not, with the scope of Clever that reaches them. */
export const KINDS = {
  SCHOOLS: { noun: 'schools', scope: 'read:schools', severity: 'error' },
  SECTIONS: { noun: 'sections', scope: 'read:sections', severity: 'error' },
  STUDENTS: { noun: 'students', scope: 'read:students', severity: 'error' },
  TEACHERS: { noun: 'teachers', scope: 'read:teachers', severity: 'warning' },
  CONTACTS: { noun: 'contacts', scope: 'read:student_contacts', severity: 'warning' },
} as const;

export type Kind = keyof typeof KINDS;

const FINDINGS = {
  // Access
  DISCONNECTED: [
    'error',
    `The district has not added the application in Clever, or has withdrawn it: ${ASK} to add it. What was imported stays as it is.`,
  ],
  TOKEN_REFUSED: [
    'error',
    `Clever does not accept the token: it was replaced, or the district has withdrawn the application. Obtain the district’s token again; where there is none, ${ASK} to add the application.`,
  ],
  SIGN_IN_ONLY: [
    'error',
    `The district has the application for sign-in alone, which shows no roster: ${ASK} to share the roster (Secure Sync).`,
  ],
  LIBRARY_ONLY: [
    'error',
    `The token is one of Clever Library, where single teachers share their classes, and shows no roster: ${ASK} to share the roster (Secure Sync).`,
  ],
  NO_ROSTER: [
    'error',
    'The token shows no roster: it is not the token of a district with Secure Sync, or the base URL is not that of Clever’s Data API.',
  ],
  // The district's own sync
  SYNC_FAILING: [
    'warning',
    `The district’s own sync with Clever is failing, so its data may be old: ${ASK} to look at it.`,
  ],
  SYNC_PENDING: [
    'warning',
    'The district’s own sync with Clever is still pending, so data may be missing: wait until Clever has taken it in.',
  ],
  DATA_OLD: [
    'warning',
    `Clever has not taken in the district’s data for more than three days: ${ASK} whether its sync still runs.`,
  ],
  LAST_SYNC_UNKNOWN: ['info', 'Clever does not tell when it last took in the district’s data.'],
  EVENTS_OFF: [
    'info',
    'Clever has recorded no events of the district’s last sync, so that reading only what changed is not possible (yet): if events are off, turn them on in the application’s settings in Clever, Settings → Integrations → Enable events.',
  ],
  // Rows
  ROWS_UNUSABLE: [
    'warning',
    `Some records have no usable id or a part in an unknown shape, and are left out: ${ASK} to correct them.`,
  ],
  // Sections
  SCHOOL_NOT_SHARED: [
    'warning',
    `Some sections belong to a school that is not shared, and would not be imported: ${ASK} to share the school; ${SHOWS}.`,
  ],
  SAME_NAME: [
    'warning',
    'Several sections of one school have the same name: by default the first one is imported and the others wait until it is renamed.',
  ],
  SAME_MEMBERS: [
    'warning',
    'Several sections have exactly the same students, two or more: look whether each of them should become a class.',
  ],
  WITHOUT_TEACHER: [
    'warning',
    `Some sections have no teacher, or none who is shared: ${ASK} to add or share the teacher.`,
  ],
  WITHOUT_STUDENTS: ['warning', `Some sections have no student, or none who is shared: ${ASK} to share the students.`],
  UNKNOWN_MEMBERS: [
    'warning',
    `Some sections name members who are not shared, and who would be missing from the class: ${ASK} to share them; ${SHOWS}.`,
  ],
  // People
  STUDENTS_WITHOUT_EMAIL: ['info', 'Some students have no e-mail address: they need another way to sign in.'],
  TEACHERS_WITHOUT_EMAIL: [
    'warning',
    `Some teachers have no e-mail address and cannot be invited: ${ASK} to add or share it; ${SHOWS}.`,
  ],
  CONTACTS_WITHOUT_EMAIL: [
    'info',
    'Some contacts have no e-mail address: they can only be reached by telephone, if at all.',
  ],
  CONTACTS_UNREACHABLE: [
    'warning',
    `Some contacts have neither a usable e-mail address nor a usable telephone number: ${ASK} to add one.`,
  ],
  MALFORMED_EMAILS: ['warning', `Some e-mail addresses cannot be any, and count as missing: ${ASK} to correct them.`],
  MANY_CONTACTS: [
    'warning',
    'Some students have six contacts or more: choose the contact types to import, so that emergency contacts are not invited.',
  ],
} as const satisfies Readonly<Record<string, readonly [Severity, string]>>;

/** What a finding can be without more words than its own. */
export type FindingCode = keyof typeof FINDINGS;

/** The findings of one preflight. */
export class Findings {
  private readonly found: PreflightFinding[] = [];

  add(code: FindingCode): void {
    const [severity, message] = FINDINGS[code];
    this.found.push({ code, severity, message });
  }

  /** Where there are any. */
  addTally(code: FindingCode, { count, ids }: Tally): void {
    if (count === 0) return;
    const [severity, message] = FINDINGS[code];
    this.found.push({ code, severity, message, count, ...(ids.length === 0 ? {} : { ids }) });
  }

  /** The token does not reach these records. */
  addNotShared(kind: Kind): void {
    const { noun, severity } = KINDS[kind];
    const message = `The application may not see ${noun}: turn them on in its Data Access tab in Clever, and ${ASK} to share them; ${SHOWS}.`;
    this.found.push({ code: `${kind}_NOT_SHARED`, severity, message });
  }

  /** The token may reach these records, and there are none. */
  addNone(kind: Kind): void {
    const { noun, severity } = KINDS[kind];
    const rollover =
      kind === 'SECTIONS'
        ? ' Sections that were shared one by one do not follow into the next term by themselves.'
        : '';
    const message = `Clever shows no ${noun}: ${ASK} to share some with the application; ${SHOWS}.${rollover}`;
    this.found.push({ code: `NO_${kind}`, severity, message });
  }

  addFailed(collection: string, isRequired: boolean): void {
    const message = `Clever’s list of ${collection} could not be read to its end: try again later.`;
    this.found.push({ code: 'NOT_READ_TO_END', severity: isRequired ? 'error' : 'info', message });
  }

  /** The dates are Clever's own words, where it tells them. */
  addPaused(from: string | undefined, until: string | undefined): void {
    const dates = `${from === undefined ? '' : ` from ${from}`}${until === undefined ? '' : ` until ${until}`}`;
    const message = `The district’s sync with Clever is paused${dates}: the data stays as it was, so who came or left since is not told.`;
    this.found.push({ code: 'SYNC_PAUSED', severity: 'warning', message });
  }

  addNotLaunched(date: string): void {
    const message = `The district launches the application on ${date}: its people cannot sign in through Clever before.`;
    this.found.push({ code: 'NOT_LAUNCHED', severity: 'warning', message });
  }

  /** All findings, the gravest first. */
  sorted(): readonly PreflightFinding[] {
    return gravestFirst(this.found);
  }

  state(): Preflight['state'] {
    return preflightStateOf(this.found);
  }
}
