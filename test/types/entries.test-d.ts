import type * as classlink from 'rosterkit/classlink';
import type * as clever from 'rosterkit/clever';
import type * as oneroster from 'rosterkit/oneroster';
import { describe, expectTypeOf, test } from 'vitest';

/** A program that emits declarations must be able to name what it got from one entry alone. */
describe('an entry names all that it gives', () => {
  test('the lists and the rosters of Clever', () => {
    type Users = ReturnType<clever.CleverClient['users']['list']>;
    expectTypeOf<Users>().toEqualTypeOf<clever.Paged<clever.CleverUser>>();
    type Source = ReturnType<typeof clever.cleverSource>;
    expectTypeOf<Source>().toExtend<clever.RosterSource>();
    expectTypeOf<ReturnType<Source['read']>>().resolves.toEqualTypeOf<clever.Roster>();
    expectTypeOf<ReturnType<Source['readSince']>>().resolves.toEqualTypeOf<clever.RosterDelta>();
    expectTypeOf<ReturnType<typeof clever.cleverPreflight>>().resolves.toEqualTypeOf<clever.Preflight>();
  });

  test('the lists and the rosters of OneRoster', () => {
    const page = {} as oneroster.Page<oneroster.OneRosterUser>;
    expectTypeOf(page.rejected).toEqualTypeOf<readonly oneroster.RejectedItem[] | undefined>();
    const list = (client: oneroster.OneRosterClient) => client.classes.list();
    expectTypeOf(list).returns.toEqualTypeOf<oneroster.Paged<oneroster.OneRosterClass>>();
    expectTypeOf(list)
      .returns.toHaveProperty('toArray')
      .parameter(0)
      .toEqualTypeOf<oneroster.ToArrayOptions | undefined>();
    expectTypeOf<oneroster.PageOptions['after']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<oneroster.RequestRetry['attempt']>().toEqualTypeOf<number>();
    type Source = ReturnType<typeof oneroster.oneRosterSource>;
    expectTypeOf<Source>().toExtend<oneroster.RosterSource>();
    expectTypeOf<ReturnType<Source['read']>>().resolves.toEqualTypeOf<oneroster.Roster>();
    expectTypeOf<ReturnType<Source['readSince']>>().resolves.toEqualTypeOf<oneroster.RosterDelta>();
    expectTypeOf<ReturnType<typeof oneroster.oneRosterPreflight>>().resolves.toEqualTypeOf<oneroster.Preflight>();
  });

  test('the lists and the rosters of ClassLink, with the records of OneRoster', () => {
    const list = (client: classlink.ClassLinkClient) => client.orgs.list();
    expectTypeOf(list).returns.toEqualTypeOf<classlink.Paged<classlink.OneRosterOrg>>();
    const page = {} as classlink.Page<classlink.ClassLinkApplication>;
    expectTypeOf(page.rejected).toEqualTypeOf<readonly classlink.RejectedItem[] | undefined>();
    type Source = ReturnType<typeof classlink.classlinkSource>;
    expectTypeOf<Source>().toEqualTypeOf<classlink.OneRosterSource>();
    expectTypeOf<ReturnType<Source['read']>>().resolves.toEqualTypeOf<classlink.Roster>();
    expectTypeOf<ReturnType<Source['readSince']>>().resolves.toEqualTypeOf<classlink.RosterDelta>();
    expectTypeOf<ReturnType<typeof classlink.classlinkPreflight>>().resolves.toEqualTypeOf<classlink.Preflight>();
    expectTypeOf<ReturnType<typeof classlink.bearer>>().toEqualTypeOf<classlink.OneRosterAuth>();
  });
});
