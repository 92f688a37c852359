/**
 * The definition of a cohort, written out without any care for speed: what the engine's own counting is compared with.
 */

/** A record with everything that decides about it. */
export interface Row {
  readonly subject: string;
  /** By attribute. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly isGone: boolean;
  readonly isNamed: boolean;
  /** Whether it is at a school that is gone. */
  readonly isAtGoneSchool: boolean;
  readonly holder?: string;
}

/** One value that is a cohort, with the numbers that say so. */
export interface Found {
  readonly attribute: string;
  readonly value: string;
  readonly vanished: number;
  readonly total: number;
  readonly rest: number;
  readonly restVanished: number;
}

export function cohortsByDefinition(rows: readonly Row[], needsTwoHolders: boolean): readonly Found[] {
  const found: Found[] = [];
  for (const view of [rows, rows.filter((row) => !(row.isGone && row.isAtGoneSchool))]) {
    for (const attribute of new Set(rows.flatMap(({ values }) => Object.keys(values)))) {
      const has = (row: Row, value: string): boolean => (row.values[attribute] ?? []).includes(value);
      const isGoneValue = (value: string): boolean => {
        const own = view.filter((row) => has(row, value));
        const gone = own.filter(({ isGone }) => isGone);
        if (needsTwoHolders && new Set(gone.map(({ holder }) => holder)).size < 2) return false;
        return gone.length >= 20 && gone.length / own.length >= 0.9;
      };
      const vanishedOf = (of: readonly Row[]): number => of.filter(({ isGone, isNamed }) => isGone && !isNamed).length;
      const isQuiet = (of: readonly Row[]): boolean => of.length > 0 && vanishedOf(of) / of.length < 0.05;
      const values = [...new Set(rows.flatMap((row) => row.values[attribute] ?? []))];
      const gone = values.filter(isGoneValue);
      // Other values of the attribute are there: not all that vanished too few at a time to be judged.
      const needed = attribute === 'school' ? 1 : 20;
      const hasOthers = values.some((value) => {
        const own = rows.filter((row) => has(row, value));
        const count = own.filter(({ isGone }) => isGone).length;
        return count / own.length < 0.9 || (count < needed && count < own.length);
      });
      const together = view.filter((row) => !gone.some((value) => has(row, value)));
      const isTogether = gone.length > 1 && hasOthers && isQuiet(together);
      for (const value of gone) {
        const alone = view.filter((row) => !has(row, value));
        if (!isTogether && !isQuiet(alone)) continue;
        if (found.some((each) => each.attribute === attribute && each.value === value)) continue;
        const own = view.filter((row) => has(row, value));
        const rest = isQuiet(alone) ? alone : together;
        found.push({
          attribute,
          value,
          vanished: own.filter(({ isGone }) => isGone).length,
          total: own.length,
          rest: rest.length,
          restVanished: vanishedOf(rest),
        });
      }
    }
  }
  return found;
}
