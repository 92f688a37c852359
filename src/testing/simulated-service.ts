import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { District } from './district.js';
import { type Fault, FaultQueue } from './faults.js';
import { htmlAnswer, type Service, type ServiceAnswer, type ServiceRequest } from './service.js';

const loopback = '127.0.0.1';

/** How a simulated service is run. */
export interface SimulationServerOptions {
  /** The port to listen on. @default 0: one that is free */
  readonly port?: number;
  /** How long every answer takes, in milliseconds. @default 0 */
  readonly pageLatencyMs?: number;
}

/** The names of {@link SimulationServerOptions}. */
export const SERVER_OPTION_NAMES = [
  'port',
  'pageLatencyMs',
] as const satisfies readonly (keyof SimulationServerOptions)[];

/** A request that a simulated service got. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query string, without the host. */
  readonly path: string;
}

/** A provider that runs in this process and is reached over HTTP. */
export interface SimulatedService {
  /** Such as `http://127.0.0.1:49152`, without a slash at the end. */
  readonly url: string;
  /** Such as `127.0.0.1:49152`: what a client's `allowInsecureHosts` names. */
  readonly host: string;
  /** How many requests it got, failed ones included. */
  readonly requests: number;
  /** The requests it got, the oldest first. */
  readonly received: readonly ReceivedRequest[];
  /** What it serves. */
  readonly district: District;
  /** Serves another district from the next request on: also in the middle of a list. */
  setDistrict(district: District): void;
  /**
   * Makes requests fail. Faults are queued: a request gets the first one that concerns it.
   *
   * @throws {ConfigurationError} where the fault says nothing.
   */
  fail(fault: Fault): void;
  /** Cuts all connections and stops. */
  close(): Promise<void>;
}

/** The pieces in which a slow answer arrives. */
const slowPieces = 20;

/** A service on a port of this machine, and its faults. */
export class ServiceServer {
  readonly received: ReceivedRequest[] = [];
  /** Known once it listens. */
  host = '';
  private readonly port: number;
  private readonly server: Server;
  private readonly faults = new FaultQueue();

  constructor(service: Service, { port = 0, pageLatencyMs = 0 }: SimulationServerOptions) {
    this.port = port;
    this.server = createServer((message, response) => {
      this.received.push({ method: message.method ?? '', path: message.url ?? '' });
      respond(service, this.faults, pageLatencyMs, message, response).catch(() => {
        response.destroy();
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, loopback, resolve);
    });
    this.host = `${loopback}:${String((this.server.address() as AddressInfo).port)}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  fail(fault: Fault): void {
    this.faults.add(fault);
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.close((error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
      this.server.closeAllConnections();
    });
  }
}

/** A service that serves a district on a port of this machine. */
export class RunningService<Served extends Service> implements SimulatedService {
  protected readonly service: Served;
  private readonly server: ServiceServer;
  private current: District;

  constructor(district: District, options: SimulationServerOptions, make: (current: () => District) => Served) {
    this.current = district;
    this.service = make(() => this.current);
    this.server = new ServiceServer(this.service, options);
  }

  get url(): string {
    return this.server.url;
  }

  get host(): string {
    return this.server.host;
  }

  get received(): readonly ReceivedRequest[] {
    return this.server.received;
  }

  get requests(): number {
    return this.server.received.length;
  }

  get district(): District {
    return this.current;
  }

  setDistrict(district: District): void {
    this.current = district;
  }

  listen(): Promise<void> {
    return this.server.listen();
  }

  fail(fault: Fault): void {
    this.server.fail(fault);
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

async function respond(
  service: Service,
  faults: FaultQueue,
  latencyMs: number,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // An answer that is still to come keeps no process alive: the listening server does that until it is stopped.
  if (latencyMs > 0) await pause(latencyMs, undefined, { ref: false });
  const request = await readRequest(message);
  const fault = faults.take(request);
  fault?.onRequest?.();
  if (fault?.drop === true) {
    response.destroy();
    return;
  }
  const answer = faultyAnswer(service, request, fault);
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': bytes.length });
  if (fault?.truncate !== true && fault?.slowMs === undefined) {
    response.end(bytes);
    return;
  }
  const whole = fault.truncate === true ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
  if (fault.slowMs === undefined) await written(response, whole);
  else await writtenSlowly(response, whole, fault.slowMs);
  if (fault.truncate === true) response.destroy();
  else response.end();
}

async function writtenSlowly(response: ServerResponse, bytes: Uint8Array, slowMs: number): Promise<void> {
  response.flushHeaders();
  const length = Math.max(1, Math.ceil(bytes.length / slowPieces));
  for (let sent = 0; sent < bytes.length; sent += length) {
    await pause(slowMs, undefined, { ref: false });
    // Whoever asked may be gone meanwhile.
    if (response.destroyed) return;
    await written(response, bytes.subarray(sent, sent + length));
  }
}

/** Over when the bytes are sent, or cannot be any more. */
function written(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.write(bytes, () => {
      resolve();
    });
  });
}

async function readRequest(message: IncomingMessage): Promise<ServiceRequest> {
  const { method = 'GET', url = '/', headers } = message;
  const body = await text(message);
  return {
    method,
    url: `http://${headers.host ?? loopback}${url}`,
    headers: { authorization: headers.authorization, 'content-type': headers['content-type'] },
    ...(body === '' ? {} : { body }),
  };
}

function faultyAnswer(service: Service, request: ServiceRequest, fault: Fault | undefined): ServiceAnswer {
  if (fault === undefined) return service.answer(request);
  const { status, html, body, endEarly, resetAfterSeconds = 1 } = fault;
  if (html === true) return htmlAnswer(status ?? 200, 'Please sign in');
  if (body !== undefined) {
    const answer = service.answer(request);
    return { ...answer, status: status ?? 200, body };
  }
  if (status !== undefined) return service.failure(request, status, resetAfterSeconds);
  return service.answer(request, endEarly === true);
}
