import { ConfigurationError } from '../errors.js';

/** @throws ConfigurationError naming `scopes` where they are given and no list of scopes */
export function checkScopes(scopes: unknown): void {
  if (scopes === undefined) return;
  const isScope = (scope: unknown): boolean => typeof scope === 'string' && /^[\x21-\x7e]+$/.test(scope);
  if (Array.isArray(scopes) && scopes.every(isScope)) return;
  throw new ConfigurationError('scopes', "is a list of scopes, such as ['profile', 'oneroster']");
}
