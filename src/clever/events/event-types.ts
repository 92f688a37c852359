/**
 * Clever's events in Clever's own words: what happened to a record, and the whole record after it.
 *
 * @module
 */

import type {
  CleverCourse,
  CleverDistrict,
  CleverResource,
  CleverSchool,
  CleverSection,
  CleverTerm,
  CleverUser,
} from '../api/wire.js';

/**
 * What events are about, and the record that each carries. People of every role are users; there are no events of
 * enrollments: a student who changes class is two events `sections.updated`, and none of the student.
 */
export interface CleverEventRecords {
  readonly users: CleverUser;
  readonly sections: CleverSection;
  readonly schools: CleverSchool;
  readonly courses: CleverCourse;
  readonly terms: CleverTerm;
  readonly districts: CleverDistrict;
  readonly resources: CleverResource;
}

/** The collections that events are about; also the values of the filter `recordTypes`. */
export type CleverEventCollection = keyof CleverEventRecords;

/** What happened. `created` is also what was newly shared with the application, `deleted` what is no longer shared. */
export type CleverEventAction = 'created' | 'updated' | 'deleted';

/** The 21 types of events of API v3, such as `sections.updated`. */
export type CleverEventType = `${CleverEventCollection}.${CleverEventAction}`;

/** One event, of one collection and one action. */
export interface CleverEventOf<Of extends CleverEventCollection, Action extends CleverEventAction> {
  /** Ascending in the order in which things happened: this orders events, `created` does not. */
  readonly id: string;
  readonly type: `${Of}.${Action}`;
  /** ISO instant, to the second. All events of one sync are written within seconds, after the sync. */
  readonly created?: string | undefined;
  readonly data: {
    /** The whole record after the change; of a deletion, the last that was known, which may be its id alone. */
    readonly object: Action extends 'deleted'
      ? Pick<CleverEventRecords[Of], 'id'> & Partial<CleverEventRecords[Of]>
      : CleverEventRecords[Of];
    /**
     * Of an update: the former values of the fields that changed, as they were sent, nested as the record is. Clever's
     * specification has them at the root of the event; they are here.
     */
    readonly previous_attributes?: Readonly<Record<string, unknown>> | undefined;
  };
  /**
   * Of an update: the paths of `previous_attributes` that the record no longer has at all, such as `email` or
   * `roles.student.dob`. Clever sends an emptied field as `""`: a field that is missing was most likely withdrawn from the
   * application by the district, and is no reason to forget its value. Not a word of Clever's.
   */
  readonly withdrawn?: readonly string[] | undefined;
}

/**
 * An event. `type` tells which record it carries.
 *
 * @example
 * ```ts
 * import type { CleverEvent } from 'rosterkit/clever';
 *
 * export function sectionOf(event: CleverEvent): string | undefined {
 *   return event.type === 'sections.deleted' ? event.data.object.sis_id : undefined;
 * }
 * ```
 */
export type CleverEvent = {
  [Of in CleverEventCollection]: {
    [Action in CleverEventAction]: CleverEventOf<Of, Action>;
  }[CleverEventAction];
}[CleverEventCollection];

/** Who came into a section and who left it. */
export interface MembershipChanges {
  readonly students: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly teachers: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

/**
 * Who came into a section and who left it, by an event of that section. The arrays of the event are whole: of an update,
 * `previous_attributes` has the former arrays where they changed.
 *
 * @example
 * ```ts
 * import { CleverClient, membershipChanges } from 'rosterkit/clever';
 *
 * const client = new CleverClient({ token: process.env['CLEVER_TOKEN'] ?? '' });
 * for await (const event of client.events.list({ recordTypes: ['sections'] })) {
 *   if (event.type !== 'sections.updated') continue;
 *   console.log(event.data.object.id, membershipChanges(event).students.removed.length);
 * }
 * ```
 */
export function membershipChanges(event: CleverEventOf<'sections', CleverEventAction>): MembershipChanges {
  const { previous_attributes: previous } = event.data;
  const object: Partial<CleverSection> = event.data.object;
  const differences = (now: readonly string[] = [], field: 'students' | 'teachers') => {
    if (event.type === 'sections.created') return { added: now, removed: [] };
    if (event.type === 'sections.deleted') return { added: [], removed: now };
    const former = previous?.[field];
    if (!Array.isArray(former)) return { added: [], removed: [] };
    const before = new Set(former.filter((id): id is string => typeof id === 'string'));
    const after = new Set(now);
    return { added: now.filter((id) => !before.has(id)), removed: [...before].filter((id) => !after.has(id)) };
  };
  return { students: differences(object.students, 'students'), teachers: differences(object.teachers, 'teachers') };
}
