import { describe } from 'vitest';
import type { Scope } from '../../src/model/index.js';
import { batchCases } from './batch-cases.js';
import type { StoreUnderTest } from './changes.js';
import { imageCases } from './image-cases.js';
import { journalCases } from './journal-cases.js';
import { recordCases } from './record-cases.js';

let tenants = 0;

/** Every promise of a store. Each case works on tenants of its own. */
export function storeCases(name: string, subject: () => StoreUnderTest): void {
  const newScope = (): Scope => {
    tenants += 1;
    return { tenant: `tenant-${String(tenants)}` };
  };
  describe(name, () => {
    recordCases(subject, newScope);
    batchCases(subject, newScope);
    journalCases(subject, newScope);
    imageCases(subject, newScope);
  });
}
