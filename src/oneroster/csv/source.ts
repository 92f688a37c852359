import { ConfigurationError } from '../../errors.js';
import type { ReadOptions, RosterSource } from '../../ports/index.js';
import { assembleRoster } from '../roster/assemble.js';
import type { CollectionReads } from '../source/read-collections.js';
import { schoolsOf } from '../roster/to-roster.js';
import { openBundle } from './bundle.js';
import { readManifest } from './manifest.js';
import { type FileReader, readFile, readRoles } from './read-file.js';

/**
 * The roster in a OneRoster bundle of version 1.0, 1.1 or 1.2, with provider `oneroster-csv`: a folder, a `.zip`, or the
 * bytes of one.
 *
 * Rows that cannot be used are rejected with their file and line. A `delta` file is attested `incomplete`, because what
 * is missing in it means nothing; a file that is not there is `not-read`.
 *
 * Reading throws ConfigurationError naming `bundle` where it is no folder nor zip, holds no file of OneRoster, or is a
 * zip that is damaged, encrypted, absurdly large or names files outside itself.
 *
 * @throws ConfigurationError naming `bundle` where it is neither a path nor bytes
 * @example
 * ```ts
 * import { oneRosterCsvSource } from 'rosterkit/oneroster';
 *
 * const roster = await oneRosterCsvSource('exports/today.zip').read({ tenant: 'district-1' });
 * console.log(roster.attestation.collections.users);
 * ```
 */
export function oneRosterCsvSource(bundle: string | Uint8Array): RosterSource {
  if (bundle === '' || (typeof bundle !== 'string' && !((bundle as unknown) instanceof Uint8Array))) {
    throw new ConfigurationError('bundle', 'is the path of a folder or zip, or the bytes of a zip');
  }
  return {
    provider: 'oneroster-csv',
    async read(scope, options = {}) {
      const readAt = new Date().toISOString();
      const reads = await withReader(bundle, options, readAll);
      return assembleRoster(reads, { source: 'oneroster-csv', readAt, scope });
    },
    async schools(options = {}) {
      return schoolsOf((await withReader(bundle, options, (reader) => readFile(reader, 'orgs'))).records);
    },
  };
}

async function readAll(reader: FileReader): Promise<CollectionReads> {
  const roles = await readRoles(reader);
  return {
    orgs: await readFile(reader, 'orgs'),
    academicSessions: await readFile(reader, 'academicSessions'),
    courses: await readFile(reader, 'courses'),
    classes: await readFile(reader, 'classes'),
    users: await readFile(reader, 'users', roles),
    enrollments: await readFile(reader, 'enrollments'),
  };
}

async function withReader<T>(
  path: string | Uint8Array,
  options: ReadOptions,
  work: (reader: FileReader) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const bundle = await openBundle(path);
  try {
    return await work({ bundle, modeOf: await readManifest(bundle), options });
  } finally {
    bundle.close();
  }
}
