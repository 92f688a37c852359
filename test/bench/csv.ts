/** The CSV source beside the bare parser of npm that only splits the same files into cells and lets them go. */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { median } from './readers.js';
import { openBundle } from '../../src/oneroster/csv/bundle.js';
import { readTable } from '../../src/oneroster/csv/table.js';
import { oneRosterCsvSource } from '../../src/oneroster/index.js';

const USERS = 100_000;
const ROUNDS = 3;
const CLASS_SIZE = 25;
const CLASSES = Math.round((USERS * 5.5) / CLASS_SIZE);

const FILES: Readonly<
  Record<string, { readonly header: string; readonly rows: number; readonly row: (index: number) => string }>
> = {
  'manifest.csv': {
    header: 'propertyName,value',
    rows: 6,
    row: (index) =>
      `file.${['academicSessions', 'classes', 'courses', 'enrollments', 'orgs', 'users'][index] ?? ''},bulk`,
  },
  'orgs.csv': {
    header: 'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId',
    rows: 50,
    row: (index) => `S${id(index)},,,School ${String(index)},school,${String(index)},`,
  },
  'academicSessions.csv': {
    header: 'sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear',
    rows: 1,
    row: () => 'FY,,,Year,schoolYear,2026-08-17,2027-06-01,,2027',
  },
  'courses.csv': {
    header:
      'sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes',
    rows: 500,
    row: (index) => `K${id(index)},,,FY,Course ${String(index)},C-${String(index)},05,S${id(0)},,`,
  },
  'classes.csv': {
    header:
      'sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods',
    rows: CLASSES,
    row: (index) =>
      `C${id(index)},,,"Class ${String(index)}, morning","05,06",K${id(index % 500)},,scheduled,201,S${id(index % 50)},FY,,,1`,
  },
  'users.csv': {
    header:
      'sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password',
    rows: USERS,
    row: (index) =>
      `U${id(index)},,,true,S${id(index % 50)},${roleOf(index)},user.${String(index)},{StateID:${String(index)}},Given,Family-${String(index)},,${String(index)},user.${String(index)}@example.org,,,,05,`,
  },
  'enrollments.csv': {
    header:
      'sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
    rows: CLASSES * CLASS_SIZE,
    row: (index) => {
      const inClass = Math.floor(index / CLASS_SIZE);
      const user = index % USERS;
      return `E${id(index)},,,C${id(inClass)},S${id(inClass % 50)},U${id(user)},${roleOf(user)},false,2026-08-17,2027-06-01`;
    },
  },
};

function id(index: number): string {
  return String(index).padStart(8, '0');
}

function roleOf(user: number): string {
  return user % CLASS_SIZE === 0 ? 'teacher' : 'student';
}

async function writeBundle(folder: string): Promise<void> {
  for (const [name, { header, rows, row }] of Object.entries(FILES)) {
    const file = createWriteStream(join(folder, name));
    file.write(`${header}\n`);
    for (let from = 0; from < rows; from += 10_000) {
      const piece = Array.from({ length: Math.min(10_000, rows - from) }, (_, index) => `${row(from + index)}\n`);
      if (!file.write(piece.join(''))) await once(file, 'drain');
    }
    file.end();
    await finished(file);
  }
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Prints what the source costs beside the bare parser, and what rows cost in memory that nobody keeps. */
export async function benchCsv(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rosterkit-bench-'));
  try {
    await writeBundle(folder);
    const bare = (columns: boolean) => async (): Promise<void> => {
      for (const name of Object.keys(FILES)) {
        const rows = createReadStream(join(folder, name)).pipe(parse({ columns })) as AsyncIterable<object>;
        for await (const row of rows) if (Object.keys(row).length === 0) throw new Error('an empty row');
      }
    };
    const source = async (): Promise<void> => {
      const { attestation } = await oneRosterCsvSource(folder).read({ tenant: 'district-1' });
      if (attestation.collections.enrollments.state !== 'complete') throw new Error('the bundle is not complete');
    };
    const works = { cells: bare(false), objects: bare(true), source };
    const times: Readonly<Record<keyof typeof works, number[]>> = { cells: [], objects: [], source: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of ['cells', 'objects', 'source'] as const) times[name].push(await cpuOf(works[name]));
    }
    const [cells, objects, own] = [median(times.cells), median(times.objects), median(times.source)];
    console.log(
      `\nCSV source (${String(USERS)} users, ${String(CLASSES * CLASS_SIZE)} enrollments) against bare csv-parse, CPU`,
    );
    console.log(`bare, rows as cells      ${cells.toFixed(0).padStart(8)} ms`);
    console.log(`bare, rows as objects    ${objects.toFixed(0).padStart(8)} ms`);
    console.log(
      `source: records, roster  ${own.toFixed(0).padStart(8)} ms  ${(own / cells).toFixed(2)}x of cells, ${(own / objects).toFixed(2)}x of objects`,
    );
    console.log(
      `Heap while enrollments.csv streams by and no row is kept: at most ${await streamingHeap(folder)} MiB more`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function streamingHeap(folder: string): Promise<string> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  const bundle = await openBundle(folder);
  const file = await bundle.open('enrollments.csv');
  if (file === undefined) throw new Error('no enrollments');
  const { batches } = await readTable(file, 'enrollments');
  for await (const rows of batches) if (rows.length > 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
  bundle.close();
  return (most / 2 ** 20).toFixed(0);
}
