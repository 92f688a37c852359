/** What time it is: a port, so that a test decides. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}
