import type { Collection, RejectedRow } from '../../model/index.js';

/** Something wrong in a file: where, and a word; never a value. */
export interface CsvProblem {
  /** The name of the file, such as `users.csv`. */
  readonly file: string;
  /** The line on which the row begins, from 1; the header stands on the first. */
  readonly line: number;
  /** The column, by its name in the standard, where the problem is about one. */
  readonly column?: string;
  /** What is wrong, as a word, such as `extra-cells`, `missing-role` or `unreadable-value`. */
  readonly problem: string;
  /** The row's own id, where it has one that can be believed. */
  readonly sourcedId?: string;
  /** Whether the row is left out; otherwise it stands, without the cell. */
  readonly isRejected: boolean;
}

/** Is told of each problem in the order of the files and their lines. */
export type CsvProblemListener = (problem: CsvProblem) => void;

/** What so many rows say against a file, more rows say no better; they would only fill the memory. */
const MOST_REJECTED = 100_000;

/** How a file ended of which no more rows are read because of {@link ProblemLog.isFull}. */
export const TOO_MANY_PROBLEMS = 'too-many-problems';

/** Gathers the problems of one file. */
export class ProblemLog {
  readonly rejected: RejectedRow[] = [];

  /** Whether the rest of the file is not worth reading. */
  get isFull(): boolean {
    return this.rejected.length >= MOST_REJECTED;
  }

  constructor(
    private readonly collection: Collection,
    private readonly file: string,
    private readonly listener: CsvProblemListener | undefined,
  ) {}

  /** A row that is left out. `identity` is what is known of it for certain. */
  reject(
    line: number,
    problem: string,
    column: string | undefined,
    identity: Pick<RejectedRow, 'sourcedId' | 'classSourcedId'> = {},
  ): void {
    const location = `${this.file}:${String(line)}`;
    const about = column === undefined ? {} : { field: column };
    this.rejected.push({ collection: this.collection, ...identity, problem, location, ...about });
    this.tell(line, problem, column, identity.sourcedId, true);
  }

  /** A cell that cannot be read, in a row that stands without it. */
  unread(line: number, column: string, sourcedId: string | undefined): void {
    this.tell(line, 'unreadable-value', column, sourcedId, false);
  }

  private tell(
    line: number,
    problem: string,
    column: string | undefined,
    sourcedId: string | undefined,
    isRejected: boolean,
  ): void {
    this.listener?.({
      file: this.file,
      line,
      ...(column === undefined ? {} : { column }),
      problem,
      ...(sourcedId === undefined ? {} : { sourcedId }),
      isRejected,
    });
  }
}
