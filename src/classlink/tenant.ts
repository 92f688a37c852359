import { ConfigurationError } from '../errors.js';

/** @throws ConfigurationError naming `tenantId` where it is none */
export function checkTenantId(tenantId: unknown): void {
  if (tenantText(tenantId) === undefined) {
    throw new ConfigurationError('tenantId', "is ClassLink's number of the district");
  }
}

/** Whether two numbers of districts are the same, as text. What is none, such as an empty text, is nobody's. */
export function isSameTenant(one: unknown, other: unknown): boolean {
  const text = tenantText(one);
  return text !== undefined && text === tenantText(other);
}

function tenantText(tenantId: unknown): string | undefined {
  if (typeof tenantId === 'number') return Number.isSafeInteger(tenantId) ? String(tenantId) : undefined;
  return typeof tenantId === 'string' && tenantId.trim() !== '' ? tenantId : undefined;
}
