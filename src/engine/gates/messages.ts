/**
 * Too many messages, or the wrong hour for them (G8): the data is applied, and its messages wait. A run that breaks off is
 * gone on with, so that its messages are counted once, and go out where a person has let them.
 *
 * @module
 */

import type { Change, GateResult, LatchedHold, Ledger, Policy } from '../../model/index.js';
import { changeOfKey, type Latchable, type Latches } from './latches.js';
import { causesOfMessages } from './notices.js';
import type { OpenWindows } from './windows.js';

const HOLD = 'G8';
const QUIET_HOLD = 'G8:quiet';

/** What is known of the messages of a plan, besides its changes. */
export interface MessagesInput {
  readonly policy: Policy;
  /** Whether nobody of the roster was here before. */
  readonly isFirstSync: boolean;
  readonly windows: OpenWindows | undefined;
  /** The keys of changes whose messages were counted by a run that has not ended. */
  readonly counted: readonly string[];
  readonly isUnjudged: (change: Latchable) => boolean;
}

/** What waits, and what the ledger keeps until the run has ended. */
export interface HeldMessages {
  /** What there is to say where no message waits yet. */
  readonly gates: readonly GateResult[];
  readonly counted: readonly string[];
}

/** Asks for the holds of messages. Called when every other hold is placed. */
export function holdMessages(latches: Latches, input: MessagesInput): HeldMessages {
  const { policy, windows, counted } = input;
  const isQuiet = windows?.has('quiet') === true;
  const latch = latches.latchOf(HOLD);
  if (policy.limits.notices === undefined && !isQuiet && latch === undefined && counted.length === 0) {
    return { gates: [], counted };
  }
  const isSilent = policy.invitations.silentFirstSync && input.isFirstSync;
  const causes = isSilent ? [] : causesOfMessages(latches.result().changes, policy);
  return {
    counted: holdCount(latches, latch, causes, input),
    gates: isQuiet ? holdQuiet(latches, causes.length) : [],
  };
}

/** Returns the keys of the changes whose messages are counted until this run has ended. */
function holdCount(
  latches: Latches,
  latch: LatchedHold | undefined,
  causes: readonly Change[],
  { policy, counted, isUnjudged }: MessagesInput,
): readonly string[] {
  const { notices } = policy.limits;
  const planned = counted.filter((key) => latches.isPlanned(key));
  const unjudged = counted.filter((key) => !latches.isPlanned(key) && isUnjudged(changeOfKey(key)));
  const keys = causes.map(({ key }) => key);
  if (latch === undefined) {
    // Without the hold a person has let go what was counted.
    const released = new Set(planned);
    const fresh = keys.filter((key) => !released.has(key));
    if (notices === undefined || fresh.length <= notices) return [...planned, ...unjudged];
  }
  // What a run that broke off had counted is in the hold already.
  const count = keys.length + (latch === undefined ? 0 : (latch.count ?? 0) - planned.length);
  latches.request({
    id: HOLD,
    gate: 'G8',
    code: 'NOTICES_HELD',
    approvable: true,
    count,
    ...(notices === undefined ? {} : { limit: notices }),
    changes: new Set<string>(),
    isTold: true,
    about: `messages ${String(count)}`,
  });
  return latch === undefined ? keys : [...keys, ...unjudged];
}

function holdQuiet(latches: Latches, count: number): readonly GateResult[] {
  const common = { gate: 'G8', code: 'QUIET_HOURS' } as const;
  if (count === 0) return [{ ...common, evidence: { hold: QUIET_HOLD, count } }];
  latches.request({ ...common, id: QUIET_HOLD, approvable: true, count, changes: new Set<string>(), isTold: true });
  return [];
}

/** The ledger after a person let the messages go: what is left of them goes out, wherever the run breaks off. */
export function withMessagesReleased(ledger: Ledger): Ledger {
  return { ...ledger, holds: ledger.holds.filter(({ id }) => id !== HOLD) };
}

/** The ledger once these changes were applied: of what is counted the rest is left. */
export function withoutSent(ledger: Ledger, applied: ReadonlySet<string>): Ledger {
  const { messages = [], ...rest } = ledger;
  const left = messages.filter((key) => !applied.has(key));
  return left.length === 0 ? rest : { ...rest, messages: left };
}
