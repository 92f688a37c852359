/** A real district: reads it, shows the plan, and applies it only when told to. */

import {
  ClassLinkClient,
  CleverClient,
  classlinkSource,
  cleverSource,
  oneRosterCsvSource,
  RosterSync,
  type Collection,
  type Roster,
  type RosterRead,
  type RosterSource,
} from 'rosterkit';
import { openDatabase } from './database.js';
import { namesFrom } from './names.js';
import { applyVisibly, heading, planVisibly, say, showPlan, showPreflight, showRun, working } from './screen.js';

/** Something is missing or wrong on the command line or in the environment. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the command line and the environment ask for. */
export interface Choice {
  readonly title: string;
  /** The name of the database folder, and of the tenant. */
  readonly name: string;
  readonly source: RosterSource;
}

/** The district that the arguments or the environment name; undefined where they name none. */
export function chooseDistrict(csv: string | undefined, environment: NodeJS.ProcessEnv): Choice | undefined {
  if (csv !== undefined) {
    return { title: `The OneRoster bundle in ${csv}`, name: 'csv', source: oneRosterCsvSource(csv) };
  }
  const { CLEVER_TOKEN: token, CLEVER_BASE_URL: baseUrl } = environment;
  if (token !== undefined && token !== '') {
    const client = new CleverClient({ token, ...(baseUrl === undefined || baseUrl === '' ? {} : reachable(baseUrl)) });
    return { title: 'Your district at Clever', name: 'clever', source: cleverSource(client) };
  }
  const names = ['CLASSLINK_TENANT_ID', 'CLASSLINK_CLIENT_ID', 'CLASSLINK_SECRET_KEY', 'CLASSLINK_SERVER_URL'];
  const [tenantId, clientId, secretKey, serverUrl] = names.map((name) => environment[name] ?? '');
  if (!tenantId && !clientId && !secretKey && !serverUrl) return undefined;
  if (!tenantId || !clientId || !secretKey || !serverUrl) {
    const missing = names.filter((name) => (environment[name] ?? '') === '');
    throw new UsageError(`For ClassLink, please also set ${missing.join(', ')}.`);
  }
  const client = new ClassLinkClient({ tenantId, clientId, secretKey, serverUrl });
  return { title: 'Your district at ClassLink', name: 'classlink', source: classlinkSource(client) };
}

/** A server on this machine, such as a simulator, speaks http. */
function reachable(baseUrl: string): { baseUrl: string; allowInsecureHosts?: readonly string[] } {
  if (!/^https?:[/][/]/u.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new UsageError('CLEVER_BASE_URL is a URL such as https://api.clever.com or http://127.0.0.1:8080.');
  }
  const { hostname } = new URL(baseUrl);
  return ['127.0.0.1', 'localhost'].includes(hostname) ? { baseUrl, allowInsecureHosts: [hostname] } : { baseUrl };
}

/** Looks at what the district shares; needs no database. Says whether it can be imported. */
export async function checkOwnDistrict(choice: Choice | undefined): Promise<boolean> {
  if (choice === undefined) {
    throw new UsageError('--check looks at your own district: please set CLEVER_TOKEN to its token.');
  }
  const { title, source } = choice;
  heading(title);
  const check = source.preflight?.bind(source);
  if (check === undefined) throw new UsageError(`--check is for Clever: ${source.provider} tells nothing beforehand.`);
  const preflight = await working('Looking at what the district shares', () => check());
  showPreflight(preflight);
  return preflight.state !== 'blocked';
}

/** @param today the day for which to plan, for a bundle of another year */
export async function importOwnDistrict(choice: Choice, isApplied: boolean, today: Date | undefined): Promise<void> {
  heading(choice.title);
  const database = await openDatabase(choice.name);
  try {
    const names = new NamesOf(choice.source);
    const sync = new RosterSync({
      source: names,
      store: database.store,
      scope: { tenant: choice.name },
      policy: { fullData: true, archive: true },
      steps: ['classes', 'teachers', 'students', 'guardians'],
      ...(today === undefined ? {} : { clock: { now: () => today } }),
    });
    const plan = await planVisibly(sync, 'Reading the roster and planning; nothing is written yet');
    say(`  ${names.sizes()}`);
    showPlan(plan, names.names());
    if (!isApplied) {
      say(
        '  This is a preview. To keep the result in the local database: npm start -- --apply (nobody is written to).',
      );
      return;
    }
    showRun(
      await applyVisibly(sync, 'Applying the plan', () => sync.apply(plan, { acknowledge: plan.hash, by: 'you' })),
    );
    say(`  The state is kept in ${database.folder}: the next npm start shows what has changed since.`);
  } finally {
    await database.close();
  }
}

/** Remembers what was read last, to show names beside the ids of a plan. */
class NamesOf implements RosterSource {
  private last: RosterRead | undefined;

  constructor(private readonly source: RosterSource) {}

  get provider(): string {
    return this.source.provider;
  }

  async read(...args: Parameters<RosterSource['read']>): Promise<RosterRead> {
    this.last = await this.source.read(...args);
    return this.last;
  }

  schools(...args: Parameters<RosterSource['schools']>): ReturnType<RosterSource['schools']> {
    return this.source.schools(...args);
  }

  names(): (subject: string) => string {
    return namesFrom(this.last === undefined ? {} : (this.last as Roster));
  }

  sizes(): string {
    if (this.last === undefined) return 'Nothing was read.';
    const { attestation, ...roster } = this.last as Roster;
    const names = Object.keys(attestation.collections) as Collection[];
    const counts = names.map(
      (name) => `${String(roster[name].length)} ${name} (${attestation.collections[name].state})`,
    );
    return `Read: ${counts.join(', ')}`;
  }
}
