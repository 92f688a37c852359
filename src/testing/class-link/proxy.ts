import { jsonAnswer, type ServiceAnswer, type ServiceRequest, wholeNumber } from '../service.js';
import { bearerOf } from '../one-roster/access.js';

/** ClassLink's proxy, by which a partner reads the districts that share with it. */
export interface SimulatedProxyOptions {
  /** The partner's API key. @default 'test-partner-key' */
  readonly partnerKey?: string | undefined;
  /** ClassLink's number of the district. @default 2222 */
  readonly tenantId?: number | undefined;
  /** How many other districts share with the partner too. They are listed before this one. @default 0 */
  readonly otherDistricts?: number | undefined;
  /** How applications are listed: as documented today, the first alone as an object, or as a bare array. @default 'list' */
  readonly shape?: 'list' | 'object' | 'array' | undefined;
  /** Whether every district has a bearer token of its own; where not, the partner key reads all. @default true */
  readonly hasBearers?: boolean | undefined;
}

/** A district's application, as `/applications` lists it. */
export interface SimulatedApplication {
  /** Not what belongs into a path. */
  readonly id: number;
  /** Not what belongs into a path either. */
  readonly application_id: number;
  readonly tenant_id: number;
  readonly bearer: string | null;
  readonly tenant_name: string;
  /** `true` or `false`, as a text. */
  readonly enabled: string;
  readonly tenant_status: string;
  /** What belongs into a path: it is percent-encoded already. */
  readonly oneroster_application_id: string;
  readonly name: string;
  readonly version: string;
}

/** What the proxy knows of the one district that is served, asked anew at every request. */
export interface ProxiedDistrict {
  readonly name: string;
  readonly bearer: string;
  readonly isEnabled: boolean;
  /** What the roster server is reached with directly. */
  readonly key: string;
  readonly secret: string;
}

/** What a request to the proxy comes to: an answer, or data that the roster server may give. */
export type ProxyOutcome = { readonly answer: ServiceAnswer } | { readonly dataPath: string };

const applicationId = '%2FgVa0ed75Gs%3D';
const defaultLimit = 100;

/** ClassLink's proxy without a network: the list of applications, their servers, and the way to their data. */
export class ClassLinkProxyDesk {
  private readonly district: () => ProxiedDistrict;
  private readonly options: SimulatedProxyOptions;
  private readonly partnerKey: string;

  constructor(district: () => ProxiedDistrict, options: SimulatedProxyOptions = {}) {
    this.district = district;
    this.options = options;
    this.partnerKey = options.partnerKey ?? 'test-partner-key';
  }

  /** The application of the district that is served. */
  get application(): SimulatedApplication {
    const { tenantId = 2222, hasBearers = true } = this.options;
    const { name, bearer, isEnabled } = this.district();
    return {
      id: 12_345,
      application_id: 67_890,
      tenant_id: tenantId,
      bearer: hasBearers ? bearer : null,
      tenant_name: name,
      enabled: String(isEnabled),
      tenant_status: 'Active',
      oneroster_application_id: applicationId,
      name: 'rosterkit',
      version: '',
    };
  }

  /** Undefined where the request is not for the proxy. */
  answer(request: ServiceRequest): ProxyOutcome | undefined {
    const url = new URL(request.url);
    const { pathname } = url;
    if (pathname === '/applications' || pathname.startsWith('/applications/')) {
      if (bearerOf(request) !== this.partnerKey) return { answer: refused(401, 'Unauthorized') };
      const server = /^\/applications\/([^/]+)\/server$/.exec(pathname)?.[1];
      if (pathname === '/applications') return { answer: this.list(url) };
      return { answer: server === applicationId ? this.server(url) : opaque };
    }
    const [, id, dataPath] = /^(?:\/proxy\/v1p0)?\/([^/]+)(\/ims\/oneroster\/.*)$/.exec(pathname) ?? [];
    if (id === undefined || dataPath === undefined) return undefined;
    // Compared as it was sent: encoded once more, it is another id.
    if (id !== applicationId) return { answer: opaque };
    const { bearer, isEnabled } = this.district();
    const isKnown = [this.partnerKey, ...(this.options.hasBearers === false ? [] : [bearer])].includes(
      bearerOf(request) ?? '',
    );
    return isKnown && isEnabled ? { dataPath } : { answer: refused(401, 'Unauthorized') };
  }

  private list({ searchParams }: URL): ServiceAnswer {
    const { otherDistricts = 0, shape = 'list' } = this.options;
    const limit = wholeNumber(searchParams.get('limit'), defaultLimit);
    const offset = wholeNumber(searchParams.get('offset'), 0);
    if (limit === undefined || offset === undefined) return refused(400, 'Bad Request');
    const applications: SimulatedApplication[] = [];
    for (let index = offset; index < Math.min(offset + limit, otherDistricts + 1); index += 1) {
      applications.push(index === otherDistricts ? this.application : this.other(index));
    }
    if (shape === 'array') return jsonAnswer(200, applications);
    const [first] = applications;
    return jsonAnswer(200, {
      status: 1,
      applications: shape === 'object' && first !== undefined ? first : applications,
    });
  }

  /** A district that shares too. One in ten has withdrawn. */
  private other(index: number): SimulatedApplication {
    return {
      ...this.application,
      id: 20_000 + index,
      application_id: 80_000 + index,
      tenant_id: 5000 + index,
      bearer: this.options.hasBearers === false ? null : `00000000-0000-4000-9000-${String(index).padStart(12, '0')}`,
      tenant_name: `District ${String(index + 1)}`,
      enabled: String(index % 10 !== 9),
      oneroster_application_id: `%2F${String(index).padStart(6, '0')}%2Bw%3D%3D`,
    };
  }

  private server(url: URL): ServiceAnswer {
    const { key, secret, isEnabled } = this.district();
    if (!isEnabled) return jsonAnswer(200, { status: 0, server: null, message: 'Application is disabled' });
    return jsonAnswer(200, {
      status: 1,
      server: { client_id: key, client_secret: secret, endpoint_url: url.origin },
      message: '',
    });
  }
}

/** Whoever takes a wrong id learns nothing. */
const opaque = refused(403, 'Forbidden');

function refused(status: number, message: string): ServiceAnswer {
  return jsonAnswer(status, { message });
}
