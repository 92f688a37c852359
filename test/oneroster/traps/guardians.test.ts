import { bearer, OneRosterClient, oneRosterCsvSource, oneRosterSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { reconcile } from '../../../src/engine/index.js';
import { defaultPolicy } from '../../../src/engine/index.js';
import { emptyLedger, type Roster } from '../../../src/model/index.js';
import { NOW } from '../../support/build.js';
import { scope } from '../support/roster.js';
import { serve } from '../support/server.js';

const HEADER = 'sourcedId,orgSourcedIds,role,givenName,familyName,email,sms,phone,agentSourcedIds';

/** Of each student of 20 the guardians are named as the rows say. */
const FILES = {
  'orgs.csv': 'sourcedId,name,type\nS1,Elm,school\n',
  'classes.csv': 'sourcedId,title,schoolSourcedId\nC1,Art,S1\n',
  'enrollments.csv':
    'sourcedId,classSourcedId,userSourcedId,role\nE1,C1,U1,student\nE2,C1,U2,student\nE3,C1,T1,teacher\n',
};

async function read(...rows: readonly string[]): Promise<Roster> {
  const files = { ...FILES, 'users.csv': [HEADER, ...rows, ''].join('\n') };
  return (await oneRosterCsvSource(files).read(scope)) as Roster;
}

const teacher = 'T1,S1,teacher,Tom,Three,tom@example.org,,,';

describe('trap 13: guardian links partial, dangling or from one side', () => {
  test('both directions count, once, and the relation is the word of the role', async () => {
    const roster = await read(
      teacher,
      'U1,S1,student,Ann,One,,,,G1',
      'U2,S1,student,Bob,One,,,,',
      'G1,S1,parent,Gail,One,gail@home.example,,,"U1,U2"',
      'G2,S1,relative,Gus,Two,gus@home.example,,,U2',
    );
    expect(roster.guardianLinks).toEqual([
      { guardianSourcedId: 'G1', studentSourcedId: 'U1', relationship: 'parent' },
      { guardianSourcedId: 'G1', studentSourcedId: 'U2', relationship: 'parent' },
      { guardianSourcedId: 'G2', studentSourcedId: 'U2', relationship: 'relative' },
    ]);
  });

  test('an agent who is no guardian makes no link', async () => {
    const roster = await read(teacher, 'U1,S1,student,Ann,One,,,,"T1,U2"', 'U2,S1,student,Bob,One,,,,');
    expect(roster.guardianLinks).toEqual([]);
  });

  test('sms is the mobile number and phone the one at home, never the other way', async () => {
    const roster = await read(teacher, 'G1,S1,parent,Gail,One,,2025550101,2025550100,');
    expect(roster.users.find(({ sourcedId }) => sourcedId === 'G1')).toMatchObject({
      mobile: '2025550101',
      homePhone: '2025550100',
    });
    const onlyHome = await read(teacher, 'G1,S1,parent,Gail,One,,,2025550100,');
    expect(onlyHome.users.find(({ sourcedId }) => sourcedId === 'G1')).not.toHaveProperty('mobile');
  });

  test('a server and the files of the same district say the same', async () => {
    const user = (sourcedId: string, role: string, agents: readonly string[]) => ({
      sourcedId,
      role,
      status: 'active',
      givenName: 'A',
      familyName: 'B',
      orgs: [{ sourcedId: 'S1' }],
      agents: agents.map((id) => ({ sourcedId: id, type: 'user' })),
    });
    const server = await serve({
      orgs: [],
      academicSessions: [],
      courses: [],
      classes: [],
      enrollments: [],
      users: [user('U1', 'student', ['G9']), user('U2', 'student', []), user('G1', 'guardian', ['U2'])],
    });
    const client = new OneRosterClient({
      baseUrl: server.url,
      auth: bearer('a-token'),
      allowInsecureHosts: [server.host],
    });
    const rest = await oneRosterSource(client).read(scope);
    const files = await read('U1,S1,student,A,B,,,,G9', 'U2,S1,student,A,B,,,,', 'G1,S1,guardian,A,B,,,,U2');
    expect(rest.guardianLinks).toEqual(files.guardianLinks);
    expect(files.guardianLinks).toHaveLength(2);
  });
});

describe('trap 14: guardians who are not sent at all', () => {
  test('stay links without a relation, and the plan names each, with the switch to flip', async () => {
    const roster = await read(teacher, 'U1,S1,student,Ann,One,,,,G1', 'U2,S1,student,Bob,One,,,,"G1,G2"');
    expect(roster.guardianLinks).toEqual([
      { guardianSourcedId: 'G1', studentSourcedId: 'U1' },
      { guardianSourcedId: 'G1', studentSourcedId: 'U2' },
      { guardianSourcedId: 'G2', studentSourcedId: 'U2' },
    ]);
    const local = {
      scope,
      ledger: emptyLedger,
      schools: [],
      classes: [],
      users: [],
      enrollments: [],
      guardianLinks: [],
    };
    const policy = { ...defaultPolicy, steps: ['classes', 'teachers', 'students', 'guardians'] as const };
    const { notes, changes } = reconcile({ roster, local, policy, now: NOW });
    expect(notes.filter(({ code }) => code === 'AGENT_NOT_SHARED')).toHaveLength(3);
    expect(changes.filter(({ kind }) => kind === 'guardian-link')).toEqual([]);
  });
});
