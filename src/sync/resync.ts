import { PlanError } from '../errors.js';
import { normalEmail } from '../internal/contact.js';
import { checkOptionNames, checkText } from '../internal/options.js';
import type { LocalUser } from '../model/index.js';
import type { RunReport } from '../ports/index.js';
import { audit } from './auditing.js';
import type { SyncContext } from './options.js';
import { applyPart } from './part.js';
import { policyOfPart } from './people-import.js';
import { readRoster } from './reading.js';
import { recordRun, type RunIdentity, withLease } from './recording.js';
import { checkWait } from './waiting.js';

/** How to sync one user's record and classes. */
export interface ResyncUserOptions {
  /** Who asks for it, in the host's own words, such as a user id. */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For how long to wait for a run that holds the scope, in milliseconds. @default 60000 */
  readonly waitMs?: number | undefined;
}

const OPTIONS = ['by', 'signal', 'waitMs'] as const;

/** Brings one user's record and classes up to date, removals included. */
export async function resyncUser(
  context: SyncContext,
  user: string,
  options: ResyncUserOptions = {},
): Promise<RunReport> {
  checkText('user', user, 'is the sourcedId, the host’s id or the e-mail address of a user');
  checkOptionNames(options, OPTIONS);
  const { by, signal, waitMs = 60_000 } = options;
  if (by !== undefined) checkText('by', by, 'says who asks for it, such as a user id');
  checkWait(waitMs);
  signal?.throwIfAborted();
  const policy = policyOfPart(context);
  const run: RunIdentity = { id: crypto.randomUUID(), type: 'resync', by, steps: policy.steps };
  return withLease(
    context,
    run.id,
    async (lease) => {
      const subject = await sourcedIdOf(context, user);
      const people = new Set([subject]);
      return recordRun(context, run, signal, async (progress) => {
        signal?.throwIfAborted();
        await audit(context, { action: 'user-resync', by, subject, runId: run.id });
        const reading = await readRoster(context, run.id, policy, signal);
        await applyPart({ context, lease, run, progress, signal }, { reading, policy, part: { people } });
      });
    },
    { waitMs, signal },
  );
}

/** @throws PlanError where the word means nobody, several, or somebody who is not of the roster */
async function sourcedIdOf(context: SyncContext, word: string): Promise<string> {
  const byId: LocalUser[] = [];
  const byEmail: LocalUser[] = [];
  const email = normalEmail(word);
  const isEmail = (address: string | undefined): boolean => address !== undefined && normalEmail(address) === email;
  const { users } = await context.store.load(context.scope);
  for await (const user of users) {
    if (user.sourcedId === word || user.id === word) byId.push(user);
    else if (isEmail(user.email) || isEmail(user.verifiedEmail)) byEmail.push(user);
  }
  const found = byId.length > 0 ? byId : byEmail;
  const [user] = found;
  if (user === undefined) {
    throw new PlanError('Nobody here has this id or e-mail address. Import the person first: importUsers.');
  }
  if (found.length > 1) {
    const what = byId.length > 0 ? 'id' : 'e-mail address';
    throw new PlanError(`${String(found.length)} people have this ${what}. Name the one by their sourcedId.`);
  }
  if (user.sourcedId === undefined) {
    throw new PlanError(`User ${user.id} is not of the roster, so there is nothing to sync. Link them to it first.`);
  }
  return user.sourcedId;
}
