/**
 * `npm run bench`: the engine beside the least work that finds the same differences and beside general packages, its memory
 * over streams, the clients beside the least that reads the same pages, the store beside COPY, and the page of a large plan
 * beside a plain table. Ratios count; times depend
 * on the machine. `npm run bench -- engine` runs one of them, `npm run bench -- storage 100000` on fewer records.
 */

import { benchClients } from './clients.js';
import { benchCsv } from './csv.js';
import { benchEngine } from './engine.js';
import { benchOneRoster } from './one-roster.js';
import { benchPeers } from './peers.js';
import { benchReport } from './report.js';
import { benchStorage } from './storage.js';
import { benchStreams, measureStreams } from './streams.js';

const BENCHES: Readonly<Record<string, (size?: number) => void | Promise<void>>> = {
  engine: benchEngine,
  peers: benchPeers,
  memory: benchStreams,
  clients: benchClients,
  oneroster: benchOneRoster,
  csv: benchCsv,
  storage: benchStorage,
  report: benchReport,
};

const [wanted, size] = process.argv.slice(2);
if (wanted === 'streams') {
  await measureStreams(Number(size));
} else {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted === undefined || wanted === name) await bench(size === undefined ? undefined : Number(size));
  }
}
