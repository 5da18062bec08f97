import { crc32 } from 'node:zlib';

/** A ZIP archive of one file, stored uncompressed: what Lambda takes as code. (Format: PKWARE APPNOTE.TXT.) */
export function zipOf(name: string, text: string): Buffer {
  const path = Buffer.from(name);
  const content = Buffer.from(text);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(0x21, 8); // date: 1 January 1980
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([signature('PK\x03\x04'), common, path, content]);
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE(0o100644 * 0x1_0000, 6);
  const entry = Buffer.concat([signature('PK\x01\x02'), Buffer.from([20, 3]), common, attributes, path]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, entry, signature('PK\x05\x06'), end]);
}

const signature = (text: string): Buffer => Buffer.from(text, 'latin1');
