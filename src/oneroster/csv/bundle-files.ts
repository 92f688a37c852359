import type { Readable } from 'node:stream';
import { ConfigurationError } from '../../errors.js';
import { DATA_FILES } from './columns.js';

/** The files of a bundle. */
export interface Bundle {
  /** Opens a file by its name in any case, such as `users.csv`; undefined where the bundle has no such file. */
  open(name: string): Promise<Readable | undefined>;
  close(): void;
}

/** @throws ConfigurationError where no file of a roster is among the names, in lower case */
export function checkHasData(names: readonly string[]): void {
  if (DATA_FILES.some((name) => names.includes(name))) return;
  throw new ConfigurationError('bundle', `holds no file of OneRoster: none of ${DATA_FILES.join(', ')}`);
}
