import type { District, DistrictClass, DistrictTeacher } from './district.js';
import { serialOf } from './ids.js';
import type { PeopleContext } from './people.js';
import { places } from './words.js';

const greatestNewClass = 10;

/** Classes that are called something else, as when a period changes. */
export function renameClasses(district: District, context: PeopleContext, count: number): District {
  const chosen = new Set(context.random.sample(district.classes, count));
  const taken = namesOf(district);
  return {
    ...district,
    classes: district.classes.map((record) =>
      chosen.has(record) ? { ...record, modifiedAt: context.at, ...freeName(record, taken) } : record,
    ),
  };
}

/** Classes beside others of the same course, with some of their students. */
export function addClasses(district: District, context: PeopleContext, count: number): District {
  const models = district.classes.filter(({ studentIds }) => studentIds.length > 0);
  if (models.length === 0) return district;
  const taken = namesOf(district);
  const { random, issuer, at } = context;
  const added = Array.from({ length: count }, (): DistrictClass => {
    const model = random.pick(models);
    const id = issuer.issue();
    return {
      ...model,
      ...freeName(model, taken),
      id,
      createdAt: at,
      modifiedAt: at,
      sisId: `C${String(serialOf(id)).padStart(7, '0')}`,
      sectionNumber: `${model.sectionNumber}-${String(serialOf(id))}`,
      studentIds: random.sample(model.studentIds, greatestNewClass).sort(),
    };
  });
  return { ...district, classes: [...district.classes, ...added] };
}

/** Classes whose primary teacher is another one of the school, and whose name says so. */
export function changeTeachers(district: District, context: PeopleContext, count: number): District {
  const others = otherTeachers(district);
  const familyNames = new Map(district.teachers.map(({ id, familyName }) => [id, familyName]));
  return changeSome(
    district,
    context,
    count,
    (record) => others(record).length > 0,
    (record) => {
      const next = context.random.pick(others(record));
      const [former = '', ...rest] = record.teacherIds;
      const name = record.name.replace(` - ${familyNames.get(former) ?? ''} - `, ` - ${next.familyName} - `);
      return { name, teacherIds: [next.id, ...rest] };
    },
  );
}

/** Classes that get one teacher more, or lose their last one of several. */
export function changeCoTeachers(district: District, context: PeopleContext, count: number): District {
  const others = otherTeachers(district);
  return changeSome(
    district,
    context,
    count,
    (record) => record.teacherIds.length > 1 || others(record).length > 0,
    (record) => {
      const { teacherIds } = record;
      const choice = others(record);
      const isLess = teacherIds.length > 1 && (choice.length === 0 || context.random.chance(0.5));
      return { teacherIds: isLess ? teacherIds.slice(0, -1) : [...teacherIds, context.random.pick(choice).id] };
    },
  );
}

/** Schools that are called after another place. */
export function renameSchools(district: District, context: PeopleContext, count: number): District {
  const chosen = new Set(context.random.sample(district.schools, count));
  return {
    ...district,
    schools: district.schools.map((school) => {
      if (!chosen.has(school)) return school;
      const [present = '', ...kind] = school.name.split(' ');
      const place = context.random.pick(places.filter((other) => other !== present));
      return { ...school, modifiedAt: context.at, name: [place, ...kind].join(' ') };
    }),
  };
}

/** Changes so many of the classes that can be changed, or all of those. */
function changeSome(
  district: District,
  context: PeopleContext,
  count: number,
  canChange: (record: DistrictClass) => boolean,
  change: (record: DistrictClass) => Partial<DistrictClass>,
): District {
  const chosen = new Set(context.random.sample(district.classes.filter(canChange), count));
  return {
    ...district,
    classes: district.classes.map((record) =>
      chosen.has(record) ? { ...record, ...change(record), modifiedAt: context.at } : record,
    ),
  };
}

/** Answers who of a class's school does not teach it. */
function otherTeachers(district: District): (record: DistrictClass) => readonly DistrictTeacher[] {
  const ofSchool = new Map<string, DistrictTeacher[]>();
  for (const teacher of district.teachers) {
    for (const schoolId of teacher.schoolIds) {
      const group = ofSchool.get(schoolId);
      if (group === undefined) ofSchool.set(schoolId, [teacher]);
      else group.push(teacher);
    }
  }
  return ({ schoolId, teacherIds }) => (ofSchool.get(schoolId) ?? []).filter(({ id }) => !teacherIds.includes(id));
}

function namesOf({ classes }: District): Set<string> {
  return new Set(classes.map(({ schoolId, name }) => `${schoolId} ${name}`));
}

/** The class's name with a period that no other class of that name has, which is then taken. */
function freeName(record: DistrictClass, taken: Set<string>): Pick<DistrictClass, 'name' | 'period'> {
  const stem = record.name.endsWith(` - ${record.period}`)
    ? record.name.slice(0, -(record.period.length + 3))
    : record.name;
  let number = 8;
  while (taken.has(`${record.schoolId} ${stem} - ${String(number)}`)) number += 1;
  const period = String(number);
  taken.add(`${record.schoolId} ${stem} - ${period}`);
  return { name: `${stem} - ${period}`, period };
}
