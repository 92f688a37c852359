import type { RosterError } from '../../errors.js';
import { type Answer, apiError, type MissingAdvice } from '../../http/index.js';
import type { OneRosterAuth } from '../auth/auth.js';
import { refusal } from '../auth/refusal.js';
import { failureCodesIn } from './status-codes.js';

/** A server of the other version, or with its services elsewhere, knows none of the paths. */
const MISSING: MissingAdvice = {
  endpoint: "Check the base URL, version ('1.1' or '1.2'), and paths.",
  record: "Check the id; where whole lists are missing, the base URL, version ('1.1' or '1.2'), and paths.",
};

/**
 * What an answer that is no 2xx means: the common rule, with the codes that the server gives in OneRoster's words. A 401
 * also says what to check.
 */
export function oneRosterError(answer: Answer, auth: OneRosterAuth): RosterError {
  const codes = failureCodesIn(answer.text);
  return refusal(answer, auth) ?? apiError(answer, codes.length === 0 ? '' : ` (${codes.join(', ')})`, MISSING);
}
