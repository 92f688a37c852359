/**
 * One small district, twice: as a server of ClassLink's kind sends it, and as the files of a 1.1 bundle. Written down
 * independently, so that reading both must give the same roster.
 */

const org = (id: string) => ({ href: `https://elsewhere.example.com/orgs/${id}`, sourcedId: id, type: 'org' });
const user = (id: string) => ({ href: `https://elsewhere.example.com/users/${id}`, sourcedId: id, type: 'user' });
const stamp = { status: 'active', dateLastModified: '2026-08-01T19:35:01.000Z' };

const person = (id: string, givenName: string, familyName: string, role: string, more: object) => ({
  sourcedId: id,
  ...stamp,
  username: givenName.toLowerCase(),
  userIds: [],
  enabledUser: 'true',
  givenName,
  familyName,
  middleName: '',
  role,
  identifier: '',
  email: '',
  sms: '',
  phone: '',
  agents: [],
  orgs: [org('S1')],
  grades: [],
  password: '',
  ...more,
});

const member = (id: string, classId: string, userId: string, role: string, more: object = {}) => ({
  sourcedId: id,
  ...stamp,
  class: { sourcedId: classId, type: 'class', href: '' },
  user: user(userId),
  school: org('S1'),
  role,
  primary: 'false',
  beginDate: '2026-08-17',
  endDate: '2027-06-01',
  ...more,
});

export const restDistrict = {
  orgs: [
    { sourcedId: 'D1', ...stamp, name: 'Example District', type: 'district', identifier: '', children: [org('S1')] },
    { sourcedId: 'S1', ...stamp, name: 'Elm School', type: 'school', identifier: '0042', parent: org('D1') },
    { sourcedId: 'S2', ...stamp, name: 'Oak School', type: 'school', identifier: '', parent: {} },
  ],
  academicSessions: [
    {
      sourcedId: 'FY',
      ...stamp,
      title: 'Year',
      type: 'schoolYear',
      startDate: '2026-08-17',
      endDate: '2027-06-01',
      schoolYear: '2027',
    },
  ],
  courses: [
    {
      sourcedId: 'SCI',
      ...stamp,
      title: 'Science',
      courseCode: 'SCI-5',
      grades: ['05'],
      subjects: [],
      org: org('D1'),
    },
  ],
  classes: [
    {
      sourcedId: 'C1',
      ...stamp,
      title: 'Sci5 (Sci5)',
      classCode: '007',
      classType: 'scheduled',
      location: '201',
      grades: ['05', '11'],
      subjects: ['Science'],
      course: { sourcedId: 'SCI', type: 'course' },
      school: org('S1'),
      terms: [{ sourcedId: 'FY', type: 'term' }],
      subjectCodes: [],
      periods: ['3', '4'],
      resources: [],
    },
    { sourcedId: 'C2', ...stamp, title: '', grades: [], school: org('S2'), terms: [], periods: [], subjects: [] },
  ],
  users: [
    person('G1', 'Gail', 'Example', 'parent', { sms: '+1 202 555 0101', phone: '', agents: [user('U1')] }),
    person('T1', 'Terry', 'Example', 'teacher', {
      email: 'terry@example.com',
      phone: '202 555 0100',
      orgs: [org('S1'), org('S2')],
      enabledUser: 'false',
    }),
    person('U1', 'Uma', 'Example', 'student', {
      middleName: 'May',
      identifier: '22222',
      userIds: [
        { type: 'Fed', identifier: '12345' },
        { type: 'StateID', identifier: '0099' },
      ],
      grades: ['05'],
    }),
    person('U2', 'Udo', 'Example', 'student', {
      agents: [user('G1'), user('T1'), user('G-unshared')],
      status: 'active',
    }),
  ],
  enrollments: [
    member('E1', 'C1', 'U1', 'student'),
    member('E2', 'C1', 'U2', 'student', { status: 'tobedeleted' }),
    member('E3', 'C1', 'T1', 'teacher', { primary: 'true' }),
  ],
};

const on = 'active,2026-08-01T19:35:01.000Z';

export const csvDistrict: Readonly<Record<string, string>> = {
  'manifest.csv': [
    'propertyName,value',
    'manifest.version,1.0',
    'oneroster.version,1.1',
    ...['academicSessions', 'classes', 'courses', 'enrollments', 'orgs', 'users'].map((name) => `file.${name},bulk`),
    'file.demographics,absent',
  ].join('\r\n'),
  'orgs.csv': [
    'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId,metadata.city',
    `S2,${on},Oak School,school,,,Elmtown`,
    `D1,${on},Example District,district,,,`,
    `S1,${on},Elm School,school,0042,D1,Elmtown`,
  ].join('\n'),
  'academicSessions.csv': [
    'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear',
    `FY,${on},Year,schoolYear,8/17/2026,6/1/2027,,2027`,
  ].join('\n'),
  'courses.csv': [
    'sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes',
    `SCI,${on},FY,Science,SCI-5,05,D1,,`,
  ].join('\n'),
  'classes.csv': [
    'sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods',
    `C2,${on},,,,,,,S2,,,,`,
    `C1,${on},Sci5 (Sci5),"05, 11",SCI,007,scheduled,201,S1,FY,Science,,"3,4"`,
  ].join('\n'),
  'users.csv': [
    'sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password',
    `U2,${on},true,S1,student,udo,,Udo,Example,,,,,,"G1,T1, G-unshared",,`,
    `U1,${on},TRUE,S1,student,uma,"{Fed:12345},{StateID:0099}",Uma,Example,May,22222,,,,,05,`,
    `T1,${on},false,"S1,S2",teacher,terry,,Terry,Example,,,terry@example.com,,202 555 0100,,,`,
    `G1,${on},1,S1,parent,gail,,Gail,Example,,,,+1 202 555 0101,,U1,,secret`,
  ].join('\n'),
  'enrollments.csv': [
    'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
    `E3,${on},C1,S1,T1,teacher,true,2026-08-17,2027-06-01`,
    'E2,toBeDeleted,2026-08-01T19:35:01.000Z,C1,S1,U2,student,false,2026-08-17,2027-06-01',
    `E1,${on},C1,S1,U1,student,,2026-08-17,2027-06-01`,
  ].join('\n'),
};
