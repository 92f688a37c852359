import { describe, test } from 'vitest';
import type { ContractCase } from '../../src/testing/index.js';

/** The cases of a contract as tests. */
export function keepsContract(name: string, cases: readonly ContractCase[]): void {
  describe(name, () => {
    for (const { name: rule, run } of cases) test(rule, run);
  });
}
