import type { Collection, ReadState } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectRejection, expectSame, expectThat } from '../expecting.js';
import type { SourceBench } from './bench.js';
import { collections, expectSameRecords, idOf, wholeOf } from './contents.js';

const STATES: readonly ReadState[] = ['complete', 'incomplete', 'failed', 'not-shared', 'not-read'];

/** How a district that stands still is read. */
export const reading: Rules<SourceBench> = {
  'a read says what it is of and when it began': async ({ source, scope, read }) => {
    const roster = await read();
    expectSame('the source', roster.source, source.provider);
    expectSame('the scope', roster.scope, scope);
    expectSame('when it began', new Date(roster.readAt).toISOString(), roster.readAt);
  },

  'two reads say the same, and are two': async ({ read }) => {
    const [first, second] = [await read(), await read()];
    expectThat('each read has an id of its own', first.readId !== second.readId);
    expectSameRecords('the second read', second, first);
    expectSame('what the second read attests', second.attestation, first.attestation);
    expectSame('what the second read rejects', second.rejected, first.rejected);
  },

  'every record has an id, once in its collection': async ({ read }) => {
    const roster = await read();
    for (const collection of collections) {
      const ids = roster[collection].map((record) => idOf(collection, record));
      expectSame(`how many ids of ${collection} occur again`, ids.length - new Set(ids).size, 0);
      const isIdentified = roster[collection].every((record) =>
        Object.values(mandatoryIds(collection, record)).every(isId),
      );
      expectThat(`every id of ${collection} is a text that is not empty`, isIdentified);
    }
  },

  'records that come as a stream come in the order of their ids': async ({ source, scope }) => {
    const streams = await source.read(scope);
    const roster = await wholeOf(streams);
    for (const collection of collections) {
      if (Array.isArray(streams[collection])) continue;
      const ids = roster[collection].map((record) => mandatoryIds(collection, record));
      const isOrdered = ids.every((id, at) => at === 0 || !isBefore(id, ids[at - 1] ?? []));
      expectThat(`${collection} are in order`, isOrdered);
    }
  },

  'records are plain data, which survives being written as JSON': async ({ read }) => {
    const roster = await read();
    expectSameRecords('what was written and read', JSON.parse(JSON.stringify(roster)) as typeof roster, roster);
  },

  'every collection is attested, and what is not there to be believed has no records': async ({ read }) => {
    const roster = await read();
    for (const collection of collections) {
      const { state, received } = roster.attestation.collections[collection];
      expectThat(`the state of ${collection} is a word of the model`, STATES.includes(state));
      expectThat(`what is received of ${collection} is a count`, Number.isInteger(received) && received >= 0);
      const isNothing = state === 'failed' || state === 'not-shared' || state === 'not-read';
      expectThat(`${collection} that are ${state} have no records`, !isNothing || roster[collection].length === 0);
    }
  },

  'a collection is complete only where as much was received as the provider tells and the records need': async ({
    read,
  }) => {
    const roster = await read();
    for (const collection of collections) {
      const { state, received, expected } = roster.attestation.collections[collection];
      if (state !== 'complete') continue;
      expectThat(`${collection} have no more records than were received`, roster[collection].length <= received);
      expectThat(`no fewer ${collection} were received than expected`, received >= (expected ?? 0));
    }
  },

  'pages are told as they come, by a count that grows': async ({ source, scope }) => {
    const counts = new Map<Collection, number>();
    const onPage = ({ collection, received }: { readonly collection: Collection; readonly received: number }) => {
      expectThat(`the count of ${collection} grows`, received >= (counts.get(collection) ?? 0));
      counts.set(collection, received);
    };
    await wholeOf(await source.read(scope, { onPage }));
    expectThat('a page was told', counts.size > 0);
  },

  'a scope that names a school narrows what is delivered, if anything, and not what is attested': async (bench) => {
    const whole = await bench.read();
    const [school] = whole.schools;
    const schools = [school?.sourcedId ?? 'a school'];
    const narrow = await wholeOf(await bench.source.read({ ...bench.scope, schools }));
    expectSame('the scope', narrow.scope, { ...bench.scope, schools });
    expectSameRecords('the whole read, beside the narrow one', whole, narrow, true);
    const classesOf = ({ classes }: typeof whole) =>
      classes.filter(({ schoolSourcedId }) => schoolSourcedId === schools[0]).map(({ sourcedId }) => sourcedId);
    expectSame('the classes of the school', classesOf(narrow).sort(), classesOf(whole).sort());
    for (const collection of collections) {
      const states = [narrow, whole].map(({ attestation }) => attestation.collections[collection].state);
      expectSame(`the state of ${collection}`, states[0], states[1]);
    }
  },

  'the schools to choose from are those of a read': async ({ source, read }) => {
    const schools = (await source.schools()).map(({ sourcedId }) => sourcedId);
    const roster = await read();
    expectSame('the schools', schools.sort(), roster.schools.map(({ sourcedId }) => sourcedId).sort());
  },

  'what the caller aborts beforehand ends with the signal’s reason': async ({ source, scope }) => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const works = [async () => wholeOf(await source.read(scope, { signal })), async () => source.schools({ signal })];
    for (const work of works) {
      const error = await expectRejection('what is aborted', work());
      expectThat('the error is the signal’s reason', error === reason);
    }
  },

  'a read that is aborted on its way ends with the signal’s reason, or was whole by then': async (bench) => {
    const { source, scope, read } = bench;
    const whole = await read();
    const stop = new AbortController();
    const reason = new Error('enough');
    const aborted = source.read(scope, { signal: stop.signal, onPage: () => stop.abort(reason) }).then(wholeOf);
    const outcome = await aborted.catch((error: unknown) => error);
    if (outcome === reason) return;
    expectThat('the error is the signal’s reason', !(outcome instanceof Error));
    expectSameRecords('what was read', outcome as typeof whole, whole);
  },
};

/** The ids that a record of the collection cannot do without. */
function mandatoryIds(collection: Collection, record: object): readonly unknown[] {
  const fields = record as Readonly<Record<string, unknown>>;
  if (collection === 'enrollments') return [fields['classSourcedId'], fields['userSourcedId']];
  if (collection === 'guardianLinks') return [fields['guardianSourcedId'], fields['studentSourcedId']];
  return [fields['sourcedId']];
}

function isId(id: unknown): boolean {
  return typeof id === 'string' && id !== '';
}

/** Whether a record comes before another, by their ids one after the other. */
function isBefore(left: readonly unknown[], right: readonly unknown[]): boolean {
  const at = left.findIndex((id, index) => id !== right[index]);
  return at >= 0 && String(left[at]) < String(right[at]);
}
