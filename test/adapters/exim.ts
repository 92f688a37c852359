import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAM = '/usr/sbin/exim4';

/** Whether Debian's Exim and OpenSSL are installed. */
export const isEximInstalled = existsSync(PROGRAM) && existsSync('/usr/bin/openssl');

/** Whom the mail server lets in. */
export const credentials = { user: 'rosters', pass: 'correct horse' };

/** The largest message that the mail server takes, in bytes. */
const MESSAGE_SIZE_LIMIT = 20_000;

/** A message as the mail server has it in its queue. */
interface QueuedMessage {
  readonly sender: string;
  readonly recipients: readonly string[];
  /** The headers, unfolded. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly isEncrypted: boolean;
  /** Who logged in to send it. */
  readonly login: string | undefined;
}

/** A message as the mail server wrote it down when it took it, before it answered 250. */
export interface LoggedMessage {
  /** The Message-ID, without its brackets. */
  readonly id: string;
  /** What the client called itself. */
  readonly client: string;
  readonly recipients: readonly string[];
}

/** A mail server of one's own on the loopback address, that takes messages and delivers none. */
export interface MailServer {
  /** The authority that vouches for it, in PEM. */
  readonly ca: string;
  readonly ports: {
    /** STARTTLS, and AUTH after it. */
    readonly submission: number;
    /** TLS from the start, and AUTH. */
    readonly submissions: number;
    /** STARTTLS, and never AUTH. */
    readonly withoutAuth: number;
    /** Neither. */
    readonly withoutTls: number;
  };
  /** Every message that it ever took, in the order in which it took them. */
  log(): Promise<readonly LoggedMessage[]>;
  /** Until every connection has ended, those of dead clients, too. */
  settled(): Promise<void>;
  /** Takes what it has, so that the queue is empty again. */
  takeMessages(): Promise<readonly QueuedMessage[]>;
  /** From now on those who were told to come back are taken. */
  endGreylisting(): Promise<void>;
  /** What becomes of every message from now on: nothing for now, nothing for good, or what becomes of it anyhow. */
  refuse(how: 'for now' | 'for good' | undefined): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a mail server; one daemon serves all ports. */
export async function startMailServer(): Promise<MailServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rosterkit-exim-'));
  const [submission, submissions, withoutAuth, withoutTls] = await Promise.all([1, 2, 3, 4].map(freePort));
  const ports = { submission, submissions, withoutAuth, withoutTls } as MailServer['ports'];
  await mkdir(path.join(folder, 'spool'));
  const ca = await makeCertificates(folder);
  const configuration = path.join(folder, 'exim.conf');
  await writeFile(configuration, configurationOf(folder, ports), { mode: 0o644 });
  const daemon = spawn(PROGRAM, ['-bdf', '-C', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  daemon.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
  const ended = new Promise<void>((resolve) => daemon.once('exit', () => resolve()));
  for (let attempt = 0; !(await answers(ports.withoutTls)); attempt += 1) {
    if (attempt === 100 || daemon.exitCode !== null) throw new Error(`Exim did not start: ${complaint}`);
    await pause(50);
  }
  return {
    ca,
    ports,
    log: () => readLog(path.join(folder, 'mainlog')),
    settled: () => settled(daemon.pid),
    takeMessages: () => takeMessages(path.join(folder, 'spool', 'input')),
    endGreylisting: () => writeFile(path.join(folder, 'known'), ''),
    refuse: async (how) => {
      await Promise.all(['busy', 'closed'].map((name) => rm(path.join(folder, name), { force: true })));
      if (how !== undefined) await writeFile(path.join(folder, how === 'for now' ? 'busy' : 'closed'), '');
    },
    stop: async () => {
      // A connection has a process of its own, which would write its log into the folder after it is gone.
      await settled(daemon.pid);
      daemon.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * What the mail server does. Its replies quote addresses, as those of real servers do: `unknown@` is refused, `later@` is
 * greylisted, `tardy@` is never ready, the mailbox of `full@` is full, `choosy@` takes nothing from outside, the sender `banned@` is refused, and so is a message whose subject says "spam".
 */
function configurationOf(folder: string, ports: MailServer['ports']): string {
  const tlsPorts = [ports.submission, ports.withoutAuth].join(':');
  const authPorts = [ports.submission, ports.submissions].join(':');
  return `
primary_hostname = localhost
spool_directory = ${folder}/spool
log_file_path = ${folder}/%slog
log_selector = +received_recipients
pid_file_path = ${folder}/pid
exim_user = ${String(process.getuid?.() ?? 0)}
exim_group = ${String(process.getgid?.() ?? 0)}
keep_environment =
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${Object.values(ports).join(' : ')}
tls_on_connect_ports = ${String(ports.submissions)}
tls_advertise_hosts = \${if inlist{$received_port}{${tlsPorts}}{*}{}}
tls_certificate = ${folder}/server.pem
tls_privatekey = ${folder}/server.key
auth_advertise_hosts = \${if and{{def:tls_in_cipher}{inlist{$received_port}{${authPorts}}}}{*}{}}
queue_only = true
host_lookup =
rfc1413_query_timeout = 0s
smtputf8_advertise_hosts = *
message_size_limit = ${String(MESSAGE_SIZE_LIMIT)}
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_recipient
acl_smtp_data = acl_message

begin acl
acl_mail:
  defer message = 451 4.3.2 Not now, <$sender_address>
       condition = \${if exists{${folder}/busy}}
  deny message = 550 5.7.1 <$sender_address> may not send here
       condition = \${if eq{$sender_address_local_part}{banned}}
  accept
acl_recipient:
  deny message = 550 5.1.1 <$local_part@$domain>: no such user here
       local_parts = unknown
  deny message = 552 5.2.2 <$local_part@$domain> is over quota
       local_parts = full
  deny message = 550 5.7.1 <$local_part@$domain> takes no mail from outside
       local_parts = choosy
  defer message = 450 4.2.1 <$local_part@$domain>: the mailbox is busy
       local_parts = tardy
  defer message = 451 4.7.1 <$local_part@$domain> is greylisted
       local_parts = later
       condition = \${if !exists{${folder}/known}}
  accept
acl_message:
  deny message = 554 5.6.0 Nothing of that kind for $recipients
       condition = \${if exists{${folder}/closed}}
  deny message = 554 5.7.1 Message to $recipients looks like spam
       condition = \${if match{$h_subject:}{spam}}
  accept

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = \${if and{{eq{$auth2}{${credentials.user}}}{eq{$auth3}{${credentials.pass}}}}}
  server_set_id = $auth2
`;
}

/** An authority, and a certificate of it for `localhost`; answers with the authority's. */
async function makeCertificates(folder: string): Promise<string> {
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const inFolder = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
  const authority = ['-subj', '/CN=School authority', '-addext', 'basicConstraints=critical,CA:TRUE'];
  await inFolder('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', ...authority);
  const server = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  await inFolder('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', ...server);
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-copy_extensions', 'copy'];
  await inFolder('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.pem');
  return readFile(path.join(folder, 'ca.pem'), 'utf8');
}

/** Reads the queue: for each message one file with its envelope and headers, and one with its body. */
async function takeMessages(folder: string): Promise<QueuedMessage[]> {
  const files = existsSync(folder) ? await readdir(folder) : [];
  const ids = files.filter((file) => file.endsWith('-H')).map((file) => file.slice(0, -2));
  return Promise.all(
    ids.sort().map(async (id) => {
      const [head, body] = await Promise.all(
        ['H', 'D'].map((kind) => readFile(path.join(folder, `${id}-${kind}`), 'utf8')),
      );
      await Promise.all(['H', 'D'].map((kind) => rm(path.join(folder, `${id}-${kind}`))));
      return queuedMessage(head ?? '', body ?? '');
    }),
  );
}

function queuedMessage(file: string, body: string): QueuedMessage {
  const split = file.indexOf('\n\n');
  const envelope = file.slice(0, split).split('\n');
  // After the tree of those who have it already come the number of recipients, and the recipients.
  const recipients = envelope.slice(envelope.findIndex((line) => /^\d+$/.test(line)) + 1);
  // Each header begins with its length and a flag.
  const headers = file
    .slice(split + 2)
    .replace(/\n[ \t]+/g, ' ')
    .split('\n');
  return {
    sender: (envelope[2] ?? '').slice(1, -1),
    recipients: recipients.map((line) => line.split(' ')[0] ?? ''),
    headers: headers.map((line) => line.replace(/^\d{3}. /, '')).filter((line) => line !== ''),
    body: body.slice(body.indexOf('\n') + 1),
    isEncrypted: /^--?tls_cipher /m.test(file.slice(0, split)),
    login: /^--?auth_id (.*)$/m.exec(file.slice(0, split))?.[1],
  };
}

/** One line for each message: `<= sender H=(client) [address] ... id=Message-ID for recipients`. */
async function readLog(file: string): Promise<readonly LoggedMessage[]> {
  const lines = existsSync(file) ? (await readFile(file, 'utf8')).split('\n') : [];
  return lines.flatMap((line) => {
    const [, client, id, recipients] = / <= \S+ H=\S*? ?\(([^)]*)\) .* id=(\S+) for (.*)$/.exec(line) ?? [];
    if (client === undefined || id === undefined || recipients === undefined) return [];
    return [{ id, client, recipients: recipients.split(' ') }];
  });
}

async function settled(daemon: number | undefined): Promise<void> {
  for (let attempt = 0; attempt < 100 && (await hasConnections(daemon)); attempt += 1) await pause(20);
}

async function hasConnections(daemon: number | undefined): Promise<boolean> {
  const children = await readFile(`/proc/${String(daemon)}/task/${String(daemon)}/children`, 'utf8').catch(() => '');
  return children !== '';
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.end('QUIT\r\n');
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
