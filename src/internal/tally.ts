const MOST_IDS = 20;

/** Some records with the same fault: how many, and the first of their ids. */
export class Tally {
  count = 0;
  readonly ids: string[] = [];

  add(id: string | undefined): void {
    this.count += 1;
    if (id !== undefined && this.ids.length < MOST_IDS) this.ids.push(id);
  }
}

/** Which records have a key that another one has, too. */
export class Groups {
  readonly shared = new Tally();
  /** The first record with a key, until a second one comes. */
  private readonly first = new Map<string, string | undefined>();

  add(key: string, id: string): void {
    if (!this.first.has(key)) {
      this.first.set(key, id);
      return;
    }
    const first = this.first.get(key);
    if (first !== undefined) {
      this.shared.add(first);
      this.first.set(key, undefined);
    }
    this.shared.add(id);
  }
}

/** One more of a type. */
export function countUp(counts: Map<string, number>, type: string): void {
  counts.set(type, (counts.get(type) ?? 0) + 1);
}
