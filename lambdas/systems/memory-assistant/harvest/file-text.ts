import { unzipSync } from 'fflate';
import { DataError } from '../../../contracts/errors.ts';
import type { ExportFile } from './parsed-export.ts';

/** Bounds of one import. A chat of ten years has some 10 MB. */
export const FILE_LIMITS = { bytes: 32 * 1024 * 1024, files: 2_000 } as const;
/** What is read of an archive. */
const READABLE = /\.(txt|json|md|markdown|ics)$/iu;

/**
 * The texts of a file: itself, or the readable ones of a ZIP archive.
 * @throws DataError `import_empty`, `import_too_large`, `import_encrypted`, `import_unreadable`
 */
export function textsOf(file: ExportFile): Array<{ name: string; text: string }> {
  if (file.bytes.length > FILE_LIMITS.bytes) throw tooLarge(file.name);
  const files = isZip(file.bytes) ? unpacked(file) : [file];
  const texts = files.map(({ name, bytes }) => ({ name, text: decoded(name, bytes) }));
  if (texts.every(({ text }) => text.trim() === ''))
    throw new DataError('import_empty', `there is nothing in ${file.name}; export it once more`);
  return texts;
}

const isZip = ([first, second, third]: Uint8Array): boolean => first === 0x50 && second === 0x4b && third === 3;

function unpacked({ name, bytes }: ExportFile): ExportFile[] {
  let [size, count] = [0, 0];
  // Bit 0 of the first entry's flags: its content is encrypted.
  if (((bytes[6] ?? 0) & 1) === 1)
    throw new DataError(
      'import_encrypted',
      `${name} is encrypted: unpack it with its password, and import what is in it`,
    );
  try {
    const entries = unzipSync(bytes, {
      filter: (entry) => {
        if (!READABLE.test(entry.name)) return false;
        [size, count] = [size + entry.originalSize, count + 1];
        if (size > FILE_LIMITS.bytes || count > FILE_LIMITS.files) throw tooLarge(name);
        return true;
      },
    });
    return Object.entries(entries).map(([inner, content]) => ({ name: inner, bytes: content }));
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError('import_unreadable', `${name} is no whole ZIP archive; export it once more`);
  }
}

function decoded(name: string, bytes: Uint8Array): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const encoding = utf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  const text = new TextDecoder(encoding).decode(bytes);
  // Pictures and encrypted files decode to little but replacement and control characters.
  const strange = text.slice(0, 20_000).match(/\ufffd|(?![\t\n\r])\p{Cc}/gu)?.length ?? 0;
  if (strange > Math.min(20_000, text.length) * 0.05)
    throw new DataError(
      'import_unreadable',
      `${name} is no text: it may be encrypted, or of another kind. WhatsApp, Slack, JSON, Markdown, ICS and ZIP are read`,
    );
  return text;
}

const tooLarge = (name: string): DataError =>
  new DataError(
    'import_too_large',
    `${name} holds more than ${FILE_LIMITS.bytes / 1024 / 1024} MB or ${FILE_LIMITS.files} files: import it in parts`,
  );
