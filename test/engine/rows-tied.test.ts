import { describe, expect, it } from 'vitest';
import type { LocalUser } from '../../src/model/index.js';
import { localUser, SCOPE, teacher } from '../support/build.js';
import { Host } from '../support/host.js';
import { changeLines, people } from '../support/rows.js';

const TINA = teacher('t', { username: 'tina.lee' });

/** Tina as people had made her, and as somebody tied her to the roster by hand: no sync has written anything yet. */
const TIED: LocalUser = {
  ...localUser(TINA, { id: 'tina', origin: 'linked', username: 'tlee', roles: ['administrator', 'teacher'] }),
  givenName: 'T.',
  schoolSourcedIds: ['s1', 's9'],
};

function hostWithTina(): Host {
  const host = new Host();
  const { synced: _synced, ...tied } = TIED;
  host.store.seed(SCOPE, { users: [tied] });
  return host;
}

async function tinaOf(host: Host): Promise<LocalUser | undefined> {
  return (await host.load()).users.find(({ id }) => id === 'tina');
}

describe('a person whom people had made and tied to the roster (K13, U16)', () => {
  it('is written about as a whole the first time, so that the next plan finds nothing', async () => {
    const host = hostWithTina();
    expect(changeLines(await host.run(people(TINA)))).toContain('user-update t F1 CONTACT_CHANGED');
    expect(await tinaOf(host)).toMatchObject({
      givenName: 'Given-t',
      synced: { givenName: 'Given-t', familyName: 'Family-t', roles: ['teacher'], schoolSourcedIds: ['s1'] },
    });
    expect((await host.run(people(TINA))).changes).toEqual([]);
  });

  it('keeps the roles, schools and user name that people gave them', async () => {
    const host = hostWithTina();
    await host.run(people(TINA));
    expect(await tinaOf(host)).toMatchObject({
      roles: ['administrator', 'teacher'],
      schoolSourcedIds: ['s1', 's9'],
      username: 'tlee',
    });
    await host.run(people({ ...TINA, schoolSourcedIds: ['s2'], username: 'other' }));
    expect(await tinaOf(host)).toMatchObject({ schoolSourcedIds: ['s2', 's9'], username: 'tlee' });
  });
});
