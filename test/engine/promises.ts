/**
 * The promises of the engine as properties, each a function of the engine that is tried: the tests run them on ours,
 * and on ours broken on purpose. `docs/promises.md` says what each promises in which settings.
 */

import { HANDS } from './promises-hands.js';
import type { Promised } from './promises-scenario.js';
import { STEADY } from './promises-steady.js';
import { WAYS } from './promises-ways.js';

export { type Promised, type PromisedEngine, scenarios, type Scenario, Statistics } from './promises-scenario.js';

export const PROMISES: readonly Promised[] = [...STEADY, ...HANDS, ...WAYS].sort(
  (left, right) => left.number - right.number,
);
