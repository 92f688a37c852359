import type {
  DistrictGuardian,
  DistrictSchool,
  DistrictStaff,
  DistrictStudent,
  DistrictTeacher,
  Guardianship,
} from './district.js';
import { type IdIssuer, serialOf } from './ids.js';
import type { Random } from './random.js';
import { familyNames, givenNames, plain } from './words.js';

/** Students up to this grade have no e-mail address. */
const lastGradeWithoutEmail = 2;

/** What is needed to make up a person. */
export interface PeopleContext {
  readonly random: Random;
  readonly issuer: IdIssuer;
  readonly districtId: string;
  readonly schoolYear: number;
  /** ISO instant. */
  readonly at: string;
}

/** A child to be made up. */
export interface Child {
  readonly schoolId: string;
  readonly grade: number;
}

/** A student with the family name given. */
export function makeStudent(context: PeopleContext, child: Child, familyName: string): DistrictStudent {
  const { random, at } = context;
  const id = context.issuer.issue();
  const givenName = random.pick(givenNames);
  const hasMiddleName = random.chance(0.6);
  const middleName = random.pick(givenNames);
  const username = `${plain(givenName).slice(0, 1)}${plain(familyName)}${serialOf(id).toString(36)}`;
  const month = 1 + random.below(12);
  // Five years old on the first of September of the kindergarten year.
  const year = context.schoolYear - 5 - child.grade - (month >= 9 ? 1 : 0);
  const draw = random.next();
  return {
    id,
    createdAt: at,
    modifiedAt: at,
    role: 'student',
    givenName,
    ...(hasMiddleName ? { middleName } : {}),
    familyName,
    ...(child.grade > lastGradeWithoutEmail ? { email: studentEmail(context.districtId, username) } : {}),
    username,
    schoolId: child.schoolId,
    grade: child.grade,
    birthDate: `${String(year)}-${twoDigits(month)}-${twoDigits(1 + random.below(28))}`,
    gender: draw < 0.49 ? 'F' : draw < 0.98 ? 'M' : 'X',
    sisId: String(serialOf(id)).padStart(8, '0'),
    stateId: `${String(10 + random.below(90))}${String(serialOf(id)).padStart(8, '0')}`,
  };
}

/** A student's e-mail address: none in the lowest grades. */
export function emailOfStudent(districtId: string, student: DistrictStudent): string | undefined {
  if (student.email !== undefined) return student.email;
  return student.grade > lastGradeWithoutEmail ? studentEmail(districtId, student.username) : undefined;
}

/** A family: children of one name, and one or two guardians whom they share. */
export function makeFamily(
  context: PeopleContext,
  children: readonly Child[],
  hasGuardians: boolean,
): { readonly students: readonly DistrictStudent[]; readonly guardians: readonly DistrictGuardian[] } {
  const { random } = context;
  const familyName = random.pick(familyNames);
  const students = children.map((child) => makeStudent(context, child, familyName));
  if (!hasGuardians) return { students, guardians: [] };
  const first = makeGuardian(
    context,
    random.chance(0.9) ? familyName : random.pick(familyNames),
    students.map(({ id }) => ({ studentId: id, relationship: 'Parent', contactType: 'Primary' })),
  );
  if (!random.chance(0.7)) return { students, guardians: [first] };
  const isParent = random.chance(0.75);
  const relationship = isParent ? 'Parent' : random.pick(['Grandparent', 'Aunt/Uncle', 'Other'] as const);
  const second = makeGuardian(
    context,
    random.chance(0.6) ? familyName : random.pick(familyNames),
    students.map(({ id }) => ({
      studentId: id,
      relationship,
      contactType: isParent && !random.chance(0.05) ? 'Secondary' : 'Emergency',
    })),
  );
  return { students, guardians: [first, second] };
}

/** A guardian: most can be written to, some only called on a mobile, some only at home. */
function makeGuardian(context: PeopleContext, familyName: string, students: readonly Guardianship[]): DistrictGuardian {
  const { random, at } = context;
  const id = context.issuer.issue();
  const givenName = random.pick(givenNames);
  const draw = random.next();
  const reach =
    draw < 0.75
      ? { email: guardianEmail(givenName, familyName, id), mobile: makePhone(random) }
      : draw < 0.85
        ? { mobile: makePhone(random) }
        : draw < 0.92
          ? { homePhone: makePhone(random) }
          : { email: guardianEmail(givenName, familyName, id), homePhone: makePhone(random) };
  return { id, createdAt: at, modifiedAt: at, role: 'guardian', givenName, familyName, ...reach, students };
}

/** A number that is nobody's: 555-0100 to 555-0199 of any area are kept free for such use. */
export function makePhone(random: Random): string {
  return `(${String(201 + random.below(780))}) 555-01${twoDigits(random.below(100))}`;
}

/** A teacher of one school. */
export function makeTeacher(context: PeopleContext, school: DistrictSchool, title: string): DistrictTeacher {
  const id = context.issuer.issue();
  const { random, at } = context;
  const givenName = random.pick(givenNames);
  const familyName = random.pick(familyNames);
  const username = `${plain(givenName)}.${plain(familyName)}.${serialOf(id).toString(36)}`;
  return {
    id,
    createdAt: at,
    modifiedAt: at,
    role: 'teacher',
    givenName,
    familyName,
    email: `${username}@${domainOf(context.districtId)}`,
    username,
    schoolIds: [school.id],
    title,
    sisId: `T${String(serialOf(id)).padStart(6, '0')}`,
    stateId: String(100000000 + random.below(900000000)),
  };
}

/** A district administrator, an administrator and one or two office workers for each school. */
export function makeStaff(context: PeopleContext, schools: readonly DistrictSchool[]): DistrictStaff[] {
  const { random, at } = context;
  const make = (role: DistrictStaff['role'], title: string, schoolIds: readonly string[]): DistrictStaff => {
    const id = context.issuer.issue();
    const givenName = random.pick(givenNames);
    const familyName = random.pick(familyNames);
    const username = `${plain(givenName)}.${plain(familyName)}.${serialOf(id).toString(36)}`;
    return {
      id,
      createdAt: at,
      modifiedAt: at,
      role,
      givenName,
      familyName,
      email: `${username}@${domainOf(context.districtId)}`,
      username,
      schoolIds,
      title,
      sisId: `S${String(serialOf(id)).padStart(6, '0')}`,
    };
  };
  return [
    make('district-administrator', 'Data Coordinator', []),
    ...schools.flatMap((school) => [
      make('school-administrator', 'Principal', [school.id]),
      ...Array.from({ length: 1 + random.below(2) }, () => make('staff', 'Office Clerk', [school.id])),
    ]),
  ];
}

/** An address of a guardian. `change` makes another one of the same person. */
export function guardianEmail(givenName: string, familyName: string, id: string, change = ''): string {
  return `${plain(givenName)}.${plain(familyName)}.${serialOf(id).toString(36)}${change}@mail.example`;
}

function studentEmail(districtId: string, username: string): string {
  return `${username}@students.${domainOf(districtId)}`;
}

function domainOf(districtId: string): string {
  return `d${districtId.slice(8, 16)}.example`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
