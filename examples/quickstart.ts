/**
 * `npm start`: the whole of rosterkit in one go.
 *
 * - without anything: a tour with two simulated districts
 * - with CLEVER_TOKEN: a preview of your own district at Clever
 * - with CLASSLINK_TENANT_ID, CLASSLINK_CLIENT_ID, CLASSLINK_SECRET_KEY and CLASSLINK_SERVER_URL: of one at ClassLink;
 *   with CLASSLINK_API_KEY and CLASSLINK_TENANT_ID: by ClassLink's proxy; without the tenant it names those that share
 * - `npm start -- --csv <folder or zip>`: a preview of a OneRoster bundle
 * - with `--check`: what your district shares and what is missing, and nothing else; exits with 1 where it is blocked
 * - with CLEVER_BASE_URL or CLASSLINK_PROXY_URL beside them: another server, such as a simulator
 * - with `--date 2026-10-01`: planned for that day, where the bundle is of another year
 * - with `--apply`: the preview is also applied to the local database; nobody is written to
 */

import { parseArgs } from 'node:util';
import { RosterError } from 'rosterkit';
import { demonstrate } from './quickstart/demonstration.js';
import { checkOwnDistrict, chooseDistrict, importOwnDistrict, UsageError } from './quickstart/own-district.js';

try {
  const { values } = parseArgs({
    options: {
      csv: { type: 'string' },
      date: { type: 'string' },
      check: { type: 'boolean', default: false },
      apply: { type: 'boolean', default: false },
    },
  });
  const choice = await chooseDistrict(values.csv, process.env);
  if (values.check) process.exitCode = (await checkOwnDistrict(choice)) ? 0 : 1;
  else if (choice === undefined) await demonstrate();
  else await importOwnDistrict(choice, values.apply, dayOf(values.date));
} catch (error) {
  // Such a message says what to do next; the stack would only hide it. Anything else is a mistake of this program.
  const isPlain = RosterError.isInstance(error) || error instanceof UsageError || isArgumentError(error);
  console.error(isPlain ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}

function isArgumentError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function dayOf(date: string | undefined): Date | undefined {
  if (date === undefined) return undefined;
  const day = new Date(`${date}T12:00:00Z`);
  if (Number.isNaN(day.getTime())) throw new UsageError('--date is a day such as 2026-10-01.');
  return day;
}
