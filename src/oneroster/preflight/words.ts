/** What a preflight calls things, and whom to ask for what: the same findings, for an administrator of this provider. */
export interface PreflightWords {
  /** Who sends the records, at the beginning of a sentence. */
  readonly sender: string;
  /** An order that may follow a colon. */
  readonly ask: string;
  /** What to do where some records are not shared. */
  readonly share: (nouns: string) => string;
  /** Why people who are in no class may be missing, and the switch to flip. */
  readonly unenrolled: string;
  /** What to do where a list could not be read to its end. */
  readonly again: string;
  /** Whether there is a way to read only what changed. */
  readonly hasDeltas: boolean;
  /** Where the credentials are not accepted. */
  readonly refused: string;
  /** Where the credentials are good, and no list may be read. */
  readonly noRoster: string;
}

const ASK = 'ask the district’s administrator of the server';

/** Any server of OneRoster. */
export const SERVER_WORDS: PreflightWords = {
  sender: 'The server',
  ask: ASK,
  share: (nouns) => `${ASK} to share ${nouns} with the application`,
  unenrolled: `Some servers send only people who are enrolled in a class: ${ASK} to share the others, too`,
  again: 'try again later',
  hasDeltas: true,
  refused: `The server does not accept the credentials: compare the key and the secret, or the token, with those that the server shows; try the other signature method (HMAC-SHA256, or HMAC-SHA1 on old servers); and set this machine’s clock, because a signature lives a few minutes.`,
  noRoster: `The server accepts the credentials and shows no roster: ${ASK} to share orgs, classes, users and enrollments, and check that the base URL is that of OneRoster’s rostering service.`,
};

const ASK_EXPORTER = 'ask whoever exports the bundle';

/** A bundle of files. */
export const BUNDLE_WORDS: PreflightWords = {
  sender: 'The bundle',
  ask: ASK_EXPORTER,
  share: (nouns) => `${ASK_EXPORTER} to put ${nouns} into it`,
  unenrolled: `Exports often leave out people who are in no class: ${ASK_EXPORTER} to add them`,
  again: `${ASK_EXPORTER} for a whole one`,
  hasDeltas: false,
  refused: 'The bundle cannot be opened.',
  noRoster: `The bundle holds no roster: ${ASK_EXPORTER} for orgs.csv, classes.csv, users.csv and enrollments.csv.`,
};
