/**
 * `rosterkit/memory`: a store, a mailer and a sender of texts that need nothing but memory, and keep every promise of their
 * ports. For tests, demonstrations and dry runs: what they hold ends with the process.
 *
 * @module
 */

export { MemoryMailer } from './memory-mailer.js';
export type { DeliveredMessage, MemoryMailerOptions } from './memory-mailer.js';
export { MemoryStore } from './memory-store.js';
export type { MemoryStoreOptions } from './memory-store.js';
export type { MemorySeed } from './seed.js';
export { MemoryTextSender } from './memory-text-sender.js';
export type { DeliveredText, MemoryTextSenderOptions } from './memory-text-sender.js';
