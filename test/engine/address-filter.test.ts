import { describe, expect, it } from 'vitest';
import { AddressFilter } from '../../src/engine/passes/address-filter.js';

describe('AddressFilter', () => {
  const filter = new AddressFilter(['email:ann@x.example', 'email:žofie@x.example', 'mobile:12025550101'], 3);

  it('passes every spelling of what was asked for', () => {
    for (const email of ['ann@x.example', 'Ann@X.Example', ' ann@x.example ', 'Žofie@x.example']) {
      expect(filter.mayHave('email', email)).toBe(true);
    }
    for (const mobile of ['12025550101', '2025550101', '+1 (202) 555-0101', '5550101', '(555) 0101']) {
      expect(filter.mayHave('mobile', mobile)).toBe(true);
    }
  });

  it('passes hardly anything else', () => {
    const others = Array.from({ length: 1000 }, (_, index) => `p${String(index)}@x.example`);
    expect(others.filter((email) => filter.mayHave('email', email)).length).toBeLessThan(20);
    const numbers = Array.from({ length: 1000 }, (_, index) => `202555${String(2000 + index)}`);
    expect(numbers.filter((mobile) => filter.mayHave('mobile', mobile)).length).toBeLessThan(20);
  });
});
