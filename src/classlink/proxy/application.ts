import { z } from 'zod';
import { DecodeError } from '../../errors.js';
import {
  isObject,
  issuesOf,
  type JsonResponse,
  optionalSourcedId,
  optionalText,
  type RejectedItem,
  requiredSourcedId,
  text,
  triState,
} from '../../http/index.js';

/** An application of a district: the district shares its roster with it, or did. Holds no token. */
export interface ClassLinkApplication {
  /** The id that leads to the district's data: percent-encoded already, and to be used as it is. */
  readonly oneRosterApplicationId: string;
  /** ClassLink's number of the district. */
  readonly tenantId: string;
  /** The record's own number; it leads nowhere in a path. @default not told */
  readonly id: string | undefined;
  /** The number of the application, the same in every district. @default not told */
  readonly applicationId: string | undefined;
  /** @default not told */
  readonly tenantName: string | undefined;
  /** What the application is called. @default not told */
  readonly name: string | undefined;
  /** Whether the district has the application turned on. @default true where it is not told, as on older hosts */
  readonly isEnabled: boolean;
  /** In ClassLink's words, such as `Active`. @default not told */
  readonly tenantStatus: string | undefined;
  /** Whether the district's data can be read: enabled, and the tenant is active or its status not told. */
  readonly isShared: boolean;
}

/** As much of an application as leads to its data: what is kept of it in a database will do. */
export type ClassLinkApplicationIds = Pick<ClassLinkApplication, 'oneRosterApplicationId' | 'tenantId'> &
  Partial<Pick<ClassLinkApplication, 'id' | 'applicationId'>>;

/** An application with the token that reads its district. */
export interface ApplicationGrant {
  readonly application: ClassLinkApplication;
  /** Absent or empty on older hosts: then the partner's own key is good for the district. */
  readonly bearer: string | undefined;
  /** Which row of its page it is, from 0. */
  readonly index: number;
}

/** One page of the list. */
export interface ApplicationPage {
  readonly grants: readonly ApplicationGrant[];
  readonly rejected: readonly RejectedItem[];
  readonly received: number;
  /** For each row that was received, also the rejected ones, by what it can be known again on another page. */
  readonly keys: readonly string[];
  /** Whether it came as a list: one object alone, as in older documentation, is the whole of it. */
  readonly isList: boolean;
}

/** All that a segment of a path may hold (RFC 3986, section 3.3). */
const SEGMENT = /^(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-f]{2})+$/i;

/** URLs take these for `.` and `..`, and leave the path by them. */
const DOTS = /^(?:\.|%2e){1,2}$/i;

/** Whether an id can stand in a path as it is. */
export function isPathSegment(id: string): boolean {
  return SEGMENT.test(id) && !DOTS.test(id);
}

const row = z.object({
  oneroster_application_id: requiredSourcedId.refine(isPathSegment, { error: 'not-a-path-segment' }),
  tenant_id: requiredSourcedId,
  id: optionalSourcedId,
  application_id: optionalSourcedId,
  tenant_name: optionalText,
  name: optionalText,
  enabled: z.unknown().optional().transform(triState),
  tenant_status: optionalText,
  // As the header of a request will carry it.
  bearer: optionalText.refine((token) => token === undefined || /^[\x21-\x7e]+$/.test(token), {
    error: 'not-a-header-value',
  }),
});

/** The fields by which a row is known again, whatever else is wrong with it. */
const KEY_FIELDS = ['oneroster_application_id', 'tenant_id', 'id', 'application_id'] as const;

/** The rows of a page: a list under its key or bare, or one object alone. @throws DecodeError where it is none of them */
export function applicationPage(response: JsonResponse): ApplicationPage {
  const found = applicationsOf(response.body);
  if (found === undefined) throw unknownShape(response, ['applications: missing']);
  const rows: readonly unknown[] = Array.isArray(found) ? found : [found];
  const grants: ApplicationGrant[] = [];
  const rejected: RejectedItem[] = [];
  for (const [index, value] of rows.entries()) {
    const { data, error } = row.safeParse(value);
    if (data === undefined) rejected.push({ index, problem: issuesOf(error).join('; ') });
    else grants.push({ ...grantOf(data), index });
  }
  return { grants, rejected, received: rows.length, keys: rows.map(keyOf), isList: Array.isArray(found) };
}

/** Of single values alone: a row may be nested deeper than can be written down. */
function keyOf(value: unknown): string {
  const fields = isObject(value) ? KEY_FIELDS.map((name) => value[name]) : [];
  return JSON.stringify(fields.map((field) => text(field) ?? ''));
}

/** ClassLink answered in another shape than when this was written. */
export function unknownShape(
  { path, requestId }: Pick<JsonResponse, 'path' | 'requestId'>,
  issues: readonly string[],
): DecodeError {
  const request = requestId === undefined ? '' : `, request ${requestId}`;
  return new DecodeError(
    `classlink answered ${path} in a shape that is not known (${issues.slice(0, 3).join('; ')}${request}). Check baseUrl and the type of the API key.`,
    { source: 'classlink', path, issues, requestId },
  );
}

function applicationsOf(body: unknown): unknown {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null || !('applications' in body)) return undefined;
  const { applications } = body;
  return typeof applications === 'object' && applications !== null ? applications : undefined;
}

function grantOf(data: z.infer<typeof row>): Omit<ApplicationGrant, 'index'> {
  const { tenant_status: tenantStatus, enabled: isEnabled = true } = data;
  const application = {
    oneRosterApplicationId: data.oneroster_application_id,
    tenantId: data.tenant_id,
    id: data.id,
    applicationId: data.application_id,
    tenantName: data.tenant_name,
    name: data.name,
    isEnabled,
    tenantStatus,
    isShared: isEnabled && (tenantStatus === undefined || tenantStatus.toLowerCase() === 'active'),
  };
  return { application, bearer: data.bearer };
}
