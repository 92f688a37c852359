/** Gives a district's token. `refused` is the one that Clever has just answered with 401. */
export type CleverDistrictToken = (request?: { readonly refused?: string | undefined }) => Promise<string>;
