/** What time it is: a port, so that a test decides. */
export interface Clock {
  now(): Date;
}
