/** Credentials, sealed under the host's keys. */

export type { SealingKey } from './keys.js';
export { credentialSealer } from './sealer.js';
export type { CredentialSealer, CredentialSealerOptions, SealedFor } from './sealer.js';
export { CredentialVault } from './vault.js';
export type { Credentials, CredentialVaultOptions, ResealReport } from './vault.js';
