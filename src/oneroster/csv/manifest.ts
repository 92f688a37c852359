import { text } from '../../http/index.js';
import type { Bundle } from './bundle.js';
import { readTable, UnreadableFileError } from './table.js';

/**
 * What a file of a bundle is.
 *
 * - `bulk`: everything there is; what is missing in it is gone.
 * - `delta`: only what changed; what is missing in it means nothing.
 * - `absent`: not part of this bundle.
 * - `unknown`: a word that the standard does not have, so that nothing follows from what is missing.
 */
export type FileMode = 'bulk' | 'delta' | 'absent' | 'unknown';

/** The mode of each file, by its name. Without a manifest, or without a word in it, a file is `bulk`. */
export async function readManifest(bundle: Bundle): Promise<(fileName: string) => FileMode> {
  const modes = new Map<string, FileMode>();
  const file = await bundle.open('manifest.csv');
  if (file !== undefined) {
    try {
      const { rows } = await readTable(file);
      for await (const { cells } of rows) {
        const property = text(cells['propertyName'])?.toLowerCase().replace(/\*$/, '') ?? '';
        const value = text(cells['value'])?.toLowerCase();
        if (property.startsWith('file.') && value !== undefined)
          modes.set(property.slice('file.'.length), modeOf(value));
      }
    } catch (error) {
      // A manifest that breaks off cannot vouch for any file.
      if (!(error instanceof UnreadableFileError)) throw error;
      return () => 'unknown';
    }
  }
  return (fileName) => modes.get(fileName.toLowerCase().replace(/\.csv$/, '')) ?? 'bulk';
}

function modeOf(word: string): FileMode {
  return word === 'bulk' || word === 'delta' || word === 'absent' ? word : 'unknown';
}
