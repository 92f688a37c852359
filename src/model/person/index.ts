/** What is kept about one person: found, picked out for an export, and taken out. */

export { ERASED, isActOf, isDecisionOf } from './mentions.js';
export { isEntryOf, type PersonIds } from './person-ids.js';
export {
  ledgerTracesOf,
  rosterTracesOf,
  runTracesOf,
  type HeldTrace,
  type LedgerTraces,
  type RosterTraces,
  type RunTraces,
} from './traces-of-person.js';
export {
  decisionWithoutPerson,
  entryWithoutPerson,
  ledgerWithoutPerson,
  reportWithoutPerson,
  rosterChangesWithoutPerson,
  rosterWithoutPerson,
} from './without-person.js';
