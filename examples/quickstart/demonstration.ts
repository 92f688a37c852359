/** The tour: two simulated districts, and a school year in the life of a sync. */

import { writeFile } from 'node:fs/promises';
import {
  ClassLinkClient,
  CleverClient,
  classlinkSource,
  cleverSource,
  foldDelta,
  MemoryMailer,
  RosterSync,
  type CleverSource,
  type Clock,
  type Plan,
  type RosterSource,
} from 'rosterkit';
import {
  evolve,
  generateDistrict,
  rollover,
  simulateClassLink,
  simulateClever,
  withClass,
  type District,
  type SimulatedService,
} from 'rosterkit/testing';
import { renderHtml } from 'rosterkit/report';
import type { PostgresStore } from 'rosterkit/postgres';
import { openDatabase } from './database.js';
import { namesFrom } from './names.js';
import { applyVisibly, heading, planVisibly, say, showPlan, showPreflight, showRun, working } from './screen.js';

/** In the first week of the simulated school year, and then in the first week of the next. */
const THIS_YEAR = new Date('2026-09-01T06:00:00Z');
const NEXT_YEAR = new Date('2027-09-01T06:00:00Z');

export async function demonstrate(): Promise<void> {
  say('rosterkit: a tour with two simulated school districts. Nobody in them is real.');
  const database = await openDatabase('demonstration', { fresh: true });
  const clever = await simulateClever(generateDistrict({ seed: 7, students: 160, name: 'Cedar Valley' }), {
    token: 'demo-token',
  });
  const classLink = await simulateClassLink(generateDistrict({ seed: 11, students: 120, name: 'Bay Shore' }), {
    key: 'demo-key',
    secret: 'demo-secret',
  });
  try {
    const tour = new Tour(database.store, database.folder);
    const cedarValley = cleverOf(clever);
    heading('Before anything is imported: what does Cedar Valley share?');
    showPreflight(await working('Looking at its lists', () => cedarValley.preflight()));
    await tour.firstImport('Cedar Valley shares its roster by Clever', 'cedar-valley', clever, cedarValley);
    await tour.firstImport('Bay Shore shares its roster by ClassLink', 'bay-shore', classLink, classLinkOf(classLink));
    await tour.nothingToDo('cedar-valley', clever);
    await readOnlyWhatChanged(cedarValley, clever);
    await tour.newSchoolYear('cedar-valley', clever);
    heading('What next');
    say('  The state is kept in .rosterkit/demonstration. Your own district, read-only until you say --apply:');
    say('    CLEVER_TOKEN=… npm start                 (with -- --check: only what it shares)');
    say('    CLASSLINK_TENANT_ID=… CLASSLINK_CLIENT_ID=… CLASSLINK_SECRET_KEY=… CLASSLINK_SERVER_URL=… npm start');
    say('    npm start -- --csv <folder or zip of a OneRoster bundle>');
  } finally {
    await Promise.all([clever.close(), classLink.close()]);
    await database.close();
  }
}

function cleverOf(service: SimulatedService): CleverSource {
  return cleverSource(
    new CleverClient({ token: 'demo-token', baseUrl: service.url, allowInsecureHosts: [service.host] }),
  );
}

function classLinkOf(service: SimulatedService): RosterSource {
  const client = new ClassLinkClient({
    tenantId: '2222',
    clientId: 'demo-key',
    secretKey: 'demo-secret',
    serverUrl: service.url,
    allowInsecureHosts: [service.host],
    allowedHosts: ['127.0.0.1'],
  });
  return classlinkSource(client);
}

/** Clever's events tell what changed, and the roster of now is made of them. */
async function readOnlyWhatChanged(source: CleverSource, service: SimulatedService): Promise<void> {
  heading('A week later: reading only what changed');
  const scope = { tenant: 'cedar-valley' };
  const before = await working('Reading everything, once', () => source.read(scope));
  const { cursor } = before;
  if (cursor === undefined) throw new Error('a complete read of Clever has a cursor');
  service.setDistrict(evolve(service.district, { seed: 3, moves: 3, renames: 1 }));
  const requests = service.requests;
  const delta = await working('Reading Clever’s events since then', () => source.readSince(cursor, scope));
  const now = foldDelta(before, delta);
  if (delta.kind === 'whole') return;
  say(
    `  ${String(delta.classes.changed.length)} classes and ${String(delta.users.changed.length)} people changed, ` +
      `told in ${String(service.requests - requests)} requests; the roster of now has ${String(now.users.length)} people.`,
  );
}

class Tour {
  private now = THIS_YEAR;
  private readonly clock: Clock = { now: () => this.now };
  private readonly mailer = new MemoryMailer();
  private readonly syncs = new Map<string, RosterSync>();

  constructor(
    private readonly store: PostgresStore,
    private readonly folder: string,
  ) {}

  async firstImport(title: string, tenant: string, service: SimulatedService, source: RosterSource): Promise<void> {
    heading(title);
    const sync = new RosterSync({
      source,
      store: this.store,
      mailer: this.mailer,
      scope: { tenant },
      policy: { fullData: true, archive: true },
      clock: this.clock,
    });
    this.syncs.set(tenant, sync);
    say(`  ${sizes(service.district)}`);
    const plan = await planVisibly(sync, 'Reading the roster and planning; nothing is written yet');
    await this.show(tenant, plan, service.district);
    showRun(await applyVisibly(sync, 'Applying the plan', () => sync.apply(plan, { by: 'you' })));
    const [invitation] = this.mailer.messages;
    if (invitation !== undefined) {
      say(`  The first of ${String(this.mailer.messages.length)} invitations so far: “${invitation.subject}”`);
    }
    const guardians = await planVisibly(sync, 'The second step of an import: guardians', { steps: ['guardians'] });
    await this.show(tenant, guardians, service.district);
    showRun(await applyVisibly(sync, 'Applying the plan', () => sync.apply(guardians, { by: 'you' })));
  }

  async nothingToDo(tenant: string, service: SimulatedService): Promise<void> {
    heading('The next night: the same roster again');
    const plan = await planVisibly(this.sync(tenant), 'Reading and planning');
    await this.show(tenant, plan, service.district);
  }

  async newSchoolYear(tenant: string, service: SimulatedService): Promise<void> {
    const sync = this.sync(tenant);
    const lastYear = service.district;
    this.now = NEXT_YEAR;
    heading('A year later: new classes, seniors gone, everyone moved up');
    service.setDistrict(rollover(lastYear, { seed: 8 }));
    const plan = await planVisibly(sync, 'Reading and planning with Full Data and Archive');
    await this.show(tenant, plan, service.district);
    await this.report(tenant, plan);
    say(
      '  Taking away this much is held until a person who has read the plan says yes: acknowledge = the plan’s hash.',
    );
    const run = await applyVisibly(sync, 'Applying the acknowledged plan', () =>
      sync.apply(plan, { acknowledge: plan.hash, by: 'you' }),
    );
    showRun(run);

    heading('One of last year’s classes reappears');
    const [returning] = lastYear.classes;
    if (returning !== undefined) {
      const present = new Set(service.district.students.map(({ id }) => id));
      const studentIds = returning.studentIds.filter((id) => present.has(id));
      service.setDistrict(withClass(service.district, { ...returning, studentIds }));
      const back = await planVisibly(sync, 'Reading and planning');
      await this.show(tenant, back, service.district);
      const revived = await applyVisibly(sync, 'Applying the plan', () =>
        sync.apply(back, { acknowledge: back.hash, by: 'you' }),
      );
      showRun(revived);
      heading('On second thoughts: undo both');
      showRun(await applyVisibly(sync, 'Undoing the return of the class', () => sync.undo(revived.id, { by: 'you' })));
    }
    showRun(await applyVisibly(sync, 'Undoing the new school year', () => sync.undo(run.id, { by: 'you' })));
    const after = await planVisibly(sync, 'Reading the same roster again');
    await this.show(tenant, after, service.district);
    say('  What was undone stays undone as long as the district’s data stays the same.');
  }

  /** The page that an administrator reads before a decision. */
  private async report(tenant: string, plan: Plan): Promise<void> {
    const scope = { tenant };
    const file = `${this.folder}-report.html`;
    const [local, runs] = [await this.store.load(scope), await this.store.runs(scope)];
    await writeFile(file, renderHtml({ plan, local, runs }));
    say(`  The same for people to read, in a browser or on paper: ${file}`);
  }

  private async show(tenant: string, plan: Plan, district: District): Promise<void> {
    const local = await this.store.load({ tenant });
    const users = [...district.students, ...district.teachers, ...district.staff, ...district.guardians];
    const known = {
      schools: district.schools.map(({ id, name }) => ({ sourcedId: id, name })),
      classes: district.classes.map(({ id, name }) => ({ sourcedId: id, name, schoolSourcedId: '' })),
      users: users.map(({ id, givenName, familyName }) => ({
        sourcedId: id,
        givenName,
        familyName,
        roles: [],
        schoolSourcedIds: [],
      })),
    };
    showPlan(plan, namesFrom(known, local));
  }

  private sync(tenant: string): RosterSync {
    const sync = this.syncs.get(tenant);
    if (sync === undefined) throw new Error(`no sync for ${tenant} yet`);
    return sync;
  }
}

function sizes(district: District): string {
  const { schools, classes, students, teachers, guardians } = district;
  return [
    `${String(schools.length)} schools`,
    `${String(classes.length)} classes`,
    `${String(students.length)} students`,
    `${String(teachers.length)} teachers`,
    `${String(guardians.length)} guardians`,
  ].join(', ');
}
