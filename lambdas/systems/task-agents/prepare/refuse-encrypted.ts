import { DataError } from '../../../contracts/errors.ts';

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text;

/** OLE compound files hold old Office documents; new ones only when they are encrypted (MS-OFFCRYPTO 2.3.4.5). */
const OLE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le');
/** APPNOTE.TXT 4.4.4: bit 0 of the general purpose flags of a local file header. */
const ZIP_ENCRYPTED_BIT = 1;

/** What locks it, as far as that can be seen from outside; undefined: nothing that is known. */
export function lockOf(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, '%PDF-') && buffer.includes('/Encrypt')) return 'an encrypted PDF';
  if (startsWith(bytes, 'PK\u0003\u0004') && (((bytes[6] ?? 0) & ZIP_ENCRYPTED_BIT) === 1 || hasLockedEntry(buffer)))
    return 'an encrypted zip archive';
  if (OLE.every((byte, at) => bytes[at] === byte) && buffer.includes(ENCRYPTED_PACKAGE))
    return 'an encrypted Office document';
  if (startsWith(bytes, '-----BEGIN PGP MESSAGE-----')) return 'a PGP message';
  if (startsWith(bytes, 'Salted__')) return 'a file encrypted by OpenSSL';
  if (startsWith(bytes, 'age-encryption.org/') || startsWith(bytes, '-----BEGIN AGE ENCRYPTED FILE-----'))
    return 'a file encrypted by age';
  return undefined;
}

/** Whether the central directory (APPNOTE.TXT 4.3.12, 4.3.16) names one: a folder, which never is, may come first. */
function hasLockedEntry(zip: Buffer): boolean {
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  if (end < 0 || end + 20 > zip.length) return false;
  let at = zip.readUInt32LE(end + 16);
  while (at + 46 <= zip.length && zip.readUInt32LE(at) === 0x02014b50) {
    if ((zip.readUInt16LE(at + 8) & ZIP_ENCRYPTED_BIT) === 1) return true;
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return false;
}

/** @throws DataError `input_encrypted` */
export function refuseEncrypted(bytes: Uint8Array): void {
  const lock = lockOf(bytes);
  if (lock !== undefined)
    throw new DataError('input_encrypted', `this is ${lock}: send it unlocked, no agent has a key for it`, { lock });
}
