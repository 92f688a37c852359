import type { LocalRecord } from '../../model/index.js';

/** What takes back the writes of a batch that fails, newest first. */
export type UndoLog = (() => void)[];

/** Records that are found by the host's id and by their sourcedId: schools, classes, users. */
export class RecordTable<T extends LocalRecord & { readonly sourcedId?: string }> {
  private readonly records = new Map<string, T>();
  private readonly ids = new Map<string, string>();

  get(id: string): T | undefined {
    return this.records.get(id);
  }

  find(id: string | undefined, sourcedId: string | undefined): T | undefined {
    const found = id ?? (sourcedId === undefined ? undefined : this.ids.get(sourcedId));
    return found === undefined ? undefined : this.records.get(found);
  }

  put(record: T, undo?: UndoLog): void {
    const previous = this.records.get(record.id);
    if (previous?.sourcedId !== undefined) this.ids.delete(previous.sourcedId);
    this.records.set(record.id, record);
    if (record.sourcedId !== undefined) this.ids.set(record.sourcedId, record.id);
    undo?.push(() => {
      if (previous === undefined) this.remove(record.id);
      else this.put(previous);
    });
  }

  remove(id: string, undo?: UndoLog): void {
    const previous = this.records.get(id);
    if (previous === undefined) return;
    this.records.delete(id);
    if (previous.sourcedId !== undefined) this.ids.delete(previous.sourcedId);
    undo?.push(() => {
      this.put(previous);
    });
  }

  all(): IterableIterator<T> {
    return this.records.values();
  }
}

/** Records that are found by the host's id and by the two records that they tie: enrollments, guardian links. */
export class PairTable<T extends LocalRecord> {
  private readonly records = new Map<string, T>();
  private readonly byLeft = new Map<string, Map<string, string>>();
  private readonly byRight = new Map<string, Set<string>>();

  constructor(
    private readonly left: (record: T) => string,
    private readonly right: (record: T) => string,
  ) {}

  get(id: string): T | undefined {
    return this.records.get(id);
  }

  findPair(leftId: string, rightId: string): T | undefined {
    const id = this.byLeft.get(leftId)?.get(rightId);
    return id === undefined ? undefined : this.records.get(id);
  }

  ofLeft(leftId: string): T[] {
    return this.pick(this.byLeft.get(leftId)?.values() ?? []);
  }

  ofRight(rightId: string): T[] {
    return this.pick(this.byRight.get(rightId) ?? []);
  }

  put(record: T, undo?: UndoLog): void {
    const previous = this.records.get(record.id);
    if (previous !== undefined) this.unindex(previous);
    this.records.set(record.id, record);
    const leftId = this.left(record);
    const rightId = this.right(record);
    const rights = this.byLeft.get(leftId);
    if (rights === undefined) this.byLeft.set(leftId, new Map([[rightId, record.id]]));
    else rights.set(rightId, record.id);
    const ids = this.byRight.get(rightId);
    if (ids === undefined) this.byRight.set(rightId, new Set([record.id]));
    else ids.add(record.id);
    undo?.push(() => {
      if (previous === undefined) this.remove(record.id);
      else this.put(previous);
    });
  }

  remove(id: string, undo?: UndoLog): void {
    const previous = this.records.get(id);
    if (previous === undefined) return;
    this.records.delete(id);
    this.unindex(previous);
    undo?.push(() => {
      this.put(previous);
    });
  }

  private pick(ids: Iterable<string>): T[] {
    const picked: T[] = [];
    for (const id of ids) {
      const record = this.records.get(id);
      if (record !== undefined) picked.push(record);
    }
    return picked;
  }

  private unindex(record: T): void {
    const leftId = this.left(record);
    const rightId = this.right(record);
    const rights = this.byLeft.get(leftId);
    rights?.delete(rightId);
    if (rights?.size === 0) this.byLeft.delete(leftId);
    const ids = this.byRight.get(rightId);
    ids?.delete(record.id);
    if (ids?.size === 0) this.byRight.delete(rightId);
  }
}
