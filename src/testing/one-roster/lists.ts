import { createHash } from 'node:crypto';
import { compareIds } from '../../internal/ordered.js';
import { jsonAnswer, type ServiceAnswer, wholeNumber } from '../service.js';
import { parseFilter } from './filter.js';
import { type Problem, warning } from './problems.js';
import type { AllQuirks } from './quirks.js';
import type { OneRosterRecord, OneRosterWriter } from './records.js';
import { envelopes, type ListPath } from './rows.js';
import type { DistrictView } from './view.js';

/** A list that is asked for. */
export interface ListQuestion {
  readonly view: DistrictView;
  readonly quirks: AllQuirks;
  readonly path: ListPath;
  /** The rows of a nested list, and the name under which they are known. @default all rows of the path */
  readonly nested: { readonly name: string; readonly positions: Uint32Array } | undefined;
  readonly query: URLSearchParams;
  /** The address that links lead to, without a query. */
  readonly address: string;
  readonly writer: OneRosterWriter;
  /** A word for how the writer writes: what a filter finds depends on it. */
  readonly style: string;
  readonly dialect: ((record: OneRosterRecord) => OneRosterRecord) | undefined;
  /** Counts the lists that were asked for. */
  readonly requestNumber: number;
  readonly revision: string;
  readonly endEarly: boolean;
}

/** One page of a list, or what is wrong with the question. */
export function answerList(question: ListQuestion): ServiceAnswer | Problem {
  const { view, quirks, path, query, endEarly } = question;
  const limit = wholeNumber(query.get('limit'), quirks.defaultPageSize);
  const askedOffset = wholeNumber(query.get('offset'), 0);
  if (limit === undefined || limit === 0 || askedOffset === undefined) {
    return { status: 400, code: 'invaliddata', description: 'limit and offset are whole numbers' };
  }
  const size = Math.min(limit, quirks.maxPageSize);
  if (size > quirks.failsAbove)
    return { status: 502, code: 'internal_server_error', description: 'the page is too heavy' };
  const rows = view.rows[path];
  const chosen = chosenRows(question);
  if (chosen !== undefined && 'status' in chosen) return chosen;
  const total = chosen?.length ?? rows.length;
  const offset = quirks.ignoresOffset ? 0 : Math.max(0, askedOffset - quirks.repeatsRows);
  const { placeOf, warnings } = order(question, chosen, total);
  const records: OneRosterRecord[] = [];
  const fields = quirks.fields === 'ignored' ? undefined : query.get('fields')?.split(',');
  for (let index = offset; !endEarly && index < Math.min(offset + size, total); index += 1) {
    const record = rows.at(placeOf(index), question.writer);
    if (record === undefined) continue;
    const chosenFields = only(record, fields);
    records.push(question.dialect?.(chosenFields) ?? chosenFields);
  }
  const key = quirks.envelope === 'path' ? path : envelopes[path][0];
  const beforeFilter = question.nested?.positions.length ?? rows.length;
  return jsonAnswer(
    200,
    { [key]: records, ...(quirks.warnings ? warning('invalid_selection_field', 'a warning') : {}), ...warnings },
    headersOf(question, { size, offset: askedOffset, total, beforeFilter, received: records.length }),
  );
}

/** A part of a record. */
export function only(record: OneRosterRecord, fields: readonly string[] | undefined): OneRosterRecord {
  if (fields === undefined) return record;
  return Object.fromEntries(Object.entries(record).filter(([field]) => fields.includes(field)));
}

/** The positions that are nested or that a filter left; undefined where these are all. */
function chosenRows(question: ListQuestion): Uint32Array | Problem | undefined {
  const { view, quirks, path, nested, query, writer, style } = question;
  const filter = quirks.filters === 'ignored' ? null : query.get('filter');
  if (filter === null) return nested?.positions;
  const namesNestedField = filter.replace(/'[^']*'/g, '').includes('.');
  const matches =
    quirks.filters === 'refused' || (quirks.filters === 'no-nested' && namesNestedField)
      ? undefined
      : parseFilter(filter);
  if (matches === undefined) {
    return { status: 400, code: 'invalid_filter_field', description: 'the filter cannot be read' };
  }
  return view.positions(`${nameOf(question)} ${style} where ${filter}`, () => {
    const found: number[] = [];
    const rows = view.rows[path];
    const length = nested?.positions.length ?? rows.length;
    for (let index = 0; index < length; index += 1) {
      const position = nested?.positions[index] ?? index;
      const record = rows.at(position, writer);
      if (record !== undefined && matches(record)) found.push(position);
    }
    return Uint32Array.from(found);
  });
}

function nameOf({ path, nested }: ListQuestion): string {
  return nested?.name ?? path;
}

/** Which row stands at which place of the list, and what is said of an order that the server does not have. */
function order(
  question: ListQuestion,
  chosen: Uint32Array | undefined,
  total: number,
): { readonly placeOf: (index: number) => number; readonly warnings: OneRosterRecord } {
  const { view, quirks, path, query, writer, style, requestNumber } = question;
  const sort = query.get('sort');
  const rows = view.rows[path];
  const sorted = (name: string, keyOf: (position: number) => string): Uint32Array =>
    view.positions(`${nameOf(question)} ${style} ${query.get('filter') ?? ''} by ${name}`, () => {
      const entries = Array.from({ length: total }, (_, index) => {
        const position = chosen?.[index] ?? index;
        return { position, key: keyOf(position) };
      });
      return Uint32Array.from(
        entries.sort((left, right) => compareIds(left.key, right.key) || left.position - right.position),
        ({ position }) => position,
      );
    });
  const isOwn = quirks.order === 'natural' || (quirks.order === 'asked' && sort === null);
  const ordered = (): Uint32Array | undefined => {
    if (isOwn) return sorted('digest', (position) => createHash('md5').update(rows.id(position)).digest('hex'));
    if (sort !== null && sort !== 'sourcedId' && quirks.sorts === 'any') {
      return sorted(sort, (position) => sortKey(rows.at(position, writer)?.[sort]));
    }
    return quirks.order === 'case-insensitive' ? sorted('case', (position) => rows.id(position).toLowerCase()) : chosen;
  };
  const positions = ordered();
  const isDescending = quirks.order === 'descending' || (!isOwn && query.get('orderBy') === 'desc');
  const shift = quirks.order === 'unstable' ? requestNumber * 17 : 0;
  const cannotSort = sort !== null && sort !== 'sourcedId' && quirks.sorts === 'sourcedId';
  return {
    placeOf: (index) => {
      const place = ((isDescending ? total - 1 - index : index) + shift) % total;
      return positions?.[place] ?? place;
    },
    warnings: cannotSort ? warning('invalid_sort_field', 'sorted by sourcedId instead') : {},
  };
}

function sortKey(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

interface PageFacts {
  readonly size: number;
  readonly offset: number;
  readonly total: number;
  readonly beforeFilter: number;
  readonly received: number;
}

function headersOf(question: ListQuestion, page: PageFacts): Readonly<Record<string, string>> {
  const { quirks, requestNumber, revision } = question;
  const total = toldTotal(quirks, page, requestNumber);
  return {
    ...(quirks.counts === 'none' ? {} : { 'x-count': String(page.received + (quirks.counts === 'wrong' ? 1 : 0)) }),
    ...(total === undefined ? {} : { 'x-total-count': String(total) }),
    ...(quirks.links === 'none' ? {} : { link: links(question, page) }),
    ...(quirks.revision === 'none'
      ? {}
      : { 'x-perm-rev': quirks.revision === 'constant' ? revision : String(requestNumber) }),
    ...(quirks.obfuscated.length === 0 ? {} : { 'x-obfuscated': 'true' }),
  };
}

function toldTotal({ totals }: AllQuirks, page: PageFacts, requestNumber: number): number | undefined {
  const { total } = page;
  switch (totals) {
    case 'missing':
      return undefined;
    case 'too-high':
      return total + 3;
    case 'too-low':
      return Math.max(0, total - 3);
    case 'page':
      return page.received;
    case 'remaining':
      return Math.max(0, total - page.offset);
    case 'before-filter':
      return page.beforeFilter;
    case 'changing':
      return total + (requestNumber % 2);
    default:
      return total;
  }
}

/** RFC 5988. */
function links({ quirks, query, address }: ListQuestion, { size, offset, total }: PageFacts): string {
  const base = quirks.links === 'other-host' ? `https://roster.other.example${new URL(address).pathname}` : address;
  const link = (rel: string, at: number): string => {
    const changed = new URLSearchParams(query);
    changed.set('limit', String(size));
    changed.set('offset', String(quirks.links === 'page-index' ? Math.floor(at / size) : at));
    return `<${base}?${changed.toString()}>; rel="${rel}"`;
  };
  const last = total === 0 ? 0 : Math.floor((total - 1) / size) * size;
  return [
    ...(offset + size < total || quirks.links === 'always-next' ? [link('next', offset + size)] : []),
    link('last', last),
    link('first', 0),
    ...(offset > 0 ? [link('prev', Math.max(0, offset - size))] : []),
  ].join(', ');
}
