/**
 * Whether a list was seen whole. Servers tell little and some of it wrongly; what they tell is weighed here, in one place.
 *
 * @module
 */

import { type JsonResponse, triState } from '../../http/index.js';
import { SeenRows } from './seen-rows.js';

/** How a list ended. */
export interface OneRosterListEnd {
  /**
   * `proven`: it is whole. `unproven`: nothing contradicts that, and nothing shows it; a second read with the same digest
   * does. `doubtful`: rows may be missing.
   */
  readonly state: 'proven' | 'unproven' | 'doubtful';
  /**
   * How, in a word. Proven: `total-reached`, `empty-page`. Unproven: `empty-page`, `total-exceeded` (the server counts
   * fewer rows than it sends), `repeated-id` (a page began with the row that ended the one before, in a list that is in
   * order: most likely one id that the district uses twice). Doubtful: `repeated-page`, `revision-changed`,
   * `count-mismatch`, `duplicate-ids`, `total-changed`, `total-mismatch`, `endless` (it goes on beyond twice the total and
   * 10,000 rows more, or beyond 20,000,000 rows; what may come behind is not asked for).
   */
  readonly ended: string;
  /** How many rows came. */
  readonly received: number;
  /** How many rows the server says that there are, where it says the same on all pages. */
  readonly total?: number;
  /** Of the ids of all rows, whatever their order: two reads that saw the same rows have the same. */
  readonly digest: string;
  /** The server's revision of what it shares (`x-perm-rev`), where it tells one. */
  readonly revision?: string;
  /** What the server's own clock said when its first page came, ISO instant; where it tells the time. */
  readonly serverTime?: string;
  /** Set where the server says that fields are not the true ones (`x-obfuscated`, as of ClassLink's DataGuard). */
  readonly isObfuscated?: true;
}

/** What the headers of a page say. */
interface Stated {
  readonly total: number | undefined;
  readonly revision: string | undefined;
}

/** So many rows no district has. */
const MOST_ROWS = 20_000_000;
/** So many rows more than twice the total are allowed, because totals are counted at another moment or cached. */
const ROWS_BEYOND_TOTAL = 10_000;

/** Weighs the pages of one list, from the first to the empty one. */
export class ListProof {
  readonly #start: number;
  readonly #mostRows: number;
  readonly #rows = new SeenRows();
  readonly #totals = new Totals();
  #dataPages = 0;
  #revision: string | undefined;
  #isEveryPageRevised = true;
  #doubt: string | undefined;
  #serverTime: string | undefined;
  #isObfuscated = false;

  /** @param start the offset of the first page: a list that is begun in the middle is never proven */
  constructor(start: number, mostRows = MOST_ROWS) {
    this.#start = start;
    this.#mostRows = mostRows;
  }

  /** Takes a page. Without any row that is new, it is not one of the list: the server goes round in circles. */
  add(rows: readonly unknown[], offset: number, response: JsonResponse): Stated & { readonly isRepeated: boolean } {
    const { headers } = response;
    const total = numberIn(headers, 'x-total-count');
    const count = numberIn(headers, 'x-count');
    const revision = headers.get('x-perm-rev')?.trim() || undefined;
    this.#serverTime ??= timeIn(headers);
    if (triState(headers.get('x-obfuscated')) === true) this.#isObfuscated = true;
    const news = this.#rows.add(rows);
    if (news === 'all-repeated') return { total, revision, isRepeated: true };
    if (rows.length > 0) this.#dataPages += 1;
    if (total !== undefined) this.#totals.add({ total, offset, rows: rows.length });
    this.#checkRevision(revision);
    // Some servers give the total by both names.
    if (count !== undefined && count !== rows.length && count !== total) this.#doubt ??= 'count-mismatch';
    if (news === 'some-repeated') this.#doubt ??= 'duplicate-ids';
    return { total, revision, isRepeated: false };
  }

  /** The end of a list whose last page was empty. */
  atEmptyPage(): OneRosterListEnd {
    const verdict = this.#totals.verdict({ end: this.#start + this.#rows.count, dataPages: this.#dataPages });
    return this.#end({ ...this.#weigh(verdict), ...(verdict.total === undefined ? {} : { total: verdict.total }) });
  }

  /** The end of a list that would go round in circles. */
  atRepeatedPage(received: number): OneRosterListEnd {
    return { ...this.#end({ state: 'doubtful', ended: 'repeated-page' }), received };
  }

  /** Whether so many rows came that the list has no end: a server that makes them up would be asked for ever. */
  isEndless(): boolean {
    const { count } = this.#rows;
    const total = this.#totals.largest();
    return count > this.#mostRows || (total > 0 && this.#start + count > 2 * total + ROWS_BEYOND_TOTAL);
  }

  /** The end of a list that has none. */
  atTooManyRows(): OneRosterListEnd {
    return this.#end({ state: 'doubtful', ended: 'endless' });
  }

  #weigh(verdict: TotalVerdict): Pick<OneRosterListEnd, 'state' | 'ended'> {
    // A row on two pages moved, and another may have slipped between two. Order is no excuse: a database that sorts by
    // what is not unique repeats and leaves out the same rows each time, and the total fits.
    const doubt = this.#doubt ?? (verdict.word === 'changed' || verdict.word === 'mismatch' ? verdict.word : undefined);
    if (doubt !== undefined) return { state: 'doubtful', ended: verdict.word === doubt ? `total-${doubt}` : doubt };
    if (this.#rows.hasTwins) return { state: 'unproven', ended: 'repeated-id' };
    if (verdict.word === 'exceeded') return { state: 'unproven', ended: 'total-exceeded' };
    if (this.#start > 0) return { state: 'unproven', ended: 'empty-page' };
    if (verdict.word === 'reached') return { state: 'proven', ended: 'total-reached' };
    return { state: this.#isOfOneMoment() ? 'proven' : 'unproven', ended: 'empty-page' };
  }

  /**
   * Whether no row can have slipped between two pages unseen. Order alone does not show it: where a record is deleted
   * while its list is read, all behind it move up, and the next page begins one row too late. A first page that is not
   * full may still be a capped one.
   */
  #isOfOneMoment(): boolean {
    if (this.#rows.count === 0) return true;
    return this.#rows.isInOrder && this.#revision !== undefined && this.#isEveryPageRevised;
  }

  #checkRevision(revision: string | undefined): void {
    if (revision === undefined) this.#isEveryPageRevised = false;
    else if (this.#revision !== undefined && this.#revision !== revision) this.#doubt ??= 'revision-changed';
    this.#revision = revision ?? this.#revision;
  }

  #end(how: Pick<OneRosterListEnd, 'state' | 'ended' | 'total'>): OneRosterListEnd {
    return {
      ...how,
      received: this.#rows.count,
      digest: this.#rows.digest(),
      ...(this.#revision === undefined ? {} : { revision: this.#revision }),
      ...(this.#serverTime === undefined ? {} : { serverTime: this.#serverTime }),
      ...(this.#isObfuscated ? { isObfuscated: true as const } : {}),
    };
  }
}

interface TotalVerdict {
  readonly word: 'none' | 'reached' | 'exceeded' | 'mismatch' | 'changed';
  readonly total?: number;
}

/** A number that should be the same on every page. */
class Constant {
  value: number | undefined;
  isConstant = true;

  add(value: number): void {
    if (this.value !== undefined && this.value !== value) this.isConstant = false;
    this.value ??= value;
  }

  is(value: number): boolean {
    return this.isConstant && this.value === value;
  }
}

/** The total as a server states it. Not all count the whole list: some the rows from the offset on, some those of the page. */
class Totals {
  readonly #plain = new Constant();
  readonly #fromOffset = new Constant();
  readonly #behindPage = new Constant();
  #isOfPage = true;
  #largest = 0;

  add({ total, offset, rows }: { readonly total: number; readonly offset: number; readonly rows: number }): void {
    // Nothing behind the end is no news.
    if (total > 0 || rows > 0 || offset === 0) this.#plain.add(total);
    this.#fromOffset.add(total + offset);
    this.#behindPage.add(total + offset + rows);
    if (total !== rows) this.#isOfPage = false;
    this.#largest = Math.max(this.#largest, total);
  }

  /** The largest total of the list; 0 where none is told, or only how many rows each page has. */
  largest(): number {
    return this.#isOfPage ? 0 : this.#largest;
  }

  /** What the totals say of a list that ended at an offset. */
  verdict({ end, dataPages }: { readonly end: number; readonly dataPages: number }): TotalVerdict {
    const { value, isConstant } = this.#plain;
    if (value === undefined) return { word: 'none' };
    if (this.#plain.is(end)) return { word: 'reached', total: end };
    if (dataPages > 1) {
      if (this.#fromOffset.is(end) || this.#behindPage.is(end)) return { word: 'reached', total: end };
      if (this.#isOfPage) return { word: 'none' };
    }
    if (!isConstant) return { word: 'changed' };
    return { word: value > end ? 'mismatch' : 'exceeded', total: value };
  }
}

function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function timeIn(headers: Headers): string | undefined {
  const time = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
