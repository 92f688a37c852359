/** The page of a large plan: how large it is, how long it takes to make, and to open beside a plain table of the same rows. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { reconcile } from '../../src/engine/index.js';
import { defaultPolicy, emptyLedger, type LocalState } from '../../src/model/index.js';
import { type Report, renderHtml, reportOf } from '../../src/report/index.js';
import { districtRoster, generateDistrict } from '../../src/testing/index.js';
import { browserPath, launchBrowser } from '../support/browser.js';
import { measure, ratio, Table } from './measuring.js';

const ROUNDS = 3;

export async function benchReport(changes = 20_000): Promise<void> {
  if (browserPath === undefined) {
    console.log('\nThe page of a report is left out: there is no Chromium.');
    return;
  }
  const scope = { tenant: 'bench' };
  const students = Math.ceil(changes / 4.6);
  const roster = districtRoster(generateDistrict({ seed: 5, students, schools: Math.ceil(students / 400) }), { scope });
  const local: LocalState = {
    ...{ scope, ledger: emptyLedger, schools: [], classes: [], users: [] },
    ...{ enrollments: [], guardianLinks: [] },
  };
  const plan = reconcile({ roster, local, policy: defaultPolicy, now: roster.readAt });
  const input = { plan, roster, local };
  const page = renderHtml(input);
  const plain = plainTable(reportOf(input));
  const { made } = measure({ made: () => renderHtml(input) }, 3);
  const [own, base] = await openings(page, plain);

  const table = new Table(
    `The page of a plan of ${String(plan.changes.length)} changes, beside a plain table of the same rows`,
    ...['', 'KB', 'made in ms', 'opened in ms', 'against plain', 'limit'],
  );
  table.add('report', ...[kilobytes(page), (made.median / 1e6).toFixed(0), own.toFixed(0), ratio(own, base), '0.50x']);
  table.add('plain table', ...[kilobytes(plain), '', base.toFixed(0), ratio(base, base), '']);
  table.print();
}

function plainTable({ schools }: Report): string {
  const rows = schools.flatMap(({ label: school, parts }) =>
    parts.flatMap(({ label, groups }) =>
      groups.flatMap(({ words, reason, records }) =>
        records.map(({ id, name }) =>
          [school?.name, label.name, words, name, id, reason].map((cell) => `<td>${cell ?? ''}`),
        ),
      ),
    ),
  );
  return `<!doctype html><meta charset="utf-8"><title>Plain</title><table>${rows.map((cells) => `<tr>${cells.join('')}`).join('\n')}</table>`;
}

/** The median time from the request to the first picture, of both pages in turn. */
async function openings(...pages: readonly string[]): Promise<[number, number]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rosterkit-bench-'));
  const browser = await launchBrowser();
  try {
    const times: number[][] = pages.map(() => []);
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const [index, html] of pages.entries()) {
        const file = path.join(folder, `${String(index)}.html`);
        writeFileSync(file, html);
        const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
        const time = await openingOf(page, file);
        await page.close();
        if (round >= 0) times[index]?.push(time);
      }
    }
    const [own = 0, base = 0] = times.map((values) => values.sort((left, right) => left - right)[ROUNDS >> 1] ?? 0);
    return [own, base];
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function openingOf(page: Page, file: string): Promise<number> {
  await page.goto(`file://${file}`);
  return await page.evaluate<number>(
    'new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now()), 0)))',
  );
}

function kilobytes(html: string): string {
  return (Buffer.byteLength(html) / 1024).toFixed(0);
}
