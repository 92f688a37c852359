/** A grade: of a student, of a section, or the lowest and highest of a school. */
export type CleverGrade =
  | 'InfantToddler'
  | 'Preschool'
  | 'PreKindergarten'
  | 'TransitionalKindergarten'
  | 'Kindergarten'
  | '1'
  | '2'
  | '3'
  | '4'
  | '5'
  | '6'
  | '7'
  | '8'
  | '9'
  | '10'
  | '11'
  | '12'
  | '13'
  | 'PostGraduate'
  | 'Ungraded'
  | 'Other'
  | (string & {});

/** Yes or no, as Clever writes it: a word, never a boolean. */
export type CleverYesNo = 'Y' | 'N' | (string & {});

/** A person's name. A contact's whole name is often in `last` alone. */
export interface CleverName {
  readonly first?: string | undefined;
  readonly middle?: string | undefined;
  readonly last?: string | undefined;
}

/** What the district lets a person sign in with. */
export interface CleverCredentials {
  /** Not unique beyond the district, and no key to match people by. */
  readonly district_username?: string | undefined;
}

/** Where a school is, or where a student lives. All free text. */
export interface CleverLocation {
  readonly address?: string | undefined;
  readonly city?: string | undefined;
  /** Such as `NY`. */
  readonly state?: string | undefined;
  readonly zip?: string | undefined;
  /** Latitude in degrees, as text. */
  readonly lat?: string | undefined;
  /** Longitude in degrees, as text. */
  readonly lon?: string | undefined;
}

/** Extension fields: what a district shares beyond Clever's own fields, agreed with the application. Any shape. */
export type CleverExtension = Readonly<Record<string, unknown>>;

/** Whether a record is known to the district's learning management system (LMS Connect). */
export interface CleverLmsStatus {
  readonly synced_in_lms?: boolean | undefined;
}
