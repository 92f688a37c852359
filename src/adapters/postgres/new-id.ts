import { randomUUID } from 'node:crypto';

let lastMs = 0;
let count = 0;
const MOST_IN_A_MILLISECOND = 0xfff;

/**
 * A new id: a UUID of version 7 (RFC 9562). Those made later are greater, so that they go to the end of an index; ids in no
 * order go everywhere, and of a large table every page is read and written again for a few rows.
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    count = 0;
  } else if (count === MOST_IN_A_MILLISECOND) {
    lastMs += 1;
    count = 0;
  } else {
    count += 1;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const order = count.toString(16).padStart(3, '0');
  // The rest, with the bits that say which kind of UUID it is, is as in one of version 4.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${order}${randomUUID().slice(18)}`;
}
