/**
 * `npm start`: the whole of rosterkit in one go.
 *
 * - without anything: a tour with two simulated districts
 * - with CLEVER_TOKEN, or the four CLASSLINK_ variables: a preview of your own district
 * - `npm start -- --csv <folder or zip>`: a preview of a OneRoster bundle
 * - with `--apply`: the preview is also applied to the local database; nobody is written to
 */

import { parseArgs } from 'node:util';
import { RosterError } from 'rosterkit';
import { demonstrate } from './quickstart/demonstration.js';
import { chooseDistrict, importOwnDistrict } from './quickstart/own-district.js';

try {
  const { values } = parseArgs({ options: { csv: { type: 'string' }, apply: { type: 'boolean', default: false } } });
  const choice = chooseDistrict(values.csv, process.env);
  if (choice === undefined) await demonstrate();
  else await importOwnDistrict(choice, values.apply);
} catch (error) {
  // A message of rosterkit says what to do next; the stack would only hide it.
  console.error(RosterError.isInstance(error) ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}
