/**
 * A plan or a run as one HTML page, as Markdown and as JSON: what will happen and why, for people to read before it does. Pure: it
 * reads no clock and no file, so the same input gives the same report, to the byte.
 */

export { htmlChunks, renderHtml, renderJson, renderMarkdown } from './render.js';
export { reportOf } from './tell.js';
export type {
  PlanReportInput,
  ReportContext,
  ReportedRun,
  ReportInput,
  ReportOptions,
  RunReportInput,
} from './input.js';
export type {
  Report,
  ReportCause,
  ReportCount,
  ReportEffect,
  ReportFailure,
  ReportField,
  ReportGate,
  ReportGroup,
  ReportHold,
  ReportLabel,
  ReportMembers,
  ReportNotes,
  ReportPart,
  ReportRecord,
  ReportRun,
  ReportSchool,
  ReportSums,
  ReportVerdict,
} from './report.js';
