import { causes } from './causes.js';
import { classesElsewhere, schoolsAndClasses } from './classes.js';
import { contacts } from './contacts.js';
import { feeds, gates, moreGates } from './gates.js';
import { guardians, oddGuardians } from './guardians.js';
import { members } from './members.js';
import { names } from './names.js';
import type { RowCase } from './row-case.js';
import { runs } from './runs.js';
import { users } from './users.js';

/** Every case, by table. */
export const cases: readonly RowCase[] = [
  ...gates,
  ...schoolsAndClasses,
  ...classesElsewhere,
  ...names,
  ...members,
  ...users,
  ...guardians,
  ...oddGuardians,
  ...contacts,
  ...feeds,
  ...moreGates,
  ...runs,
  ...causes,
];
