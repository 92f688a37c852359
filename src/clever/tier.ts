/**
 * Which of Clever's products a district has with the application, as the scopes of its token tell: `secure-sync` shares
 * the roster, `sso` only who signs in, `library` only what a teacher of Clever Library shares.
 */
export type CleverTier = 'secure-sync' | 'sso' | 'library' | 'unknown';

/** Scopes that only Secure Sync gives. Those of contacts and of single fields come with other products too. */
const ROSTER_SCOPES: ReadonlySet<string> = new Set([
  'read:sections',
  'read:students',
  'read:teachers',
  'read:schools',
  'read:school_admins',
  'read:district_admins',
]);

/** The tier that these scopes belong to. */
export function tierOf(scopes: readonly string[]): CleverTier {
  if (scopes.some((scope) => ROSTER_SCOPES.has(scope))) return 'secure-sync';
  if (scopes.some((scope) => /_(?:limited|launchpad)$/.test(scope))) return 'library';
  return scopes.some((scope) => scope.endsWith('_basic')) ? 'sso' : 'unknown';
}
