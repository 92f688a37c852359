import { ConfigurationError } from '../errors.js';
import type { Connection } from '../ports/index.js';

/** What must be so before a connection syncs. */
export interface EnableRules {
  /** Whether the provider can tell beforehand what it shares. */
  readonly hasPreflight: boolean;
  /** Whether somebody must have looked at a plan. */
  readonly needsPreview: boolean;
}

/** @throws ConfigurationError naming what is still to be done */
export function requireReady(connection: Connection, others: readonly Connection[], rules: EnableRules): void {
  const { id, credentials, schools, check, preview } = connection;
  if (credentials === undefined) {
    throw new ConfigurationError(
      'credentials',
      `of connection ${id} are forgotten. Give it some (replaceCredentials).`,
    );
  }
  if (schools === undefined) throw new ConfigurationError('schools', 'are chosen first: linkSchool(id, schools)');
  requireFree(connection, others);
  if (rules.hasPreflight && check === undefined) {
    throw new ConfigurationError('preflight', 'comes first: look at what the district shares, preflight(id)');
  }
  if (check?.state === 'blocked') {
    throw new ConfigurationError('preflight', 'found what blocks an import. Have it mended, and look again.');
  }
  if (rules.needsPreview && preview === undefined) {
    throw new ConfigurationError('preview', 'comes first: look at a plan under the present settings, preview(id)');
  }
}

/**
 * Two connections that sync one school would each take away what the other brings.
 *
 * @throws ConfigurationError naming the schools that another connection has
 */
export function requireFree(connection: Connection, others: readonly Connection[]): void {
  if (connection.sharesSchools === true) return;
  const other = others.find((each) => each.state !== 'disconnected' && overlaps(connection.schools, each.schools));
  if (other === undefined) return;
  throw new ConfigurationError(
    'schools',
    `are, at least in part, those of connection ${other.id}. Choose others, or link them with { shared: true }.`,
  );
}

function overlaps(left: Connection['schools'], right: Connection['schools']): boolean {
  if (left === undefined || right === undefined) return false;
  if (left === 'all' || right === 'all') return true;
  return left.some((school) => right.includes(school));
}
