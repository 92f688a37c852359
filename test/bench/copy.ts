/** COPY over the package pg: the fastest way into PostgreSQL and out of it, which the store is measured by. */

import type { Client } from 'pg';

/** What `pg` calls on a query of its own, as far as COPY needs it. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** One COPY statement in flight. `pg` hands it the answers of the server one by one. */
class Copy {
  readonly done: Promise<Buffer>;
  private readonly parts: Buffer[] = [];
  private resolve!: (data: Buffer) => void;
  private reject!: (error: Error) => void;

  constructor(
    private readonly text: string,
    private readonly input: Buffer = Buffer.alloc(0),
  ) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(connection: CopyConnection): void {
    connection.query(this.text);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    for (let from = 0; from < this.input.length; from += 65_536) {
      connection.sendCopyFromChunk(this.input.subarray(from, from + 65_536));
    }
    connection.endCopyFrom();
  }

  handleCopyData(message: { readonly chunk: Buffer }): void {
    // The chunk is a view of a buffer that pg uses again.
    this.parts.push(Buffer.from(message.chunk));
  }

  handleError(error: Error): void {
    this.reject(error);
  }

  handleReadyForQuery(): void {
    this.resolve(Buffer.concat(this.parts));
  }

  handleRowDescription(): void {
    // COPY has no rows.
  }

  handleDataRow(): void {
    // Nor these.
  }

  handleCommandComplete(): void {
    // The server is ready for the next query a moment later.
  }

  handleEmptyQuery(): void {
    // It never is empty.
  }
}

/** Copies text into a table, or the rows of a query out. */
export async function copy(client: Client, text: string, input?: Buffer): Promise<Buffer> {
  const statement = new Copy(text, input);
  client.query(statement as never);
  return statement.done;
}
