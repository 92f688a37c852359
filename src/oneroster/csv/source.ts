import { ConfigurationError } from '../../errors.js';
import { checkFunction, checkOptionNames } from '../../internal/options.js';
import type { ReadOptions, RosterSource } from '../../ports/index.js';
import { listsIn } from '../preflight/lists.js';
import { preflightOver } from '../preflight/preflight.js';
import { BUNDLE_WORDS } from '../preflight/words.js';
import { assembleRoster } from '../roster/assemble.js';
import type { GuardiansInMetadata } from '../roster/guardians/in-metadata.js';
import { schoolsOf } from '../roster/to-roster.js';
import type { CollectionReads } from '../source/read-collections.js';
import { type OneRosterCsvFiles, openBundle } from './bundle.js';
import { checkClosure } from './closure.js';
import { readManifest } from './manifest.js';
import type { CsvProblemListener } from './problems.js';
import { type FileReader, readDemographics, readFile, readProfiles, readRoles } from './read-file.js';

/** How to read a OneRoster bundle. */
export interface OneRosterCsvSourceOptions {
  /**
   * Told of each row that is left out, and of each cell that cannot be read, with file, line and column. What it throws
   * ends the read.
   *
   * @default nobody is told; the rows stand in the roster's `rejected`
   */
  readonly onProblem?: CsvProblemListener;
  /** Finds guardians whom the district hides in `metadata.*` columns of users or demographics. @default none are */
  readonly guardiansInMetadata?: GuardiansInMetadata;
}

const OPTION_NAMES = [
  'onProblem',
  'guardiansInMetadata',
] as const satisfies readonly (keyof OneRosterCsvSourceOptions)[];

/**
 * The roster in a OneRoster bundle of version 1.0, 1.1 or 1.2, with provider `oneroster-csv`: a folder, a `.zip`, the
 * bytes of one, or files by name.
 *
 * A row that cannot be used is rejected with its file, line and column, and the others are read. What a file does not
 * prove is not believed: a `delta` file, one of which the manifest says nothing, one that lacks a column, breaks off, or
 * whose ids do not fit those of the others, is attested `incomplete`; a file that is not there is `not-read`. A bundle
 * without a manifest is taken for one of 1.0, whose files say everything there is. A file cut exactly at the end of a row
 * cannot be told from a whole one: that is what the limits of the policy are for.
 *
 * Reading throws ConfigurationError naming `bundle` where it is no folder nor zip, holds no file of OneRoster, or one
 * twice, is damaged, encrypted, absurdly large, has links for files, or names files outside itself.
 *
 * @throws ConfigurationError naming `bundle` where it is neither a path, nor bytes, nor files, and naming an option that
 * is unknown or no function
 * @example
 * ```ts
 * import { oneRosterCsvSource } from 'rosterkit/oneroster';
 *
 * const source = oneRosterCsvSource('exports/today.zip', {
 *   onProblem: ({ file, line, column, problem }) => console.warn(file, line, column, problem),
 * });
 * const roster = await source.read({ tenant: 'district-1' });
 * console.log(roster.attestation.collections.users);
 * ```
 */
export function oneRosterCsvSource(
  bundle: string | Uint8Array | OneRosterCsvFiles,
  options: OneRosterCsvSourceOptions = {},
): RosterSource {
  if (bundle === '' || (typeof bundle !== 'string' && (typeof bundle !== 'object' || (bundle as unknown) === null))) {
    throw new ConfigurationError(
      'bundle',
      'is the path of a folder or zip, the bytes of a zip, or files by their names',
    );
  }
  checkOptionNames(options, OPTION_NAMES);
  for (const name of OPTION_NAMES) checkFunction(name, options[name]);
  const { guardiansInMetadata: find, onProblem } = options;
  return {
    provider: 'oneroster-csv',
    async read(scope, readOptions = {}) {
      const readAt = new Date().toISOString();
      return await withReader(bundle, readOptions, onProblem, async (reader) => {
        const reads = checkClosure(await readAll(reader));
        const head = { source: 'oneroster-csv', readAt, scope };
        if (find === undefined) return assembleRoster(reads, head);
        return assembleRoster(reads, head, { find, demographics: await readDemographics(reader) });
      });
    },
    async preflight({ signal } = {}) {
      const readOptions = signal === undefined ? {} : { signal };
      return await withReader(bundle, readOptions, onProblem, async (reader) => {
        const lists = listsIn(checkClosure(await readAll(reader)), () => readDemographics(reader));
        const provider = { provider: 'oneroster-csv', words: BUNDLE_WORDS };
        return await preflightOver(lists, provider, { signal, guardiansInMetadata: find });
      });
    },
    async schools(readOptions = {}) {
      const orgs = await withReader(bundle, readOptions, onProblem, (reader) => readFile(reader, 'orgs'));
      return schoolsOf(orgs.records);
    },
  };
}

async function readAll(reader: FileReader): Promise<CollectionReads> {
  const roles = await readRoles(reader);
  const profiles = await readProfiles(reader);
  return {
    orgs: await readFile(reader, 'orgs'),
    academicSessions: await readFile(reader, 'academicSessions'),
    courses: await readFile(reader, 'courses'),
    classes: await readFile(reader, 'classes'),
    users: await readFile(reader, 'users', { roles, profiles }),
    enrollments: await readFile(reader, 'enrollments'),
  };
}

async function withReader<T>(
  files: string | Uint8Array | OneRosterCsvFiles,
  options: ReadOptions,
  onProblem: CsvProblemListener | undefined,
  work: (reader: FileReader) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const bundle = await openBundle(files);
  try {
    return await work({ bundle, modeOf: await readManifest(bundle), options, onProblem });
  } finally {
    bundle.close();
  }
}
