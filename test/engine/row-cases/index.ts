import { causes } from './causes.js';
import { ofOthers, schoolsAndClasses } from './classes.js';
import { contacts } from './contacts.js';
import { feeds, gates } from './gates.js';
import { guardians } from './guardians.js';
import { members } from './members.js';
import { names } from './names.js';
import type { RowCase } from './row-case.js';
import { runs } from './runs.js';
import { users } from './users.js';

/** Every case, by table. */
export const cases: readonly RowCase[] = [
  ...gates,
  ...schoolsAndClasses,
  ...ofOthers,
  ...names,
  ...members,
  ...users,
  ...guardians,
  ...contacts,
  ...feeds,
  ...runs,
  ...causes,
];
