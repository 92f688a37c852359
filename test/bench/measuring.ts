const ROUNDS = 7;

/** The median and the least of several runs of a work, in nanoseconds. */
export interface Measured {
  readonly median: number;
  readonly least: number;
}

/**
 * Several runs of each work, one after the other in turn, so that a busy machine slows all of them alike. The first rounds
 * warm up and do not count. Nor does the first run of each round: collecting on command frees the hidden classes of objects
 * that are no longer there, and with them V8 drops the machine code of whatever handled such objects.
 */
export function measure<Name extends string>(
  works: Readonly<Record<Name, () => unknown>>,
  rounds = ROUNDS,
): Record<Name, Measured> {
  const names = Object.keys(works) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const name of names) {
      globalThis.gc?.();
      works[name]();
      const start = process.hrtime.bigint();
      works[name]();
      if (round >= 0) times.get(name)?.push(Number(process.hrtime.bigint() - start));
    }
  }
  const measured = (values: readonly number[]): Measured => {
    const sorted = [...values].sort((left, right) => left - right);
    return { median: sorted[Math.floor(sorted.length / 2)] as number, least: sorted[0] as number };
  };
  return Object.fromEntries(names.map((name) => [name, measured(times.get(name) ?? [])])) as Record<Name, Measured>;
}

/** A table for one question, each figure beside its goal. */
export class Table {
  private readonly rows: (readonly string[])[];

  constructor(
    private readonly question: string,
    ...heads: readonly string[]
  ) {
    this.rows = [heads];
  }

  add(...cells: readonly string[]): void {
    this.rows.push(cells);
  }

  print(): void {
    const widths = (this.rows[0] ?? []).map((_, at) => Math.max(...this.rows.map((row) => row[at]?.length ?? 0)));
    console.log(`\n${this.question}`);
    for (const row of this.rows) {
      console.log(
        row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
      );
    }
  }
}

export function ratio(value: number, base: number): string {
  return `${(value / base).toFixed(2)}x`;
}
