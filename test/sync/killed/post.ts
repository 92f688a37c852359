/** Where the letters of the processes go, and what is seen of them there. */

import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { Codes } from '../../../src/people/index.js';
import type { LoggedMessage, MailServer } from '../../adapters/exim.js';
import { contentOf } from '../../adapters/mime.js';
import { hostName } from './host-name.js';
import type { Tables } from './tables.js';
import type { Job } from './worker-process.js';

/** Where letters go. */
export interface Post {
  /** Where a process that works for a tenant brings its letters. */
  placeOf(tenant: string): Job['mail'];
  /** Looks at what a process has sent that was killed. The tables are those of the tenant after its death. */
  bury(tenant: string, process: string, now: Tables): Promise<void>;
  /** Whom the letters since `before` are for, once for each, when all is done. */
  addressees(tenant: string, now: Tables, before: Tables): Promise<readonly string[]>;
}

/** A folder for each tenant: a letter that is written again is the same file. */
export class FolderPost implements Post {
  constructor(private readonly folder: string) {}

  placeOf(tenant: string): string {
    return path.join(this.folder, tenant);
  }

  async bury(): Promise<void> {
    // A file tells nothing of who wrote it.
  }

  async addressees(tenant: string, now: Tables): Promise<readonly string[]> {
    const folder = this.placeOf(tenant);
    await mkdir(folder, { recursive: true });
    const people: string[] = [];
    for (const file of await readdir(folder)) {
      const letter = await readFile(path.join(folder, file), 'utf8');
      expectCodeOf(letter, now);
      people.push(/^To: (.*)$/m.exec(letter)?.[1] ?? '');
    }
    return people.sort();
  }
}

/**
 * A mail server, whose log says which process sent what. A letter comes twice only where its process died between the
 * server's answer and the transaction that keeps it: exactly those that it sent and that are not kept as sent.
 */
export class ServerPost implements Post {
  /** What the server has taken of the present tenant's letters, in its order. */
  #taken: LoggedMessage[] = [];
  #readCount = 0;
  /** What the tenant's next processes have to send again. */
  #hanging: string[] = [];
  /** How many processes died between an answer and its transaction. */
  hangingCount = 0;

  constructor(private readonly server: MailServer) {}

  placeOf(): number {
    this.#taken = [];
    this.#hanging = [];
    return this.server.ports.withoutTls;
  }

  async bury(_tenant: string, process: string, now: Tables): Promise<void> {
    const sent = await this.#newlyTaken();
    for (const { client } of sent) expect(client, 'nobody else is at work').toBe(hostName(process));
    const states = statesOf(now);
    const hanging = sent.map(keyOf).filter((key) => states.get(key) !== 'sent');
    const last = sent.slice(-1).map(keyOf);
    expect(hanging, 'only the last act of a process may be unknown').toEqual(hanging.length === 0 ? [] : last);
    this.#hanging.push(...hanging);
    this.hangingCount += hanging.length;
  }

  async addressees(_tenant: string, now: Tables, before: Tables): Promise<readonly string[]> {
    await this.#newlyTaken();
    const earlier = statesOf(before);
    const keys = [...statesOf(now).keys()].filter((key) => !earlier.has(key));
    const wanted = [...keys, ...this.#hanging].sort();
    expect(this.#taken.map(keyOf).sort(), 'none is missing, and only what was unknown comes twice').toEqual(wanted);
    const letters = new Set<string>();
    for (const { headers, body, recipients } of await this.server.takeMessages()) {
      const { text } = contentOf(headers, body);
      expectCodeOf(text, now);
      letters.add(`${recipients.join()} ${text}`);
    }
    expect(letters.size, 'what comes twice is the same letter').toBe(keys.length);
    return [...new Map(this.#taken.map(({ id, recipients }) => [id, recipients])).values()].flat().sort();
  }

  async #newlyTaken(): Promise<readonly LoggedMessage[]> {
    await this.server.settled();
    const log = await this.server.log();
    const taken = log.slice(this.#readCount);
    this.#readCount = log.length;
    this.#taken.push(...taken);
    return taken;
  }
}

/** The idempotency key, as the Message-ID has it. */
function keyOf({ id }: LoggedMessage): string {
  return id.replace(/@.*$/, '');
}

/** What became of each message, by its idempotency key. */
function statesOf({ outbox = [] }: Tables): ReadonlyMap<string, unknown> {
  return new Map(outbox.map((row) => [String(row['idempotency_key']), row['state']]));
}

/** Each letter must hold the code of an invitation: its digest is the tenant's own. */
function expectCodeOf(letter: string, { invitations = [] }: Tables): void {
  const code = /Your invitation code: (\S+)/.exec(letter)?.[1] ?? '';
  const [digest] = new Codes(String(invitations[0]?.['tenant']), undefined).digestsOf(code);
  const digests = invitations.map((row) => row['code_digest']);
  expect(digests, 'the code of a letter is that of an invitation').toContain(digest);
}
