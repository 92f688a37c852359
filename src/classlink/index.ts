/**
 * ClassLink's door to OneRoster: the district's roster server, reached with the four details that a district hands out,
 * and the source that reads it.
 */

export { ClassLinkClient, type ClassLinkClientOptions } from './client.js';
export { classlinkSource } from './source.js';
