/** A request as a simulated service sees it. */
export interface ServiceRequest {
  readonly method: string;
  /** Absolute, as the client wrote it. */
  readonly url: string;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** What was sent with it, as text. @default nothing */
  readonly body?: string;
}

/** What a simulated service says, byte for byte, over whatever it is carried. */
export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A provider without a network: one answer for each request. */
export interface Service {
  /** `endEarly` makes a list end here, though its total says that there is more. */
  answer(request: ServiceRequest, endEarly?: boolean): ServiceAnswer;
  /** How the provider words the status. `resetAfterSeconds` is for how long a 429 says to wait. */
  failure(request: ServiceRequest, status: number, resetAfterSeconds: number): ServiceAnswer;
}

export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ServiceAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** A web page where JSON was expected. */
export function htmlAnswer(status: number, text: string): ServiceAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body:
      '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n' +
      `<pre>${text.replace(/[<>&]/g, '')}</pre>\n</body>\n</html>\n`,
  };
}

/** A whole number of a query, or what to use where it is left out; `undefined` where it is something else. */
export function wholeNumber(text: string | null, absent: number): number | undefined {
  if (text === null) return absent;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** A part of a path as it was meant; as it is where it cannot be read. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
