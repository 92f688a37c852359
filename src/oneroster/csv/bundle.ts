/**
 * A OneRoster bundle: a folder, a zip, or files by their names. Its files are opened by name, one stream at a time.
 *
 * @module
 */

import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { ConfigurationError } from '../../errors.js';
import { type Bundle, checkHasData } from './bundle-files.js';
import { KNOWN_FILES } from './columns.js';
import { SizeLimit } from './size-limit.js';
import { openZipBytes, openZipFile } from './zip.js';

/** A file as it is read, in pieces of text or bytes: a stream of Node, or any other iterable. */
export type OpenCsvFile = () => AsyncIterable<Uint8Array | string> | Promise<AsyncIterable<Uint8Array | string>>;

/**
 * The files of a bundle by their names, such as `users.csv`: the text of each, its bytes, or a function that opens a
 * stream of it. Files may be read again, so each call of a function must give a new stream.
 */
export type OneRosterCsvFiles = Readonly<Record<string, string | Uint8Array | OpenCsvFile>>;

/**
 * Opens a bundle.
 *
 * @throws ConfigurationError naming `bundle` where there is nothing to read, the zip is damaged or unsafe, or no file of
 * OneRoster is in it
 */
export async function openBundle(bundle: string | Uint8Array | OneRosterCsvFiles): Promise<Bundle> {
  const opened = await openAny(bundle);
  const limit = new SizeLimit('bundle');
  return {
    open: async (name) => {
      const file = await opened.open(name.toLowerCase());
      return file === undefined ? undefined : limit.over(file, name);
    },
    close: () => {
      opened.close();
    },
  };
}

async function openAny(bundle: string | Uint8Array | OneRosterCsvFiles): Promise<Bundle> {
  if (bundle instanceof Uint8Array) return await openZipBytes(bundle);
  if (typeof bundle !== 'string') return openFiles(bundle);
  const found = await stat(bundle).catch((cause: unknown) => {
    throw new ConfigurationError('bundle', 'cannot be read: there is no such folder or zip, or no right to read it', {
      cause,
    });
  });
  return found.isDirectory() ? await openFolder(bundle) : await openZipFile(bundle);
}

async function openFolder(folder: string): Promise<Bundle> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => !entry.isDirectory());
  const byName = namesIn(entries.map(({ name }) => name));
  for (const entry of entries) {
    // Whoever may put files here must not make the host read others.
    if (!entry.isFile() && KNOWN_FILES.has(entry.name.toLowerCase())) {
      throw new ConfigurationError('bundle', `is a folder whose ${entry.name.toLowerCase()} is a link or no file`);
    }
  }
  return {
    open: async (name) => {
      const found = byName.get(name);
      return found === undefined ? undefined : (await openFile(join(folder, found))).createReadStream();
    },
    close: () => undefined,
  };
}

/** Windows has no such flag. */
const flags: Readonly<Record<string, number | undefined>> = constants;

/** Never through a link, also not through one that was put there a moment ago. */
async function openFile(path: string): Promise<FileHandle> {
  return await open(path, constants.O_RDONLY | (flags['O_NOFOLLOW'] ?? 0)).catch((cause: unknown) => {
    const name = basename(path).toLowerCase();
    throw new ConfigurationError('bundle', `is a folder whose ${name} cannot be read`, { cause });
  });
}

function openFiles(files: OneRosterCsvFiles): Bundle {
  const byName = namesIn(Object.keys(files));
  return {
    open: (name) => {
      const file = files[byName.get(name) ?? ''];
      if (file === undefined) return Promise.resolve(undefined);
      return Promise.resolve(Readable.from(typeof file === 'function' ? piecesOf(file) : [file]));
    },
    close: () => undefined,
  };
}

/** A stream that cannot be opened is one that fails. */
export async function* piecesOf(open: OpenCsvFile): AsyncGenerator<Uint8Array | string> {
  yield* await open();
}

/** The files of OneRoster by their names in lower case. */
function namesIn(names: readonly string[]): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  for (const name of names) {
    const known = name.toLowerCase();
    if (!KNOWN_FILES.has(known)) continue;
    if (byName.has(known)) throw new ConfigurationError('bundle', `holds ${known} twice`);
    byName.set(known, name);
  }
  checkHasData([...byName.keys()]);
  return byName;
}
