/** One thing that an adapter must do. It belongs to no test runner: `run` rejects where the adapter does not do it. */
export interface ContractCase {
  /** What the adapter must do, as a sentence. No two cases of a contract have the same name. */
  readonly name: string;
  /** Tries it, with a subject and tenants of its own. */
  readonly run: () => Promise<void>;
}

/** What an adapter must do, by what each case is called. */
export type Rules<Bench> = Readonly<Record<string, (bench: Bench) => Promise<void>>>;

/** The rules of all groups as cases, each at a bench of its own. */
export function contractOf<Bench>(
  groups: Readonly<Record<string, Rules<Bench>>>,
  newBench: () => Promise<Bench>,
): readonly ContractCase[] {
  return Object.entries(groups).flatMap(([group, rules]) =>
    Object.entries(rules).map(([rule, prove]) => ({
      name: `${group}: ${rule}`,
      run: async () => {
        await prove(await newBench());
      },
    })),
  );
}
