/** Gives out ids of 24 hexadecimal digits in ascending order: 16 of the district, 8 that count. */
export class IdIssuer {
  private readonly prefix: string;
  next: number;

  constructor(districtId: string, next: number) {
    this.prefix = districtId.slice(0, 16);
    this.next = next;
  }

  issue(): string {
    const id = idOf(this.prefix, this.next);
    this.next += 1;
    return id;
  }
}

/** The id of a district: its first school year in seconds, as Clever's ids begin with a time, and its seed. */
export function districtId(schoolYear: number, seedWord: number): string {
  const seconds = Date.UTC(schoolYear, 6, 1) / 1000;
  return idOf(hex8(seconds) + hex8(seedWord), 0);
}

/** The number at the end of an id. */
export function serialOf(id: string): number {
  return Number.parseInt(id.slice(16), 16);
}

function idOf(prefix: string, serial: number): string {
  // Joined rather than added: an added string of this length keeps its two halves alive, which a large district feels.
  return [prefix, hex8(serial)].join('');
}

function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
