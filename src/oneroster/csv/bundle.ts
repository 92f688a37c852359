/**
 * A OneRoster bundle: a folder, a zip on disk, or the bytes of a zip. Its files are opened by name, one stream at a time.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';
import { ConfigurationError } from '../../errors.js';
import { DATA_FILES, KNOWN_FILES } from './columns.js';

/** The files of a bundle. */
export interface Bundle {
  /** Opens a file by its name in any case, such as `users.csv`; undefined where the bundle has no such file. */
  open(name: string): Promise<Readable | undefined>;
  close(): void;
}

/** OneRoster knows 22 files, and some tools add a twin to each: more entries than this are no bundle. */
const MOST_ENTRIES = 1000;

/** Of one file. The largest US district's enrollments (8 million rows, under 200 bytes each) stay below. */
const LARGEST_FILE_BYTES = 2 * 2 ** 30;

/** CSV shrinks 5 to 30 fold. What shrinks more, and is large, was made to fill the memory of whoever opens it. */
const LARGEST_RATIO = 200;
const LEAST_SUSPICIOUS_BYTES = 2 ** 20;

/**
 * Opens a bundle.
 *
 * @throws ConfigurationError naming `bundle` where there is nothing to read, the zip is damaged or unsafe, or no file of
 * OneRoster is in it
 */
export async function openBundle(bundle: string | Uint8Array): Promise<Bundle> {
  if (typeof bundle !== 'string') {
    return await openZip(fromBufferPromise(Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength), ZIP));
  }
  const found = await stat(bundle).catch((cause: unknown) => {
    throw new ConfigurationError('bundle', 'cannot be read: there is no such folder or zip, or no right to read it', {
      cause,
    });
  });
  return found.isDirectory() ? await openFolder(bundle) : await openZip(openPromise(bundle, ZIP));
}

async function openFolder(folder: string): Promise<Bundle> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]));
  checkHasData([...byName.keys()]);
  return {
    open: (name) => {
      const found = byName.get(name.toLowerCase());
      return Promise.resolve(found === undefined ? undefined : createReadStream(join(folder, found)));
    },
    close: () => undefined,
  };
}

const ZIP = { autoClose: false, lazyEntries: true, validateEntrySizes: true } as const;

async function openZip(opening: Promise<ZipFile>): Promise<Bundle> {
  const zip = await opening.catch(refuseDamaged);
  try {
    const byName = chosenEntries(await entriesOf(zip));
    return {
      open: async (name) => {
        const entry = byName.get(name.toLowerCase());
        return entry === undefined ? undefined : await zip.openReadStreamPromise(entry).catch(refuseDamaged);
      },
      close: () => {
        zip.close();
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function entriesOf(zip: ZipFile): Promise<readonly Entry[]> {
  if (zip.entryCount > MOST_ENTRIES) {
    throw new ConfigurationError('bundle', `is a zip of more than ${String(MOST_ENTRIES)} files, and so no roster`);
  }
  const entries: Entry[] = [];
  try {
    // An absolute name, or one that climbs out by `..`, ends the iteration with an error.
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch (error) {
    refuseDamaged(error);
  }
  return entries;
}

function refuseDamaged(cause: unknown): never {
  throw new ConfigurationError('bundle', 'is no usable zip: it is damaged, or names a file outside itself', { cause });
}

/**
 * The files of OneRoster in the outermost folder that holds any: people zip the folder instead of its files. Files of
 * two folders are never mixed, because one of them may be last year's.
 */
function chosenEntries(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const folders = new Map<string, Map<string, Entry>>();
  for (const entry of entries) {
    const parts = entry.fileName.split('/');
    const name = (parts.pop() ?? '').toLowerCase();
    if (!KNOWN_FILES.has(name)) continue;
    const folder = parts.join('/');
    const files = folders.get(folder) ?? new Map<string, Entry>();
    if (files.has(name)) throw new ConfigurationError('bundle', `is a zip that holds ${name} twice`);
    folders.set(folder, files.set(name, checkedEntry(entry, name)));
  }
  const ranked = [...folders]
    .filter(([, files]) => DATA_FILES.some((name) => files.has(name)))
    .map(([folder, files]) => ({ depth: folder === '' ? 0 : folder.split('/').length, files }))
    .sort((left, right) => left.depth - right.depth);
  const [outermost, next] = ranked;
  if (outermost === undefined) return refuseEmpty();
  if (outermost.depth === next?.depth) {
    throw new ConfigurationError('bundle', 'is a zip with OneRoster files in two folders. Give a zip of one of them.');
  }
  return outermost.files;
}

function checkedEntry(entry: Entry, name: string): Entry {
  if (entry.isEncrypted()) throw new ConfigurationError('bundle', `is a zip whose ${name} is encrypted`);
  const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
  if (
    entry.uncompressedSize > LARGEST_FILE_BYTES ||
    (entry.uncompressedSize > LEAST_SUSPICIOUS_BYTES && ratio > LARGEST_RATIO)
  ) {
    throw new ConfigurationError('bundle', `is a zip whose ${name} is far larger than any roster`);
  }
  return entry;
}

function checkHasData(names: readonly string[]): void {
  if (!DATA_FILES.some((name) => names.includes(name))) refuseEmpty();
}

function refuseEmpty(): never {
  throw new ConfigurationError('bundle', `holds no file of OneRoster: none of ${DATA_FILES.join(', ')}`);
}
