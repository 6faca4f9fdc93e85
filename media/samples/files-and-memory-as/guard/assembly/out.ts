/** The writer of answers: UTF-8 straight to a buffer, what fits, and counts what does not. It makes no texts: their memory is given back after a call only. */
export class Out {
  /** May be larger than the capacity. */
  length: u32 = 0;

  constructor(
    readonly at: usize,
    readonly capacity: u32,
  ) {}

  put(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = <u32>text.codePointAt(i);
      if (code >= 0x10000) i++;
      this.putChar(code);
    }
  }

  /** A text as JSON, with quotes. */
  putQuoted(text: string): void {
    this.putByte(0x22);
    for (let i = 0; i < text.length; i++) {
      const code = <u32>text.codePointAt(i);
      if (code >= 0x10000) i++;
      if (code < 0x20) {
        this.put(code < 0x10 ? '\\u000' : '\\u001');
        this.putByte((code & 15) + ((code & 15) < 10 ? 0x30 : 0x57));
      } else {
        if (code == 0x22 || code == 0x5c) this.putByte(0x5c);
        this.putChar(code);
      }
    }
    this.putByte(0x22);
  }

  putAllQuoted(texts: string[]): void {
    this.putByte(0x5b);
    for (let i = 0; i < texts.length; i++) {
      if (i > 0) this.putByte(0x2c);
      this.putQuoted(texts[i]);
    }
    this.putByte(0x5d);
  }

  putChar(code: u32): void {
    // Half of a pair of surrogates cannot be written as UTF-8.
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    if (code < 0x80) return this.putByte(code);
    if (code < 0x800) this.putByte(0xc0 | (code >> 6));
    else {
      if (code < 0x10000) this.putByte(0xe0 | (code >> 12));
      else {
        this.putByte(0xf0 | (code >> 18));
        this.putByte(0x80 | ((code >> 12) & 63));
      }
      this.putByte(0x80 | ((code >> 6) & 63));
    }
    this.putByte(0x80 | (code & 63));
  }

  putByte(byte: u32): void {
    if (this.length < this.capacity) store<u8>(this.at + this.length, byte);
    this.length++;
  }
}
