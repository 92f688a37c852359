/**
 * SHA-256 (FIPS 180-4) of a text in UTF-8, as hex. Written out because the engine runs where neither Node's crypto nor
 * WebCrypto is at hand, and because WebCrypto only answers asynchronously.
 */
export function sha256(text: string): string {
  const hash = new Sha256();
  hash.update(text);
  return hash.digest();
}

const ROUND_CONSTANTS = /* @__PURE__ */ roundConstants();

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, as the standard defines them. */
function roundConstants(): Int32Array {
  const constants = new Int32Array(64);
  let found = 0;
  for (let candidate = 2; found < 64; candidate += 1) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) {
      if (candidate % divisor === 0) isPrime = false;
    }
    if (!isPrime) continue;
    const root = Math.cbrt(candidate);
    constants[found] = Math.floor((root - Math.floor(root)) * 2 ** 32);
    found += 1;
  }
  return constants;
}

const BLOCK = 64;

/** Texts are gathered up to so many characters before they are turned into bytes: many short ones cost as few long ones. */
const GATHERED = 4096;

/** A SHA-256 that is fed piece by piece, so that a large plan never becomes one string. */
export class Sha256 {
  private readonly state = new Int32Array([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ]);
  private readonly words = new Int32Array(64);
  private readonly encoder = new TextEncoder();
  private readonly gathered: string[] = [];
  private gatheredLength = 0;
  /** What does not fill a block yet. */
  private rest = new Uint8Array(0);
  private length = 0;

  update(text: string): void {
    this.gathered.push(text);
    this.gatheredLength += text.length;
    // Halves of one character in two texts are a character in neither.
    if (this.gatheredLength >= GATHERED || isHigh(text.charCodeAt(text.length - 1))) this.flush();
  }

  digest(): string {
    this.flush();
    const { rest, length } = this;
    const last = new Uint8Array(rest.length < BLOCK - 8 ? BLOCK : BLOCK * 2);
    last.set(rest);
    last[rest.length] = 0x80;
    const bits = length * 8;
    const view = new DataView(last.buffer);
    view.setUint32(last.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(last.length - 4, bits >>> 0);
    for (let at = 0; at < last.length; at += BLOCK) this.compress(last, at);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  private flush(): void {
    const bytes = this.encoder.encode(this.gathered.join(''));
    this.gathered.length = 0;
    this.gatheredLength = 0;
    this.length += bytes.length;
    let all = bytes;
    if (this.rest.length > 0) {
      all = new Uint8Array(this.rest.length + bytes.length);
      all.set(this.rest);
      all.set(bytes, this.rest.length);
    }
    let at = 0;
    for (; at + BLOCK <= all.length; at += BLOCK) this.compress(all, at);
    this.rest = all.slice(at);
  }

  private compress(bytes: Uint8Array, from: number): void {
    const { words, state } = this;
    for (let index = 0, at = from; index < 16; index += 1, at += 4) {
      words[index] =
        ((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number);
    }
    for (let index = 16; index < 64; index += 1) {
      const early = words[index - 15] as number;
      const late = words[index - 2] as number;
      const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
      const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
      words[index] = ((words[index - 16] as number) + sigma0 + (words[index - 7] as number) + sigma1) | 0;
    }
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let d = state[3] as number;
    let e = state[4] as number;
    let f = state[5] as number;
    let g = state[6] as number;
    let h = state[7] as number;
    for (let index = 0; index < 64; index += 1) {
      const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const choice = (e & f) ^ (~e & g);
      const first = (h + sum1 + choice + (ROUND_CONSTANTS[index] as number) + (words[index] as number)) | 0;
      const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + sum0 + majority) | 0;
    }
    state[0] = ((state[0] as number) + a) | 0;
    state[1] = ((state[1] as number) + b) | 0;
    state[2] = ((state[2] as number) + c) | 0;
    state[3] = ((state[3] as number) + d) | 0;
    state[4] = ((state[4] as number) + e) | 0;
    state[5] = ((state[5] as number) + f) | 0;
    state[6] = ((state[6] as number) + g) | 0;
    state[7] = ((state[7] as number) + h) | 0;
  }
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
