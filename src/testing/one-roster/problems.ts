import { htmlAnswer, jsonAnswer, type ServiceAnswer } from '../service.js';
import type { AllQuirks } from './quirks.js';
import type { OneRosterRecord } from './records.js';

/** What went wrong, in the words of OneRoster. */
export interface Problem {
  readonly status: number;
  /** Such as `unknownobject`. */
  readonly code: string;
  readonly description: string;
}

/** The error as the server writes it. */
export function problemAnswer(
  { status, code, description }: Problem,
  version: '1.1' | '1.2',
  quirks: AllQuirks,
): ServiceAnswer {
  const sent = quirks.failuresWithStatus200 ? 200 : status;
  switch (quirks.errors === 'version' ? version : quirks.errors) {
    case '1.2':
      return jsonAnswer(sent, statusOf12(code, description));
    case 'imsx_StatusInfo':
      return jsonAnswer(sent, { imsx_StatusInfo: statusOf12(code, description) });
    case 'unprefixed':
      return jsonAnswer(sent, {
        statusInfoSet: [{ codeMajor: 'failure', severity: 'error', description, codeMinor: code }],
      });
    case 'oauth':
      return jsonAnswer(sent, { error: code, error_description: description });
    case 'string-minor':
      return jsonAnswer(sent, {
        imsx_codeMajor: 'failure',
        imsx_severity: 'error',
        imsx_description: description,
        imsx_codeMinor: code,
      });
    case 'html':
      return htmlAnswer(sent, description);
    default:
      return jsonAnswer(sent, { statusInfoSet: [statusOf11('failure', 'error', code, description)] });
  }
}

/** A success with a warning, as it stands beside a list. */
export function warning(code: string, description: string): OneRosterRecord {
  return { statusInfoSet: [statusOf11('success', 'warning', code, description)] };
}

function statusOf11(codeMajor: string, severity: string, codeMinor: string, description: string): OneRosterRecord {
  return {
    imsx_codeMajor: codeMajor,
    imsx_severity: severity,
    imsx_description: description,
    imsx_codeMinor: codeMinor,
  };
}

function statusOf12(code: string, description: string): OneRosterRecord {
  return {
    imsx_codeMajor: 'failure',
    imsx_severity: 'error',
    imsx_description: description,
    imsx_CodeMinor: {
      imsx_codeMinorField: [{ imsx_codeMinorFieldName: 'TargetEndSystem', imsx_codeMinorFieldValue: code }],
    },
  };
}
