/**
 * `rosterkit/memory`: a store and a mailer that need nothing but memory, and keep every promise of their ports. For
 * tests, demonstrations and dry runs: what they hold ends with the process.
 *
 * @module
 */

export { MemoryMailer } from './memory-mailer.js';
export type { DeliveredMessage, MemoryMailerOptions } from './memory-mailer.js';
export { MemoryStore } from './memory-store.js';
export type { MemoryStoreOptions } from './memory-store.js';
export type { MemorySeed } from './seed.js';
