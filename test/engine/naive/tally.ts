/** What random cases had in them, so that nobody trusts a test of cases in which nothing happens. */

/** Each of these must have been compared: rows as changes and notes, and every gate, held and latched. */
const NEEDED: readonly string[] = [
  ...['class-create K1', 'class-create D5', 'class-move K6', 'class-update K5', 'class-update K16', 'class-update K17'],
  ...['class-unarchive K8', 'class-unarchive K9', 'class-archive K7', 'class-rekey K10'],
  ...['enrollment-add M1', 'enrollment-update M2', 'enrollment-remove M3', 'enrollment-remove U7'],
  ...['enrollment-restore M5', 'enrollment-restore M6', 'enrollment-link M7'],
  ...['user-create U1', 'user-create U2', 'user-create U3', 'user-rekey U12', 'user-deactivate U7'],
  ...['note D1', 'note D4', 'note D6', 'note G4', 'note K2', 'note K3', 'note K5', 'note K6', 'note K7', 'note K8'],
  ...['note K9', 'note K14', 'note K16', 'note K18', 'note M1', 'note M6', 'note M10', 'note M11', 'note M14'],
  ...['note U2', 'note U6', 'note U12', 'note U14', 'note UNDO', 'note Z4', 'note Z5', 'note Z6', 'note Z9', 'absent'],
  ...['hold G3', 'hold G6', 'hold G7', 'hold K10', 'hold K15', 'hold SCHOOL_GONE', 'hold U13'],
  ...['latch G3', 'latch G6', 'latch K10', 'latch K15', 'latch SCHOOL_GONE', 'latch U13', 'restricted', 'suppressed'],
];

export class Tally {
  private readonly counts = new Map<string, number>();
  private readonly stops = { open: 0, beyond: 0 };
  private plans = 0;

  /** A plan that was compared, as lines. */
  add(lines: readonly string[]): void {
    this.plans += 1;
    for (const word of new Set(lines.map(wordOf))) this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
  }

  /** A case that ended: it turned on an open point, or on what the naive rules do not know. */
  stop(why: 'open' | 'beyond'): void {
    this.stops[why] += 1;
  }

  share(why: 'open' | 'beyond'): number {
    return this.stops[why] / (this.plans + this.stops.open + this.stops.beyond);
  }

  summary(): string {
    const counts = [...this.counts].sort(([left], [right]) => (left < right ? -1 : 1));
    return `${this.plans} plans, ${this.stops.open} at open points; ${counts.map((each) => each.join(' ')).join(', ')}`;
  }

  unseen(): readonly string[] {
    return NEEDED.filter((word) => !this.counts.has(word));
  }
}

function wordOf(line: string): string {
  const [noun = '', first = ''] = line.split(' ');
  if (noun === 'note') return `note ${first}`;
  if (noun === 'hold' || noun === 'latch') return `${noun} ${first.split(':')[0] ?? ''}`;
  const rule = /\[(\w+)/u.exec(line)?.[1];
  return noun.includes('-') && rule !== undefined ? `${noun} ${rule}` : noun;
}
