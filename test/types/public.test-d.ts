import {
  type Change,
  type ClassChange,
  CleverClient,
  type CleverClientOptions,
  definePolicy,
  type EnrollmentChange,
  type Fields,
  type LocalClass,
  type Plan,
  type PolicyInput,
  reconcile,
  type Roster,
  RosterError,
  type RosterRead,
  type RosterStore,
  type RosterSync,
  type Scope,
} from 'rosterkit';
import type { CleverUser } from 'rosterkit/clever';
import type { MemoryStore } from 'rosterkit/memory';
import type { PostgresStore } from 'rosterkit/postgres';
import { describe, expectTypeOf, test } from 'vitest';

describe('what a reader may rely on', () => {
  test('the kind of a change tells what it writes', () => {
    const change = {} as Change;
    if (change.kind === 'class-archive') expectTypeOf(change).toEqualTypeOf<ClassChange>();
    if (change.kind === 'enrollment-remove') expectTypeOf(change).toEqualTypeOf<EnrollmentChange>();
    expectTypeOf<ClassChange['after']>().toEqualTypeOf<Fields<LocalClass> | null>();
  });

  test('a plan is read, not edited', () => {
    const plan = {} as Plan;
    // @ts-expect-error -- readonly
    plan.hash = '';
    // @ts-expect-error -- readonly
    plan.changes = [];
  });

  test('an error is known by its brand', () => {
    const error: unknown = undefined;
    if (RosterError.isInstance(error)) expectTypeOf(error).toEqualTypeOf<RosterError>();
  });

  test('a policy names settings that exist', () => {
    expectTypeOf({ fullData: true, classes: { duplicateNames: 'all' } } as const).toExtend<PolicyInput>();
    // @ts-expect-error -- no such setting
    definePolicy({ fulldata: true });
    // @ts-expect-error -- no such value
    definePolicy({ unarchive: 'sometimes' });
  });

  test('a list gives its records one by one', async () => {
    const client = new CleverClient({} as CleverClientOptions);
    for await (const user of client.users.list({ role: 'student' })) expectTypeOf(user).toEqualTypeOf<CleverUser>();
    // Awaiting a list would hide its second page.
    expectTypeOf(client.users.list()).not.toHaveProperty('then');
  });

  test('a scope of all schools may say so', () => {
    const right = {} as { schools: 'all' | readonly string[] };
    const schools = right.schools === 'all' ? undefined : right.schools;
    expectTypeOf({ tenant: 'district-1', schools }).toExtend<Scope>();
  });

  test('the engine answers at once', () => {
    expectTypeOf(reconcile).returns.toEqualTypeOf<Plan>();
    expectTypeOf<RosterSync['plan']>().returns.resolves.toEqualTypeOf<Plan>();
  });

  test('a roster in memory is one that could be read, and both stores are stores', () => {
    expectTypeOf<Roster>().toExtend<RosterRead>();
    expectTypeOf<MemoryStore>().toExtend<RosterStore>();
    expectTypeOf<PostgresStore>().toExtend<RosterStore>();
  });
});
