import { compareIds } from '../../internal/ordered.js';
import type { District } from '../district.js';
import { type NestedRows, nestedRows } from './nested.js';
import type { AllQuirks } from './quirks.js';
import type { OneRosterRecord, OneRosterWriter } from './records.js';
import { type AgentsSide, type DistrictRows, type ListPath, makeRows, type Rows } from './rows.js';

/** A record that left the district and is served on. */
interface Tombstone {
  readonly id: string;
  readonly write: (writer: OneRosterWriter) => OneRosterRecord;
}

type Tombstones = Readonly<Partial<Record<ListPath, readonly Tombstone[]>>>;

/** What a server knows of a district: its rows, and which of them each question chose, as they were asked for. */
export class DistrictView {
  readonly district: District;
  readonly rows: DistrictRows;
  private readonly live: DistrictRows;
  private readonly tombstones: Tombstones;
  private readonly chosen = new Map<string, Uint32Array>();

  constructor(district: District, agents: AgentsSide, quirks: AllQuirks, before?: DistrictView) {
    this.district = district;
    this.live = makeRows(district, { ...quirks, agents });
    this.tombstones =
      before === undefined || quirks.removals === 'gone' ? {} : tombstonesOf(before, this.live, district, quirks);
    this.rows = withTombstones(this.live, this.tombstones);
  }

  /** The rows below a record. */
  nested(segments: readonly string[], hasTeachersAmongStudents: boolean): NestedRows | 'unknown' | undefined {
    return nestedRows(this.district, this.rows, segments, hasTeachersAmongStudents);
  }

  /** The positions that belong to a question, found once. */
  positions(question: string, find: () => Uint32Array): Uint32Array {
    const known = this.chosen.get(question);
    if (known !== undefined) return known;
    const found = find();
    this.chosen.set(question, found);
    return found;
  }

  /** The tombstones of a list, and the rows without them. */
  of(path: ListPath): { readonly live: Rows; readonly tombstones: readonly Tombstone[] } {
    return { live: this.live[path], tombstones: this.tombstones[path] ?? [] };
  }
}

/** Whatever was served before and is not in the district any more. */
function tombstonesOf(before: DistrictView, live: DistrictRows, district: District, quirks: AllQuirks): Tombstones {
  const { removals } = quirks;
  const found: Partial<Record<ListPath, readonly Tombstone[]>> = {};
  for (const path of Object.keys(live) as ListPath[]) {
    const earlier = before.of(path);
    const left = earlier.tombstones.filter(({ id }) => live[path].find(id) < 0);
    for (let position = 0; position < earlier.live.length; position += 1) {
      const id = earlier.live.id(position);
      if (live[path].find(id) >= 0) continue;
      left.push({
        id,
        write: (writer) => ({
          ...earlier.live.at(position, writer),
          status: removals,
          dateLastModified: district.updatedAt,
        }),
      });
    }
    if (left.length > 0) found[path] = left;
  }
  return found;
}

function withTombstones(live: DistrictRows, tombstones: Tombstones): DistrictRows {
  const merged = Object.entries(tombstones).map(([path, left]) => [path, mergedRows(live[path as ListPath], left)]);
  return { ...live, ...(Object.fromEntries(merged) as Partial<DistrictRows>) };
}

/** Rows and tombstones in one order of sourcedIds. */
function mergedRows(live: Rows, tombstones: readonly Tombstone[]): Rows {
  const order = [
    ...Array.from({ length: live.length }, (_, position) => ({ id: live.id(position), position, stone: undefined })),
    ...tombstones.map((stone) => ({ id: stone.id, position: -1, stone })),
  ].sort((left, right) => compareIds(left.id, right.id));
  const places = new Map(order.map(({ id }, place) => [id, place]));
  return {
    length: order.length,
    at: (place, writer) => {
      const entry = order[place];
      return entry?.stone === undefined ? live.at(entry?.position ?? -1, writer) : entry.stone.write(writer);
    },
    id: (place) => order[place]?.id ?? '',
    find: (sourcedId) => places.get(sourcedId) ?? -1,
  };
}
