import { type Readable, Transform } from 'node:stream';
import { ConfigurationError } from '../../errors.js';

/** Of one file. The largest US district's enrollments (8 million rows, under 200 bytes each) stay below. */
export const LARGEST_FILE_BYTES = 2 * 2 ** 30;

/** Of all files that one read opens. */
const LARGEST_TOTAL_BYTES = 4 * 2 ** 30;

/** Counts what files really hold while they are read: what they say of their size may be a lie. */
export class SizeLimit {
  private total = 0;

  /** @param parameter the option that an error names */
  constructor(
    private readonly parameter: string,
    private readonly largestFile = LARGEST_FILE_BYTES,
    private readonly largestTotal = LARGEST_TOTAL_BYTES,
  ) {}

  /** The same stream; it fails with ConfigurationError where it holds more than any roster. */
  over(file: Readable, name: string): Readable {
    let size = 0;
    const counted = new Transform({
      // Text stays text.
      decodeStrings: false,
      readableObjectMode: true,
      transform: (piece: Uint8Array | string, _encoding, done) => {
        size += piece.length;
        this.total += piece.length;
        const isTooLarge = size > this.largestFile || this.total > this.largestTotal;
        if (isTooLarge) {
          done(new ConfigurationError(this.parameter, `holds a ${name.toLowerCase()} far larger than any roster`));
        } else done(null, piece);
      },
    });
    file.on('error', (error) => counted.destroy(error));
    counted.on('close', () => file.destroy());
    return file.pipe(counted);
  }
}
