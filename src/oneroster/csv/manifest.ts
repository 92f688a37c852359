import { text } from '../../http/index.js';
import type { Bundle } from './bundle-files.js';
import { readTable, UnreadableFileError } from './table.js';

/**
 * What a file of a bundle is.
 *
 * - `bulk`: everything there is; what is missing in it is gone.
 * - `delta`: only what changed; what is missing in it means nothing.
 * - `absent`: not part of this bundle.
 * - `unknown`: a word that the standard does not have, or none, so that nothing follows from what is missing.
 */
export type FileMode = 'bulk' | 'delta' | 'absent' | 'unknown';

/**
 * The mode of each file, by its name. A bundle without a manifest is one of 1.0, whose files are `bulk`; a manifest that
 * says nothing of a file, or is damaged itself, vouches for nothing.
 */
export async function readManifest(bundle: Bundle): Promise<(fileName: string) => FileMode> {
  const file = await bundle.open('manifest.csv');
  if (file === undefined) return () => 'bulk';
  const modes = new Map<string, FileMode>();
  try {
    const { batches } = await readTable(file, 'manifest');
    for await (const rows of batches) {
      for (const { row, problem } of rows) {
        // A row without a value says nothing, and so does not vouch for its file.
        if (problem === 'missing-cells') continue;
        if (problem !== undefined) return () => 'unknown';
        const property = text(row['propertyName'])?.toLowerCase().replace(/\*$/, '') ?? '';
        const value = text(row['value'])?.toLowerCase();
        if (!property.startsWith('file.') || value === undefined) continue;
        const name = property.slice('file.'.length);
        const mode = modeOf(value);
        modes.set(name, (modes.get(name) ?? mode) === mode ? mode : 'unknown');
      }
    }
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return () => 'unknown';
  }
  return (fileName) => modes.get(fileName.toLowerCase().replace(/\.csv$/, '')) ?? 'unknown';
}

function modeOf(word: string): FileMode {
  return word === 'bulk' || word === 'delta' || word === 'absent' ? word : 'unknown';
}
