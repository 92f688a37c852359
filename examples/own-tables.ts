/**
 * `npx tsx examples/own-tables.ts`: a school app with tables of its own (groups, accounts, members, families) is put in step
 * with a simulated district: a preview, an import, a change by hand, a second import and its undo.
 *
 * `own-tables/tables.ts` has the app's tables, `own-tables/school-store.ts` the store over them, `own-tables/statements.ts` its SQL.
 */

import { PGlite } from '@electric-sql/pglite';
import { CleverClient, cleverSource, Directory, RosterSync, type Plan, type RunReport } from 'rosterkit';
import { districtRoster, evolve, FixedClock, generateDistrict, simulateClever } from 'rosterkit/testing';
import { SchoolStore } from './own-tables/school-store.js';
import { SCHEMA } from './own-tables/tables.js';
import { namesFrom } from './quickstart/names.js';
import { heading, say, showPlan, showRun } from './quickstart/screen.js';

const DISTRICT = 'cedar-valley';
const scope = { tenant: DISTRICT };

const database = await PGlite.create();
const district = generateDistrict({ seed: 7, schools: 1, students: 60, name: 'Cedar Valley' });
const clever = await simulateClever(district, { token: 'demo-token' });

heading('The app before any roster');
await database.exec(SCHEMA);
await database.query(`INSERT INTO groups (district, id, title) VALUES ($1, 'chess', 'Chess club')`, [DISTRICT]);
await database.query(
  `INSERT INTO accounts (district, id, roles, first_name, last_name, login)
   VALUES ($1, 'a-1', '{teacher}', 'Ida', 'Novak', 'ida@school.example')`,
  [DISTRICT],
);
await database.query(
  `INSERT INTO group_members (district, id, group_id, account_id, role) VALUES ($1, 'm-1', 'chess', 'a-1', 'teacher')`,
  [DISTRICT],
);
await showTables();

const store = new SchoolStore(database);
await store.migrate();
const client = new CleverClient({ token: 'demo-token', baseUrl: clever.url, allowInsecureHosts: [clever.host] });
const sync = new RosterSync({
  source: cleverSource(client),
  store,
  scope,
  policy: { fullData: true, archive: true },
  steps: ['classes', 'teachers', 'students', 'guardians'],
  clock: new FixedClock('2026-09-01T06:00:00Z'),
});

heading('A preview of the first import');
const plan = await sync.plan();
await show(plan);

heading('Applying it: the app’s tables and rosterkit’s journal in one transaction for each batch');
showRun(await sync.apply(plan, { acknowledge: plan.hash, by: 'you' }));
await showTables();

heading('A teacher renames a group');
const { rows: groups } = await database.query<{ id: string; title: string }>(
  'SELECT id, title FROM groups WHERE district = $1 AND roster_id IS NOT NULL ORDER BY title, id LIMIT 1',
  [DISTRICT],
);
const [group] = groups;
if (group === undefined) throw new Error('the import brought no group');
await new Directory({ store, scope }).renameClass(group.id, `${group.title} with Ida`, { by: 'a-1' });
say(`  “${group.title}” is now “${group.title} with Ida”, and no sync takes that back.`);

heading('A week later: some moved, some came, some left');
clever.setDistrict(evolve(district, { seed: 3, moves: 2, arrivals: 2, withdrawals: 1, renames: 1 }));
const weekly = await sync.plan();
await show(weekly);
const run: RunReport = await sync.apply(weekly, { acknowledge: weekly.hash, by: 'you' });
showRun(run);
await showTables();

heading('On second thoughts: undo that week');
showRun(await sync.undo(run.id, { by: 'you' }));
await showTables();
const { rows: kept } = await database.query<{ title: string }>(
  'SELECT title FROM groups WHERE district = $1 AND id = $2',
  [DISTRICT, group.id],
);
say(`  The renamed group is still “${kept[0]?.title ?? ''}”.`);

await clever.close();
await database.close();

/** How full the app's tables are, asked in the app's own SQL. */
async function showTables(): Promise<void> {
  const { rows } = await database.query<{ what: string; active: number; other: number }>(
    `SELECT what, count(*) FILTER (WHERE status = 'active') AS active, count(*) FILTER (WHERE status <> 'active') AS other
     FROM (SELECT 1 AS nth, 'groups' AS what, status FROM groups WHERE district = $1
       UNION ALL SELECT 2, 'accounts', status FROM accounts WHERE district = $1
       UNION ALL SELECT 3, 'group_members', status FROM group_members WHERE district = $1
       UNION ALL SELECT 4, 'family', status FROM family WHERE district = $1) AS every
     GROUP BY nth, what ORDER BY nth`,
    [DISTRICT],
  );
  for (const { what, active, other } of rows) {
    const rest = other === 0 ? '' : `, ${String(other)} archived, closed or removed`;
    say(`  ${what.padEnd(14)} ${String(active)} active${rest}`);
  }
}

async function show(of: Plan): Promise<void> {
  showPlan(of, namesFrom(districtRoster(clever.district), await store.load(scope)));
}
