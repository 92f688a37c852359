/**
 * What users' own tests need: districts of made-up people that are the same each time, their school years, the
 * rosters that a faultless source would read of them, and Clever, ClassLink and any OneRoster server as services that run
 * in the test's own process and fail when told to. `rosterkit/testing/msw` has the same services as request handlers of msw.
 *
 * @module
 */

export type { SimulatedApplication, SimulatedProxyOptions } from './class-link/proxy.js';
export type { ClassLinkControls, ClassLinkSimulationOptions } from './class-link/service.js';
export type { SimulatedPersonOptions, SimulatedSignInOptions } from './class-link/sign-in.js';
export type { SimulatedClassLink } from './class-link/simulated-class-link.js';
export { simulateClassLink } from './class-link/simulated-class-link.js';
export type { CleverOAuthOptions, SignInAsOptions } from './clever/oauth.js';
export type { CleverControls, CleverSimulationOptions } from './clever/service.js';
export type { ContractCase } from './contracts/contract.js';
export type { ConnectionSubject } from './contracts/connections.js';
export { connectionContract } from './contracts/connections.js';
export type { CredentialSubject } from './contracts/credentials.js';
export { credentialContract } from './contracts/credentials.js';
export type { MailerSubject, SenderContractOptions } from './contracts/mailer.js';
export { mailerContract } from './contracts/mailer.js';
export type { TextSenderSubject } from './contracts/text-sender.js';
export { textSenderContract } from './contracts/text-sender.js';
export { ContractError } from '../errors.js';
export type { ChangesSubject, SourceSubject } from './contracts/source/bench.js';
export { changesContract, sourceContract } from './contracts/source/contracts.js';
export type {
  DirectorySubject,
  ImageSubject,
  JournalSubject,
  StoreSubject,
  TenantOptions,
} from './contracts/store/bench.js';
export type { SubjectOf } from './contracts/store/contracts.js';
export { directoryContract, imageContract, journalContract, storeContract } from './contracts/store/contracts.js';
export type {
  District,
  DistrictClass,
  DistrictCourse,
  DistrictGuardian,
  DistrictPerson,
  DistrictRecord,
  DistrictSchool,
  DistrictStaff,
  DistrictStudent,
  DistrictTeacher,
  DistrictTerm,
  DistrictUser,
  Guardianship,
} from './district.js';
export type { DistrictFields } from './edits.js';
export {
  withClass,
  withDanglingEnrollment,
  withDuplicateUser,
  withGuardian,
  withoutClass,
  withoutGuardian,
  withoutStudent,
  withoutTeacher,
  withStaff,
  withStudent,
  withTeacher,
} from './edits.js';
export type { Evolution } from './evolve.js';
export { evolve } from './evolve.js';
export type { Fault } from './faults.js';
export { FixedClock } from './fixed-clock.js';
export type { DistrictOptions } from './generate.js';
export { generateDistrict } from './generate.js';
export type { MemorySource } from './memory-source.js';
export { rosterSource } from './memory-source.js';
export type { AgentsSide } from './one-roster/rows.js';
export type { SimulatedAccessOptions, SimulatedClientCredentials } from './one-roster/access.js';
export type { SimulatedSignatureMethod } from './one-roster/oauth1.js';
export type { OneRosterCsvVersion } from './one-roster/csv-columns.js';
export type { OneRosterCsvOptions } from './one-roster/csv.js';
export { oneRosterCsvFiles } from './one-roster/csv.js';
export type { OneRosterCsvQuirks } from './one-roster/csv-quirks.js';
export type { OneRosterQuirks, SimulatedCollection } from './one-roster/quirks.js';
export type { OneRosterSimulationOptions, SimulatedVersion } from './one-roster/service.js';
export type { SimulatedOneRoster } from './one-roster/simulated-one-roster.js';
export { simulateOneRoster } from './one-roster/simulated-one-roster.js';
export type { RolloverOptions } from './rollover.js';
export { rollover } from './rollover.js';
export type { DistrictRosterOptions } from './roster.js';
export { districtRoster } from './roster.js';
export type { SimulatedClever } from './clever/simulated-clever.js';
export { simulateClever } from './clever/simulated-clever.js';
export type { ReceivedRequest, SimulatedService, SimulationServerOptions } from './simulated-service.js';
