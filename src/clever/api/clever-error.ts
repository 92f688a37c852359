import { ApiError, NotFoundError, PermissionDeniedError, type RosterError } from '../../errors.js';
import type { Answer } from '../../http/index.js';

/**
 * What an error of Clever's Data API means, where Clever has rules of its own; undefined where it is the common rule.
 *
 * Clever answers 404 where others answer 401 or 403: with a web page where the token is of a type for which the endpoint
 * does not exist, and with "Resource not in token's scopes" where the district does not share it.
 */
export function cleverError(answer: Answer): RosterError | undefined {
  const { source, status, method, path, requestId } = answer;
  const details = { source, status, method, path, requestId };
  const quoted = requestId === undefined ? '' : ` (request ${requestId})`;
  const answered = `clever answered ${method} ${path} with ${String(status)}${quoted}`;
  if (status === 404) {
    const message = messageOf(answer.text);
    if (message === undefined) {
      return new NotFoundError(`${answered} and a web page: ${whatIsMissing(path)} Nothing was deleted.`, {
        ...details,
        isWrongEndpoint: true,
      });
    }
    if (/not in token.?s scopes/i.test(message)) {
      return new PermissionDeniedError(
        `${answered}: this is not in the token's scopes. ${scopeAdvice(path)} Nothing was deleted.`,
        details,
      );
    }
  }
  if (status === 413) {
    return new ApiError(
      `${answered}: too many records were asked for at once. Clever sends at most 10000: choose a smaller pageSize.`,
      details,
    );
  }
  if (status === 501) {
    return new UnsupportedError(
      `${answered}: Clever does not offer this. Check the version and the options of the request.`,
      details,
    );
  }
  return undefined;
}

/** Asking again does not help, though the status is one of a server's failures. */
class UnsupportedError extends ApiError {
  override readonly isRetryable = false;
}

/** Clever's own words, which may be none; undefined where the answer is no JSON, and so not of this endpoint. */
function messageOf(text: string): string | undefined {
  if (text.trim() === '') return '';
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
  } catch {
    return undefined;
  }
}

/** The collection that a path asks for: the last word behind the version that is no id. */
function subjectOf(path: string): string {
  const [first = '', , nested] = /\/v\d+\.\d+\/(.*)$/.exec(path)?.[1]?.split('/') ?? [];
  if (first === 'attendance' || first === 'events') return first;
  return nested ?? first;
}

function whatIsMissing(path: string): string {
  const rules =
    "Clever's roster endpoints need the token of a district (not of a person) that has the application with Secure Sync; a district token without it sees /districts alone, and a person's token /me and single users, schools and districts.";
  const subject = subjectOf(path);
  if (subject === 'events') {
    return `there are no events for this token. ${rules} Events must also be switched on for the application (Settings, Integrations), and the version must have them.`;
  }
  if (subject === 'attendance') return `there is no attendance for this token. ${rules} Attendance needs version 3.1.`;
  return `there is no such endpoint for this token. ${rules} If the token is right, check the version and the base URL.`;
}

const PEOPLE = 'read:students, read:teachers, read:school_admins, read:district_admins or read:student_contacts';

/** Which scope each collection needs, as far as Clever names them. */
const scopes: Readonly<Record<string, string>> = {
  districts: 'read:districts',
  district: 'read:districts',
  schools: 'read:schools',
  school: 'read:schools',
  sections: 'read:sections',
  // Courses and terms are made of sections, and have no scope of their own.
  courses: 'read:sections',
  course: 'read:sections',
  terms: 'read:sections',
  term: 'read:sections',
  users: PEOPLE,
  mystudents: 'read:students',
  myteachers: 'read:teachers',
  mycontacts: 'read:student_contacts',
  resources: 'read:resources',
};

function scopeAdvice(path: string): string {
  const scope = scopes[subjectOf(path).toLowerCase()];
  const needed = scope === undefined ? '' : ` It needs ${scope}.`;
  return `Ask the district to share it with the application, and see client.scopes().${needed}`;
}
