import type { PreflightFreshness } from '../../model/index.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** In holidays little changes; after so long even then something should have. */
const OLD_AFTER_MS = 30 * DAY_MS;

/** Finds the newest of all records' changes. */
export class FreshnessCheck {
  private newest: number | undefined;

  constructor(private readonly now: Date) {}

  add(dateLastModified: string | undefined): void {
    const changed = dateLastModified === undefined ? Number.NaN : Date.parse(dateLastModified);
    // One record that was stamped with a year to come would make the oldest data look new.
    if (Number.isNaN(changed) || changed > this.now.getTime() + DAY_MS) return;
    if (this.newest === undefined || changed > this.newest) this.newest = changed;
  }

  isKnown(): boolean {
    return this.newest !== undefined;
  }

  isOld(): boolean {
    return this.newest !== undefined && this.now.getTime() - this.newest > OLD_AFTER_MS;
  }

  result(): PreflightFreshness {
    if (this.newest === undefined) return {};
    const ageHours = Math.max(0, Math.floor((this.now.getTime() - this.newest) / HOUR_MS));
    return { lastChange: new Date(this.newest).toISOString(), ageHours };
  }
}
