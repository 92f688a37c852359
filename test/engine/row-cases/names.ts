import { attested, localClass, section, teacher, teaching } from '../../support/build.js';
import { classWith, hostOf, merge, mergeHosts } from '../../support/rows.js';
import { BY_SYNC } from '../explain-scene.js';
import { caseOf, row, type RowCase } from './row-case.js';

/** A section of one name without people. */
const math = (sourcedId: string, name = 'Math') => classWith(sourcedId, { name, students: [], teachers: [] });

/** Rows D. */
export const names: readonly RowCase[] = [
  row('D1', 'two new sections have one name', (isHit) => ({
    feed: merge(math('c1'), math('c2', isHit ? 'Math' : 'Art')),
  })),
  row(
    'D2',
    'who bears the name is here already',
    (isHit) => ({ feed: merge(math('c1'), math('c2')), host: isHit ? hostOf(math('c1')) : {} }),
    { class: 'c2' },
  ),
  row(
    'D3',
    'who bore the name is proven to be gone',
    (isHit) => ({
      feed: { ...math('c2'), attestation: attested({}, { allSchools: isHit }) },
      host: hostOf(math('c1')),
      policy: { fullData: true },
    }),
    { class: 'c1' },
  ),
  row('D4', 'another class bears the name by now', (isHit) => ({
    feed: merge(math('c1'), math('c2', isHit ? 'Math' : 'Art')),
    host: mergeHosts(hostOf(math('c1'), { classes: { c1: BY_SYNC } }), hostOf(math('c2', isHit ? 'Math' : 'Art'))),
  })),
  row('D5', 'the setting asks for distinct names', (isHit) => ({
    feed: merge({ users: [teacher('t')] }, math('c1'), math('c2'), { enrollments: [teaching('c2', 't')] }),
    policy: { classes: { duplicateNames: isHit ? 'disambiguate' : 'all' } },
  })),
  caseOf('D6', 'LOCAL_DUPLICATE', 'the host has two classes of one id', (isHit) => ({
    feed: math('c1'),
    host: mergeHosts(hostOf(math('c1')), { classes: [localClass(isHit ? 'c1' : 'c2', { id: 'second' })] }),
  })),
  row('D6', 'the two records of one id differ', (isHit) => ({
    feed: { classes: [section('c1', { name: 'A' }), section('c1', { name: isHit ? 'B' : 'A' })] },
  })),
];
