/** `tobedeleted`: the record is gone. 1.0 said `inactive`; a record without a status is active. */
export type OneRosterStatus = 'active' | 'tobedeleted';

/** A reference to another record. Its `href` is not kept: it may point to a host that must not get the credentials. */
export interface OneRosterReference {
  readonly sourcedId: string;
  /** As sent, such as `org`; servers differ. */
  readonly type?: string | undefined;
}

/** Extension fields: what a district or a vendor sends beyond the standard, as sent. Any shape. */
export type OneRosterMetadata = Readonly<Record<string, unknown>>;

/** What every record has. */
export interface OneRosterRecord {
  readonly sourcedId: string;
  readonly status: OneRosterStatus;
  /** ISO instant in UTC. */
  readonly dateLastModified?: string | undefined;
  readonly metadata?: OneRosterMetadata | undefined;
}
