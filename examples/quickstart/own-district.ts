/** A real district: reads it, shows the plan, and applies it only when told to. */

import {
  ClassLinkClient,
  ClassLinkProxy,
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
export async function chooseDistrict(
  csv: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Choice | undefined> {
  if (csv !== undefined) {
    return { title: `The OneRoster bundle in ${csv}`, name: 'csv', source: oneRosterCsvSource(csv) };
  }
  const { CLEVER_TOKEN: token = '', CLEVER_BASE_URL: baseUrl = '' } = environment;
  if (token !== '') {
    const client = new CleverClient({
      token,
      ...(baseUrl === '' ? {} : { baseUrl, ...insecureHosts('CLEVER_BASE_URL', baseUrl) }),
    });
    return { title: 'Your district at Clever', name: 'clever', source: cleverSource(client) };
  }
  const client = (await classLinkByKey(environment)) ?? classLinkByDetails(environment);
  if (client === undefined) return undefined;
  return { title: 'Your district at ClassLink', name: 'classlink', source: classlinkSource(client) };
}

const DETAILS = ['CLASSLINK_TENANT_ID', 'CLASSLINK_CLIENT_ID', 'CLASSLINK_SECRET_KEY', 'CLASSLINK_SERVER_URL'];

/** The four details that a district hands out. */
function classLinkByDetails(environment: NodeJS.ProcessEnv): ClassLinkClient | undefined {
  const [tenantId, clientId, secretKey, serverUrl] = DETAILS.map((name) => environment[name] ?? '');
  if (!tenantId && !clientId && !secretKey && !serverUrl) return undefined;
  if (!tenantId || !clientId || !secretKey || !serverUrl) {
    const missing = DETAILS.filter((name) => (environment[name] ?? '') === '');
    throw new UsageError(`For ClassLink, please also set ${missing.join(', ')}.`);
  }
  const hosts = serverUrl.startsWith('http:') ? insecureHosts('CLASSLINK_SERVER_URL', serverUrl) : {};
  return new ClassLinkClient({ tenantId, clientId, secretKey, serverUrl, ...hosts });
}

/** How many districts are named to choose from. */
const MOST_DISTRICTS = 20;

/** A partner's key reads every district that shares; which one is meant has to be said. */
async function classLinkByKey(environment: NodeJS.ProcessEnv): Promise<ClassLinkClient | undefined> {
  const { CLASSLINK_API_KEY: apiKey = '', CLASSLINK_TENANT_ID: tenantId = '' } = environment;
  const { CLASSLINK_PROXY_URL: baseUrl = '' } = environment;
  if (apiKey === '') return undefined;
  const proxy = new ClassLinkProxy({
    apiKey,
    ...(baseUrl === '' ? {} : { baseUrl, ...insecureHosts('CLASSLINK_PROXY_URL', baseUrl) }),
  });
  if (tenantId !== '') return await proxy.clientOf(tenantId);
  const applications = await proxy.applications().toArray();
  const shared = applications.filter(({ isShared }) => isShared);
  const names = shared.slice(0, MOST_DISTRICTS).map((each) => `${each.tenantId} (${each.tenantName ?? 'no name'})`);
  const more = shared.length > names.length ? ` and ${String(shared.length - names.length)} more` : '';
  throw new UsageError(
    names.length === 0
      ? 'No district shares its data with this CLASSLINK_API_KEY yet.'
      : `Please set CLASSLINK_TENANT_ID to one of the districts that share: ${names.join(', ')}${more}.`,
  );
}

/** A server on this machine, such as a simulator, speaks http. */
function insecureHosts(variable: string, url: string): { allowInsecureHosts?: readonly string[] } {
  if (!/^https?:[/][/]/u.test(url) || !URL.canParse(url)) {
    throw new UsageError(`${variable} is a URL such as https://api.clever.com or http://127.0.0.1:8080.`);
  }
  const { hostname } = new URL(url);
  return ['127.0.0.1', 'localhost'].includes(hostname) ? { allowInsecureHosts: [hostname] } : {};
}

/** Looks at what the district shares; needs no database. Says whether it can be imported. */
export async function checkOwnDistrict(choice: Choice | undefined): Promise<boolean> {
  if (choice === undefined) {
    throw new UsageError(
      '--check looks at your own district: please set CLEVER_TOKEN, or the CLASSLINK_ variables, or give --csv a bundle.',
    );
  }
  const { title, source } = choice;
  heading(title);
  const check = source.preflight?.bind(source);
  if (check === undefined)
    throw new UsageError(`${source.provider} tells nothing beforehand. Leave --check out for a preview.`);
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
