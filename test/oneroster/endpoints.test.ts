import { OneRosterClient, type OneRosterClientOptions, bearer } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { startServer } from '../support/http-server.js';

type Call = (client: OneRosterClient) => PromiseLike<unknown>;

/** Every GET of the standard, with the key of its answer, and how it is asked for here. */
const ROSTERING: readonly (readonly [path: string, key: string, call: Call])[] = [
  ['/academicSessions', 'academicSessions', (c) => c.academicSessions.list().toArray()],
  ['/academicSessions/a', 'academicSession', (c) => c.academicSessions.get('a')],
  ['/classes', 'classes', (c) => c.classes.list().toArray()],
  ['/classes/a', 'class', (c) => c.classes.get('a')],
  ['/courses', 'courses', (c) => c.courses.list().toArray()],
  ['/courses/a', 'course', (c) => c.courses.get('a')],
  ['/gradingPeriods', 'academicSessions', (c) => c.gradingPeriods.list().toArray()],
  ['/gradingPeriods/a', 'academicSession', (c) => c.gradingPeriods.get('a')],
  ['/demographics', 'demographics', (c) => c.demographics.list().toArray()],
  ['/demographics/a', 'demographics', (c) => c.demographics.get('a')],
  ['/enrollments', 'enrollments', (c) => c.enrollments.list().toArray()],
  ['/enrollments/a', 'enrollment', (c) => c.enrollments.get('a')],
  ['/orgs', 'orgs', (c) => c.orgs.list().toArray()],
  ['/orgs/a', 'org', (c) => c.orgs.get('a')],
  ['/schools', 'orgs', (c) => c.schools.list().toArray()],
  ['/schools/a', 'org', (c) => c.schools.get('a')],
  ['/students', 'users', (c) => c.students.list().toArray()],
  ['/students/a', 'user', (c) => c.students.get('a')],
  ['/teachers', 'users', (c) => c.teachers.list().toArray()],
  ['/teachers/a', 'user', (c) => c.teachers.get('a')],
  ['/terms', 'academicSessions', (c) => c.terms.list().toArray()],
  ['/terms/a', 'academicSession', (c) => c.terms.get('a')],
  ['/users', 'users', (c) => c.users.list().toArray()],
  ['/users/a', 'user', (c) => c.users.get('a')],
  ['/schools/a/courses', 'courses', (c) => c.schools.courses('a').toArray()],
  ['/schools/a/classes/b/enrollments', 'enrollments', (c) => c.schools.classEnrollments('a', 'b').toArray()],
  ['/schools/a/classes/b/students', 'users', (c) => c.schools.classStudents('a', 'b').toArray()],
  ['/schools/a/classes/b/teachers', 'users', (c) => c.schools.classTeachers('a', 'b').toArray()],
  ['/schools/a/enrollments', 'enrollments', (c) => c.schools.enrollments('a').toArray()],
  ['/schools/a/students', 'users', (c) => c.schools.students('a').toArray()],
  ['/schools/a/teachers', 'users', (c) => c.schools.teachers('a').toArray()],
  ['/schools/a/terms', 'academicSessions', (c) => c.schools.terms('a').toArray()],
  ['/terms/a/classes', 'classes', (c) => c.terms.classes('a').toArray()],
  ['/terms/a/gradingPeriods', 'academicSessions', (c) => c.terms.gradingPeriods('a').toArray()],
  ['/courses/a/classes', 'classes', (c) => c.courses.classes('a').toArray()],
  ['/students/a/classes', 'classes', (c) => c.students.classes('a').toArray()],
  ['/teachers/a/classes', 'classes', (c) => c.teachers.classes('a').toArray()],
  ['/schools/a/classes', 'classes', (c) => c.schools.classes('a').toArray()],
  ['/users/a/classes', 'classes', (c) => c.users.classes('a').toArray()],
  ['/classes/a/students', 'users', (c) => c.classes.students('a').toArray()],
  ['/classes/a/teachers', 'users', (c) => c.classes.teachers('a').toArray()],
];
const RESOURCES: typeof ROSTERING = [
  ['/resources', 'resources', (c) => c.resources.list().toArray()],
  ['/resources/a', 'resource', (c) => c.resources.get('a')],
  ['/courses/a/resources', 'resources', (c) => c.courses.resources('a').toArray()],
  ['/classes/a/resources', 'resources', (c) => c.classes.resources('a').toArray()],
];
const GRADEBOOK: typeof ROSTERING = [
  ['/categories', 'categories', (c) => c.categories.list().toArray()],
  ['/categories/a', 'category', (c) => c.categories.get('a')],
  ['/lineItems', 'lineItems', (c) => c.lineItems.list().toArray()],
  ['/lineItems/a', 'lineItem', (c) => c.lineItems.get('a')],
  ['/results', 'results', (c) => c.results.list().toArray()],
  ['/results/a', 'result', (c) => c.results.get('a')],
  ['/classes/a/results', 'results', (c) => c.classes.results('a').toArray()],
  ['/classes/a/lineItems', 'lineItems', (c) => c.classes.lineItems('a').toArray()],
  ['/classes/a/lineItems/b/results', 'results', (c) => c.classes.lineItemResults('a', 'b').toArray()],
  ['/classes/a/students/b/results', 'results', (c) => c.classes.studentResults('a', 'b').toArray()],
];
/** What 1.2 brought, by its service. */
const NEW_RESOURCES: typeof ROSTERING = [['/users/a/resources', 'resources', (c) => c.users.resources('a').toArray()]];
const NEW_GRADEBOOK: typeof ROSTERING = [
  ['/scoreScales', 'scoreScales', (c) => c.scoreScales.list().toArray()],
  ['/scoreScales/a', 'scoreScale', (c) => c.scoreScales.get('a')],
  ['/schools/a/scoreScales', 'scoreScales', (c) => c.schools.scoreScales('a').toArray()],
  ['/classes/a/scoreScales', 'scoreScales', (c) => c.classes.scoreScales('a').toArray()],
  ['/classes/a/categories', 'categories', (c) => c.classes.categories('a').toArray()],
  ['/assessmentLineItems', 'assessmentLineItems', (c) => c.assessmentLineItems.list().toArray()],
  ['/assessmentLineItems/a', 'assessmentLineItem', (c) => c.assessmentLineItems.get('a')],
  ['/assessmentResults', 'assessmentResults', (c) => c.assessmentResults.list().toArray()],
  ['/assessmentResults/a', 'assessmentResult', (c) => c.assessmentResults.get('a')],
];

/** A row that is a usable record of any kind. */
const ROW = {
  sourcedId: 'a',
  name: 'N',
  type: 'school',
  givenName: 'A',
  familyName: 'B',
  role: 'student',
  school: 's',
  class: 'c',
  user: 'u',
  student: 'u',
  lineItem: 'l',
  assessmentLineItem: 'l',
};

/** The paths that the calls ask for, each answered with one record under its key. */
async function askedFor(
  endpoints: typeof ROSTERING,
  options: Partial<OneRosterClientOptions>,
  root = '',
): Promise<readonly string[]> {
  const paths: string[] = [];
  let key = '';
  const server = await startServer(({ path, query }) => {
    const offset = query.get('offset');
    if (offset === null || offset === '0') paths.push(path);
    return { body: { [key]: offset === null ? ROW : offset === '0' ? [ROW] : [] } };
  });
  const client = new OneRosterClient({
    baseUrl: `${server.baseUrl}${root}`,
    auth: bearer('token'),
    allowInsecureHosts: ['127.0.0.1', 'localhost'],
    ...options,
  });
  for (const [, name, call] of endpoints) {
    key = name;
    const found = await call(client);
    expect(Array.isArray(found) ? found : [found]).toMatchObject([{ sourcedId: 'a' }]);
  }
  return paths;
}

const pathsOf = (prefix: string, endpoints: typeof ROSTERING) => endpoints.map(([path]) => `${prefix}${path}`);

describe('every list and record of the standard', () => {
  test('has 41 reads of the roster', () => {
    expect(new Set(ROSTERING.map(([path]) => path)).size).toBe(41);
  });

  test('is asked for at its path in 1.1', async () => {
    const endpoints = [...ROSTERING, ...RESOURCES, ...GRADEBOOK];
    expect(await askedFor(endpoints, {})).toEqual(pathsOf('/ims/oneroster/v1p1', endpoints));
  });

  test('is asked for at its path in 1.2, at the service it belongs to', async () => {
    expect(await askedFor(ROSTERING, { version: '1.2' })).toEqual(pathsOf('/ims/oneroster/rostering/v1p2', ROSTERING));
    const resources = [...RESOURCES, ...NEW_RESOURCES];
    expect(await askedFor(resources, { version: '1.2' })).toEqual(pathsOf('/ims/oneroster/resources/v1p2', resources));
    const gradebook = [...GRADEBOOK, ...NEW_GRADEBOOK];
    expect(await askedFor(gradebook, { version: '1.2' })).toEqual(pathsOf('/ims/oneroster/gradebook/v1p2', gradebook));
  });

  test.each([...NEW_RESOURCES, ...NEW_GRADEBOOK])(
    '%s is refused in 1.1 before anything is asked',
    async (_path, _key, call) => {
      const server = await startServer(() => ({ body: {} }));
      const client = new OneRosterClient({
        baseUrl: server.baseUrl,
        auth: bearer('token'),
        allowInsecureHosts: ['127.0.0.1', 'localhost'],
      });
      await expect((async () => await call(client))()).rejects.toMatchObject({ parameter: 'version' });
      expect(server.requests).toHaveLength(0);
    },
  );

  test('is found where a server has it at another path', async () => {
    const some = ROSTERING.slice(0, 2);
    const options = { version: '1.2', paths: { rostering: '/api/oneroster/v1p2/' } } as const;
    expect(await askedFor(some, options, '/tenant%2F7/')).toEqual(pathsOf('/tenant%2F7/api/oneroster/v1p2', some));
  });

  test.each(['', '/', '/ims/oneroster/rostering/v1p2', '/ims/oneroster/gradebook/v1p2/', '/ims/oneroster/v1p2'])(
    'is found where the base URL of a 1.2 server ends in "%s"',
    async (ending) => {
      const [first = [] as never] = ROSTERING;
      expect(await askedFor([first], { version: '1.2' }, ending)).toEqual([`/ims/oneroster/rostering/v1p2${first[0]}`]);
    },
  );
});
