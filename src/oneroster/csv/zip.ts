/**
 * A bundle in a zip. The zip comes from far away: nothing in it is believed that can be checked.
 *
 * @module
 */

import { open } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';
import { ConfigurationError } from '../../errors.js';
import { checkHasData, type Bundle } from './bundle-files.js';
import { DATA_FILES, KNOWN_FILES } from './columns.js';
import { LARGEST_FILE_BYTES } from './size-limit.js';

/** OneRoster knows 22 files, and some tools add a twin to each: more entries than this are no bundle. */
const MOST_ENTRIES = 1000;

/** CSV shrinks 5 to 30 fold, and 45 fold where most cells are blank. What shrinks twice as much, and is large, was made to fill the memory of whoever opens it. */
const LARGEST_RATIO = 100;
const LEAST_SUSPICIOUS_BYTES = 2 ** 20;

/** What every zip begins with, also one that was cut. */
const SIGNATURE = Buffer.from('PK');

const ZIP = { autoClose: false, lazyEntries: true, validateEntrySizes: true } as const;

/** Opens a zip by its path. */
export async function openZipFile(path: string): Promise<Bundle> {
  return await openZip(openPromise(path, ZIP), () => firstBytes(path));
}

/** Opens a zip in memory. */
export async function openZipBytes(bytes: Uint8Array): Promise<Bundle> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return await openZip(fromBufferPromise(buffer, ZIP), () => Promise.resolve(buffer));
}

async function openZip(opening: Promise<ZipFile>, beginning: () => Promise<Buffer>): Promise<Bundle> {
  const zip = await opening.catch(async (cause: unknown) => {
    if ((await beginning()).subarray(0, SIGNATURE.length).equals(SIGNATURE)) refuseDamaged(cause);
    throw new ConfigurationError(
      'bundle',
      'is one file and no zip. Give the folder that the files are in, or a zip of it.',
      {
        cause,
      },
    );
  });
  try {
    const byName = chosenEntries(await entriesOf(zip));
    return {
      open: async (name) => {
        const entry = byName.get(name);
        if (entry === undefined) return undefined;
        return checked(await zip.openReadStreamPromise(entry).catch(refuseDamaged), entry);
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

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(SIGNATURE.length) });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function entriesOf(zip: ZipFile): Promise<readonly Entry[]> {
  if (zip.entryCount > MOST_ENTRIES) {
    throw new ConfigurationError('bundle', `is a zip of more than ${String(MOST_ENTRIES)} files, and so no roster`);
  }
  const entries: Entry[] = [];
  try {
    // An absolute name, one with a drive, or one that climbs out by `..`, ends the iteration with an error.
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
  if (outermost !== undefined && outermost.depth === next?.depth) {
    throw new ConfigurationError('bundle', 'is a zip with OneRoster files in two folders. Give a zip of one of them.');
  }
  const files = outermost?.files ?? new Map<string, Entry>();
  checkHasData([...files.keys()]);
  return files;
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

/** The stream of an entry, which fails at its end where the bytes are not those that were packed. */
function checked(file: Readable, entry: Entry): Readable {
  let sum = 0;
  const summed = new Transform({
    transform: (bytes: Uint8Array, _encoding, done) => {
      sum = crc32(bytes, sum);
      done(null, bytes);
    },
    flush: (done) => {
      done(sum === entry.crc32 ? null : new Error('the checksum of the file is wrong'));
    },
  });
  file.on('error', (error) => summed.destroy(error));
  summed.on('close', () => file.destroy());
  return file.pipe(summed);
}
