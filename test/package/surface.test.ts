import { expect, test } from 'vitest';

/** What an entry exports at run time. A new name is a promise: `npx vitest run test/package/surface.test.ts -u` writes it down. */
async function namesOf(entry: Promise<object>): Promise<string> {
  return Object.keys(await entry)
    .sort()
    .join('\n');
}

test('the names of rosterkit', async () => {
  expect(await namesOf(import('rosterkit'))).toMatchInlineSnapshot(`
    "Access
    ApiError
    AuthenticationError
    ClassLinkClient
    ClassLinkProxy
    ClassLinkSignIn
    CleverApp
    CleverClient
    CleverSignIn
    ConfigurationError
    ConnectionError
    ConnectionTimeoutError
    Connections
    CredentialVault
    DecodeError
    Deliveries
    Directory
    DisconnectedError
    IncompleteReadError
    Invitations
    LockHeldError
    MailError
    MemoryMailer
    MemoryStore
    MemoryTextSender
    NotAllowedError
    NotFoundError
    OneRosterClient
    PermissionDeniedError
    PlanError
    PlanHeldError
    RateLimitError
    RosterError
    RosterSync
    Scheduler
    ServerError
    SignInError
    StalePlanError
    StoreConflictError
    StoreError
    agedReport
    assertMayImport
    bearer
    classSubject
    classlinkSource
    cleverSource
    clientCredentials
    compare
    credentialSealer
    decisionWithoutPerson
    defaultPolicy
    definePolicy
    describeReason
    describeRule
    describedCodes
    describedRules
    emptyLedger
    enrollmentSubject
    entryWithoutPerson
    exitCodeOf
    explain
    foldDelta
    guardianSubject
    guardiansCsvSource
    hashChanges
    hashPlan
    invert
    isActOf
    isDecisionOf
    isEntryOf
    ledgerTracesOf
    ledgerWithoutPerson
    nextRunAt
    noticeTemplates
    oauth1
    oneRosterCsvSource
    oneRosterSource
    parseJournal
    parseLedger
    parsePlan
    parsePolicy
    permissionSets
    readPlan
    reconcile
    reconcileStreams
    reportWithoutPerson
    rosterChangesWithoutPerson
    rosterTracesOf
    rosterWithoutPerson
    runTracesOf
    schoolSubject
    scopeKey
    userSubject
    writePlan"
  `);
});

test('the names of rosterkit/engine', async () => {
  expect(await namesOf(import('rosterkit/engine'))).toMatchInlineSnapshot(`
    "compare
    decideProposal
    defaultPolicy
    describeReason
    describeRule
    describedCodes
    describedRules
    emptyLedger
    explain
    foldDelta
    hashChanges
    hashPlan
    invert
    parseJournal
    parseLedger
    parsePlan
    parsePolicy
    phaseOf
    readPlan
    reconcile
    reconcileStreams
    writePlan"
  `);
});

test('the names of rosterkit/clever', async () => {
  expect(await namesOf(import('rosterkit/clever'))).toMatchInlineSnapshot(`
    "CLEVER_HOMEROOM_SUBJECTS
    CLEVER_SPECIALIST_SUBJECTS
    CleverApp
    CleverClient
    CleverSignIn
    assertMayImport
    cleverPreflight
    cleverSource
    findPerson
    membershipChanges"
  `);
});

test('the names of rosterkit/classlink', async () => {
  expect(await namesOf(import('rosterkit/classlink'))).toMatchInlineSnapshot(`
    "ClassLinkClient
    ClassLinkProxy
    ClassLinkSignIn
    bearer
    classlinkApplicationForm
    classlinkPreflight
    classlinkSource
    clientCredentials
    findPerson
    where"
  `);
});

test('the names of rosterkit/oneroster', async () => {
  expect(await namesOf(import('rosterkit/oneroster'))).toMatchInlineSnapshot(`
    "OneRosterClient
    bearer
    clientCredentials
    guardiansCsvSource
    oauth1
    oneRosterCsvSource
    oneRosterPreflight
    oneRosterSource
    where"
  `);
});

test('the names of rosterkit/memory', async () => {
  expect(await namesOf(import('rosterkit/memory'))).toMatchInlineSnapshot(`
    "MemoryMailer
    MemoryStore
    MemoryTextSender"
  `);
});

test('the names of rosterkit/postgres', async () => {
  expect(await namesOf(import('rosterkit/postgres'))).toMatchInlineSnapshot(`
    "PostgresJournal
    PostgresStore"
  `);
});

test('the names of rosterkit/smtp', async () => {
  expect(await namesOf(import('rosterkit/smtp'))).toMatchInlineSnapshot(`
    "ConsoleMailer
    FileMailer
    SmtpMailer
    smtpOptions"
  `);
});

test('the names of rosterkit/testing', async () => {
  expect(await namesOf(import('rosterkit/testing'))).toMatchInlineSnapshot(`
    "ContractError
    FixedClock
    changesContract
    connectionContract
    credentialContract
    directoryContract
    districtRoster
    evolve
    generateDistrict
    imageContract
    journalContract
    mailerContract
    oneRosterCsvFiles
    rollover
    rosterSource
    simulateClassLink
    simulateClever
    simulateOneRoster
    sourceContract
    storeContract
    textSenderContract
    withClass
    withDanglingEnrollment
    withDuplicateUser
    withGuardian
    withStaff
    withStudent
    withTeacher
    withoutClass
    withoutGuardian
    withoutStudent
    withoutTeacher"
  `);
});

test('the names of rosterkit/testing/msw', async () => {
  expect(await namesOf(import('rosterkit/testing/msw'))).toMatchInlineSnapshot(`
    "classLinkHandlers
    cleverHandlers
    oneRosterHandlers"
  `);
});
