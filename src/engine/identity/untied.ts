import type { LocalRecord } from '../../model/index.js';

/** Whether a person untied the record from the roster: then only a person ties it again. */
export function isUntied({ hostFields }: LocalRecord): boolean {
  return hostFields?.includes('sourcedId') === true;
}
