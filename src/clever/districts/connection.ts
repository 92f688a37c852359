import { z } from 'zod';
import { DecodeError } from '../../errors.js';
import { type CleverTier, tierOf } from '../tier.js';
import { issuesOf, type JsonResponse, lenientTextList, optionalText, requiredSourcedId } from '../../http/index.js';

/** A district, and whether it has the application. Holds no token. */
export interface CleverConnection {
  /** Clever's id of the district. */
  readonly district: string;
  /** `disconnected`: the district has withdrawn the application, or never added it. What was imported stays. */
  readonly state: 'connected' | 'disconnected';
  readonly tier: CleverTier;
  /** What the token may see, in Clever's words, such as `read:sections`. */
  readonly scopes: readonly string[];
  /** When the token was made, ISO instant. @default not told */
  readonly connectedAt?: string;
}

/** One token of Clever's list, as far as it can be used. */
export interface DistrictGrant {
  readonly district: string;
  readonly token: string | undefined;
  readonly scopes: readonly string[];
  readonly created: string | undefined;
}

/** One page of Clever's list of tokens. */
export interface GrantPage {
  readonly grants: readonly DistrictGrant[];
  /** Where rows name no district: any of them may be of the one that is looked for. */
  readonly unreadable: DecodeError | undefined;
  readonly next: string | undefined;
}

const envelope = z.object({
  data: z.array(z.unknown()),
  links: z
    .array(z.object({ rel: z.string(), uri: z.string() }))
    .nullish()
    .transform((links) => links ?? []),
});

const row = z.object({
  owner: z.object({ type: optionalText, id: requiredSourcedId }),
  access_token: optionalText,
  scopes: lenientTextList,
  created: optionalText,
});

/** The list of tokens, decoded. @throws DecodeError where it is no list, or not one of its rows can be used */
export function grantPage(response: JsonResponse): GrantPage {
  const parsed = envelope.safeParse(response.body);
  if (!parsed.success) throw unknownTokens(response, issuesOf(parsed.error));
  const grants: DistrictGrant[] = [];
  const issues: string[] = [];
  for (const [index, value] of parsed.data.data.entries()) {
    const { data, error } = row.safeParse(value);
    if (data === undefined) issues.push(...issuesOf(error).map((issue) => `data.${String(index)}.${issue}`));
    else if ((data.owner.type ?? 'district') === 'district') grants.push(grantOf(data));
  }
  const unreadable = issues.length === 0 ? undefined : unknownTokens(response, issues);
  if (unreadable !== undefined && grants.length === 0) throw unreadable;
  return { grants, unreadable, next: parsed.data.links.find(({ rel }) => rel === 'next')?.uri };
}

/** Clever's list of tokens is not what it was when this was written. */
export function unknownTokens(
  { path, requestId }: { readonly path: string; readonly requestId?: string | undefined },
  issues: readonly string[],
): DecodeError {
  const request = requestId === undefined ? '' : `, request ${requestId}`;
  return new DecodeError(
    `clever answered ${path} in a shape that is not known (${issues.slice(0, 3).join('; ')}${request}). Check the base URL.`,
    { source: 'clever', path, issues, requestId },
  );
}

/** What everyone may know of a token. */
export function connectionOf({ district, scopes, created }: DistrictGrant): CleverConnection {
  const connectedAt = created === undefined ? {} : { connectedAt: created };
  return { district, state: 'connected', tier: tierOf(scopes), scopes, ...connectedAt };
}

/**
 * One grant a district, the newest one where there are several: Clever lists every token of the application, in no
 * order of time.
 */
export function newestGrants(grants: readonly DistrictGrant[]): ReadonlyMap<string, DistrictGrant> {
  const newest = new Map<string, DistrictGrant>();
  for (const grant of grants) {
    const known = newest.get(grant.district);
    if (known === undefined || instantOf(grant) >= instantOf(known)) newest.set(grant.district, grant);
  }
  return newest;
}

function grantOf({ owner, access_token, scopes, created }: z.infer<typeof row>): DistrictGrant {
  return { district: owner.id, token: access_token, scopes, created };
}

function instantOf({ created }: DistrictGrant): number {
  const instant = Date.parse(created ?? '');
  return Number.isNaN(instant) ? 0 : instant;
}
