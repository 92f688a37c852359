import type { CleverName } from './common.js';

/** Whom to write to about a district. */
export interface CleverDistrictContact {
  readonly id?: string | undefined;
  /** The id of the district. */
  readonly district?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: CleverName | undefined;
  readonly title?: string | undefined;
}

/** A district: in practice a token sees exactly one. */
export interface CleverDistrict {
  /** 24 hexadecimal digits, unique across all of Clever. */
  readonly id: string;
  readonly name?: string | undefined;
  /** Where the data comes from: `sftp` for files, else a word of the student information system. */
  readonly sis_type?: string | undefined;
  /** How the district's own sync with Clever is doing. While it is `paused`, the data stays as it was. */
  readonly state?: 'running' | 'pending' | 'error' | 'paused' | 'success' | (string & {}) | undefined;
  /** When Clever last took in the district's data, ISO instant. Several times a day. */
  readonly last_sync?: string | undefined;
  /** When Clever last took in attendance, ISO instant. Version 3.1. */
  readonly last_attendance_sync?: string | undefined;
  /** The first day of a pause of the sync, such as over the summer. */
  readonly pause_start?: string | undefined;
  /** The last day of a pause of the sync. */
  readonly pause_end?: string | undefined;
  /** `YYYY-MM-DD`; it may lie in the future: then the district's users cannot sign in yet. */
  readonly launch_date?: string | undefined;
  /** Free text for people; Clever advises against judging a district by it: see `state`. */
  readonly error?: string | undefined;
  /** The address of the district's Clever portal. */
  readonly portal_url?: string | undefined;
  /** Such as `Clever Badges`, `Google`, `SAML`. */
  readonly login_methods?: readonly string[] | undefined;
  readonly district_contact?: CleverDistrictContact | undefined;
  /** The number that Market Data Retrieval gives the district. */
  readonly mdr_number?: string | undefined;
  /** The number that the National Center for Education Statistics gives the district. */
  readonly nces_id?: string | undefined;
  /** The district's learning management system. Version 3.1. */
  readonly lms_type?: 'canvas' | 'schoology' | 'google_classroom' | (string & {}) | undefined;
  /** How the connection to it is doing. Version 3.1. */
  readonly lms_state?:
    | 'initial_sync_processing'
    | 'pending_authorization'
    | 'matching_in_progress'
    | 'error'
    | 'disconnected'
    | 'success'
    | (string & {})
    | undefined;
}
