/**
 * A property that cannot fail proves nothing. Here the engine is broken on purpose, twice for each promise, and the
 * promise's property must notice.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROMISES, scenarios, Statistics, type PromisedEngine } from './promises.js';

interface Break {
  readonly promise: number;
  /** What the broken engine does. */
  readonly name: string;
  /** Within the engine's folder. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const BREAKS: readonly Break[] = [
  {
    promise: 1,
    name: 'forgets which values of a person it wrote last',
    file: 'rules/users.ts',
    find: 'if (isSame(value, synced === undefined ? local[field] : synced[field])) continue;',
    replace: '',
  },
  {
    promise: 1,
    name: 'judges a rename against the local name',
    file: 'rules/classes.ts',
    find: 'if (name !== (local.synced?.name ?? local.name)) {',
    replace: 'if (name !== local.name) {',
  },
  {
    promise: 2,
    name: 'takes the classes in the order in which they come',
    file: 'reading/feed.ts',
    find: "once('class', inOrder(roster.classes, bySourcedId), notes)",
    replace: "once('class', roster.classes, notes)",
  },
  {
    promise: 2,
    name: 'takes the enrollments in the order in which they come',
    file: 'reading/feed.ts',
    find: 'inOrder(roster.enrollments, byClassAndUser)',
    replace: 'roster.enrollments',
  },
  {
    promise: 3,
    name: 'brings back members whom a person removed',
    file: 'rules/members.ts',
    find: "else if (local.by === 'user') this.removedByHand(row, local);",
    replace: '',
  },
  {
    promise: 3,
    name: 'brings back classes that a person archived',
    file: 'rules/classes.ts',
    find: "return unarchive === 'always' || local.by === 'sync';",
    replace: 'return true;',
  },
  {
    promise: 4,
    name: 'remembers nothing of an undo',
    file: 'undo.ts',
    find: 'suppressions: [...suppressions, ...this.added]',
    replace: 'suppressions',
  },
  {
    promise: 4,
    name: 'takes fields back that were edited since',
    file: 'undo.ts',
    find: '!isSame(present[field] ?? null, written[field] ?? null);\n      if (isKept) {',
    replace: 'false;\n      if (isKept && !STATE_FIELDS.includes(field)) {',
  },
  {
    promise: 5,
    name: 'removes members without Full Data',
    file: 'rules/members.ts',
    find: 'if (!policy.fullData || isRestricted || !handlesMember[local.role]) return false;',
    replace: 'if (isRestricted || !handlesMember[local.role]) return false;',
  },
  {
    promise: 5,
    name: 'takes an empty feed at its word',
    file: 'rules/empty-kinds.ts',
    find: 'for (const [kind, roles] of NEEDED) {',
    replace: 'kinds.length = 0;\n  for (const [kind, roles] of NEEDED) {',
  },
  {
    promise: 6,
    name: 'takes every school for one of its own',
    file: 'context.ts',
    find: 'return (schoolSourcedId) => schoolSourcedId !== undefined && schools.has(schoolSourcedId);',
    replace: 'return () => schools.size > 0;',
  },
  {
    promise: 6,
    name: 'moves a class across the border of the scope',
    file: 'rules/classes.ts',
    find: 'if (isFeedInScope !== isLocalInScope) {',
    replace: 'if (isFeedInScope !== isLocalInScope && section.sourcedId === "") {',
  },
  {
    promise: 7,
    name: 'never restores a member',
    file: 'rules/members.ts',
    find: "else this.restore(row, local, 'M5');",
    replace: '',
  },
  {
    promise: 7,
    name: 'never brings a class back',
    file: 'rules/classes.ts',
    find: "return unarchive === 'always' || local.by === 'sync';",
    replace: 'return false;',
  },
  {
    promise: 8,
    name: 'takes members of known persons for unchanged',
    file: 'rules/members.ts',
    find: "if (!this.context.handlesMember[row.role] || person === 'frozen') return;\n    this.additions",
    replace: 'if (this.people.localOf(row.userSourcedId) !== undefined) return;\n    this.additions',
  },
  {
    promise: 8,
    name: 'does not find persons who are known already',
    file: 'passes/people.ts',
    find: "return this.isFrozen(sourcedId) ? 'frozen' : 'known';",
    replace:
      "return this.isFrozen(sourcedId) ? 'frozen' : this.arrivalOf(sourcedId) === undefined ? 'missing' : 'known';",
  },
  {
    promise: 9,
    name: 'lets incumbents lose their names',
    file: 'passes/class-pass.ts',
    find: 'this.names.keep(decision, local, section);',
    replace: '',
  },
  {
    promise: 9,
    name: 'takes the persons in the order in which they come',
    file: 'reading/feed.ts',
    find: "once('user', inOrder(roster.users, bySourcedId), notes)",
    replace: "once('user', roster.users, notes)",
  },
  {
    promise: 10,
    name: 'adds a new person to classes only in the plan that creates them',
    file: 'rules/members.ts',
    find: "if (!this.context.handlesMember[row.role] || person === 'frozen') return;\n    this.additions",
    replace: 'if (this.people.localOf(row.userSourcedId) !== undefined) return;\n    this.additions',
  },
  {
    promise: 10,
    name: 'forgets what a person has released when the run breaks off',
    file: 'gates/latches.ts',
    find: 'return approved.size === 0 ? keys : keys.filter((key) => !approved.has(key));',
    replace: 'return keys;',
  },
  {
    promise: 11,
    name: 'keeps the pairs of what is gone',
    file: 'fold-delta.ts',
    find: "return delta.removals === 'hint' ? [] : delta[owners].deleted;",
    replace: 'return delta[owners].deleted.slice(0, 0);',
  },
  {
    promise: 11,
    name: 'takes what is told in full for an addition',
    file: 'fold-delta.ts',
    find: 'return !owners.has(owner) && othersOf.get(owner)?.has(other) !== true;',
    replace: 'return othersOf.get(owner)?.has(other) !== true;',
  },
  {
    promise: 13,
    name: 'creates classes from a truncated list',
    file: 'passes/class-pass.ts',
    find: 'if (!context.isInScope(section.schoolSourcedId) || context.isRestricted || !context.handlesClasses) return;',
    replace: 'if (!context.isInScope(section.schoolSourcedId) || !context.handlesClasses) return;',
  },
  {
    promise: 13,
    name: 'takes the members away whom a truncated list lacks',
    file: 'rules/members.ts',
    find: 'if (!policy.fullData || isRestricted || !handlesMember[local.role]) return false;',
    replace: 'if (!policy.fullData || !handlesMember[local.role]) return false;',
  },
  {
    promise: 14,
    name: 'leaves a person of two schools to the other one',
    file: 'rules/user-fields.ts',
    find: 'return schools.some(context.isInScope);',
    replace: 'return schools.every(context.isInScope);',
  },
  {
    promise: 14,
    name: 'archives in runs of the whole district alone',
    file: 'rules/absent-classes.ts',
    find: 'if (!context.isInScope(local.schoolSourcedId)) return FROZEN;\n  if (local.state',
    replace: 'if (context.local.scope.schools !== undefined) return FROZEN;\n  if (local.state',
  },
];

const ENGINE = fileURLToPath(new URL('../../src/engine/', import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rosterkit-broken-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Our engine with one place of its source replaced. */
async function broken({ file, find, replace }: Break, index: number): Promise<PromisedEngine> {
  let replaced = 0;
  const outfile = join(folder, `engine-${String(index)}.mjs`);
  await build({
    entryPoints: [join(ENGINE, 'index.ts')],
    bundle: true,
    format: 'esm',
    outfile,
    plugins: [
      {
        name: 'break',
        setup(hooks) {
          hooks.onLoad({ filter: /src\/engine\/.+\.ts$/ }, async ({ path }) => {
            const source = await readFile(path, 'utf8');
            if (path !== join(ENGINE, file)) return { contents: source, loader: 'ts' };
            replaced += source.split(find).length - 1;
            return { contents: source.replace(find, () => replace), loader: 'ts' };
          });
        },
      },
    ],
  });
  expect(replaced, `places in ${file} that read: ${find}`).toBe(1);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  return (await import(pathToFileURL(outfile).href)) as PromisedEngine;
}

describe('an engine broken on purpose is caught', () => {
  it.each(BREAKS.map((each, index) => ({ ...each, index })))(
    'by promise $promise when it $name',
    { timeout: 240_000 },
    async ({ index, ...each }) => {
      const engine = await broken(each, index);
      const { check, narrow } = PROMISES.find(({ number }) => number === each.promise) as (typeof PROMISES)[number];
      const property = fc.asyncProperty(narrow === undefined ? scenarios : scenarios.map(narrow), (scenario) =>
        check(engine, scenario, new Statistics()),
      );
      const result = await fc.check(property, { numRuns: 2_000, seed: 42, endOnFailure: true });
      expect(result.failed, 'the property noticed').toBe(true);
    },
  );

  it('twice for each promise', () => {
    for (const { number } of PROMISES) {
      expect(
        BREAKS.filter(({ promise }) => promise === number).length,
        `promise ${String(number)}`,
      ).toBeGreaterThanOrEqual(2);
    }
  });
});
