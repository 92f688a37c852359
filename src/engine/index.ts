/**
 * The engine: roster + local state + policy give a plan. Pure: no clock, no randomness, no I/O, and no npm package, so
 * that it runs anywhere and always answers the same.
 */

export { reconcile, type ReconcileInput } from './reconcile.js';
export { invert } from './undo.js';
export { hashChanges, hashPlan } from './hash.js';
export { defaultPolicy, emptyLedger } from '../model/index.js';
