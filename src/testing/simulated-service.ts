import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { CleverService, type CleverSimulationOptions } from './clever-service.js';
import type { District } from './district.js';
import { type Fault, FaultQueue } from './faults.js';
import { type ClassLinkSimulationOptions, OneRosterService } from './one-roster-service.js';
import { htmlAnswer, type Service, type ServiceAnswer, type ServiceRequest } from './service.js';

const loopback = '127.0.0.1';

/** How a simulated service is run. */
export interface SimulationServerOptions {
  /** The port to listen on. @default 0: one that is free */
  readonly port?: number;
  /** How long every answer takes, in milliseconds. @default 0 */
  readonly pageLatencyMs?: number;
}

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

/**
 * Runs Clever's Data API, versions 3.0 and 3.1, on a port of this machine: lists and single records of districts,
 * schools, terms, courses, sections and users, in the shapes that Clever really sends. Sections without students are
 * not shown. What Clever links to beneath a record (`/schools/{id}/users` and the like) is not there.
 *
 * @example
 * ```ts
 * import { generateDistrict, simulateClever } from 'rosterkit/testing';
 *
 * const clever = await simulateClever(generateDistrict({ seed: 7 }), { token: 'secret' });
 * const answer = await fetch(`${clever.url}/v3.0/users?role=student&limit=10`, {
 *   headers: { authorization: 'Bearer secret' },
 * });
 * console.log(answer.status, clever.requests); // 200 1
 * await clever.close();
 * ```
 */
export async function simulateClever(
  district: District,
  options: CleverSimulationOptions & SimulationServerOptions = {},
): Promise<SimulatedService> {
  return startService(district, (current) => new CleverService(current, options), options);
}

/**
 * Runs a ClassLink roster server, OneRoster 1.1 at `/ims/oneroster/v1p1`, on a port of this machine: lists and single
 * records of orgs, schools, academic sessions, terms, courses, classes, users, students, teachers and enrollments, in
 * the shapes that ClassLink really sends. Requests are signed with OAuth 1.0a, HMAC-SHA256; a signature that is
 * wrong, late or used before is refused.
 *
 * @throws {ConfigurationError} where the key is empty.
 * @example
 * ```ts
 * import { generateDistrict, simulateClassLink } from 'rosterkit/testing';
 *
 * const classLink = await simulateClassLink(generateDistrict(), { key: 'k', secret: 's', bearer: 'b' });
 * const answer = await fetch(`${classLink.url}/ims/oneroster/v1p1/classes?limit=10&sort=sourcedId`, {
 *   headers: { authorization: 'Bearer b' },
 * });
 * console.log(answer.headers.get('x-total-count'));
 * await classLink.close();
 * ```
 */
export async function simulateClassLink(
  district: District,
  options: ClassLinkSimulationOptions & SimulationServerOptions = {},
): Promise<SimulatedService> {
  return startService(district, (current) => new OneRosterService(current, options), options);
}

async function startService(
  first: District,
  makeService: (current: () => District) => Service,
  options: SimulationServerOptions,
): Promise<SimulatedService> {
  const { port = 0, pageLatencyMs = 0 } = options;
  let district = first;
  const service = makeService(() => district);
  const faults = new FaultQueue();
  const received: ReceivedRequest[] = [];

  const server = createServer((message, response) => {
    received.push({ method: message.method ?? '', path: message.url ?? '' });
    respond(message, response).catch(() => {
      response.destroy();
    });
  });
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    // An answer that is still to come keeps no process alive: the listening server does that until it is stopped.
    if (pageLatencyMs > 0) await pause(pageLatencyMs, undefined, { ref: false });
    const request = await readRequest(message);
    const fault = faults.take(request);
    if (fault?.drop === true) {
      response.destroy();
      return;
    }
    const answer = faultyAnswer(service, request, fault);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
    if (fault?.truncate !== true) {
      response.end(answer.body);
      return;
    }
    const bytes = Buffer.from(answer.body);
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
      response.destroy();
    });
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, resolve);
  });
  const host = `${loopback}:${String((server.address() as AddressInfo).port)}`;
  return {
    url: `http://${host}`,
    host,
    received,
    get requests() {
      return received.length;
    },
    get district() {
      return district;
    },
    setDistrict(next) {
      district = next;
    },
    fail(fault) {
      faults.add(fault);
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
        server.closeAllConnections();
      }),
  };
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
