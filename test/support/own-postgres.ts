import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Where Debian and its relatives keep the programs of the server, by version. */
const VERSIONS = '/usr/lib/postgresql';

/** The folder with `initdb` and `pg_ctl`: that of the newest version, or nothing where there is none. */
export function serverPrograms(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  const folders = versions.map((version) => path.join(VERSIONS, version, 'bin'));
  return folders.filter((folder) => existsSync(path.join(folder, 'initdb'))).at(-1);
}

/** A PostgreSQL server of the test's own, which may be struck down and started again. */
export class OwnPostgres {
  private constructor(
    private readonly programs: string,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(programs: string): Promise<OwnPostgres> {
    const folder = await mkdtemp(path.join(tmpdir(), 'rosterkit-postgres-'));
    const server = new OwnPostgres(programs, folder, await freePort());
    if (isRoot()) await chown(folder, ...(await postgresUser()));
    await server.run('initdb', '--no-sync', '--auth=trust', '--username=postgres', '-D', path.join(folder, 'data'));
    await server.again();
    return server;
  }

  get connectionString(): string {
    return `postgres://postgres@127.0.0.1:${String(this.port)}/postgres`;
  }

  /** Ends every process of the server at once, as a crash would: what it had not written it must recover. */
  async strike(): Promise<void> {
    await this.control('stop', '-m', 'immediate');
  }

  /** Starts the server; it answers when this is done. */
  async again(): Promise<void> {
    const settings = `-p ${String(this.port)} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=16MB`;
    await this.control('start', '-w', '-l', path.join(this.folder, 'log'), '-o', settings);
  }

  async remove(): Promise<void> {
    await this.control('stop', '-m', 'immediate').catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  private control(...args: readonly string[]): Promise<unknown> {
    return this.run('pg_ctl', '-D', path.join(this.folder, 'data'), ...args);
  }

  /** The server refuses to work for root. */
  private async run(program: string, ...args: readonly string[]): Promise<void> {
    const command = [path.join(this.programs, program), ...args];
    const asUser = isRoot()
      ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', ...command]
      : command;
    // The server would inherit the pipes of its program, and hold them open for as long as it runs.
    await promisify(execFile)('/bin/sh', ['-c', '"$@" >/dev/null 2>&1', 'sh', ...asUser], { cwd: this.folder });
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function postgresUser(): Promise<[user: number, group: number]> {
  const id = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout);
  return [await id('-u'), await id('-g')];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
