import { unzipSync } from 'fflate';
import { DataError } from '../../../contracts/errors.ts';
import type { Refusal } from '../messages.ts';
import type { ExportFile } from './parsed-export.ts';

/** Bounds of one import. A chat of ten years has some 10 MB. */
export const FILE_LIMITS = { bytes: 32 * 1024 * 1024, files: 2_000 } as const;
/** What is read of an archive, but for what macOS adds to one. */
const READABLE = /^(?!__MACOSX\/)(?:.*\/)?(?!\._)[^/]*\.(?:txt|json|md|markdown|ics)$/iu;

/** The texts of a file, and the files of an archive that are none. */
export interface FileTexts {
  readonly texts: ReadonlyArray<{ readonly name: string; readonly text: string }>;
  readonly refused: readonly Refusal[];
  readonly isArchive: boolean;
}

/**
 * The texts of a file: itself, or the readable ones of a ZIP archive. Errors travel further than answers, so none of them
 * says what a file is called: chats are called by people.
 * @throws DataError `import_empty`, `import_too_large`, `import_encrypted`, `import_unreadable`
 */
export function textsOf({ name, bytes }: ExportFile): FileTexts {
  if (bytes.length > FILE_LIMITS.bytes) throw tooLarge();
  const isArchive = isZip(bytes);
  const files = isArchive ? unpacked(bytes) : [{ name, bytes }];
  const decoded = files.map((file) => ({ name: file.name, text: textIn(file.bytes) }));
  const refused = decoded.flatMap(({ name: where, text }) => (text === undefined ? [{ where, reason: NO_TEXT }] : []));
  const texts = decoded.flatMap((file) => (file.text === undefined ? [] : [{ name: file.name, text: file.text }]));
  if (texts.length === 0 && refused.length > 0) throw new DataError('import_unreadable', NO_TEXT);
  if (texts.every(({ text }) => text.trim() === ''))
    throw new DataError('import_empty', 'there is nothing in the file; export it once more');
  return { texts, refused, isArchive };
}

const isZip = ([first, second, third]: Uint8Array): boolean => first === 0x50 && second === 0x4b && third === 3;

function unpacked(bytes: Uint8Array): ExportFile[] {
  let [size, count] = [0, 0];
  // Bit 0 of the first entry's flags: its content is encrypted.
  if (((bytes[6] ?? 0) & 1) === 1)
    throw new DataError(
      'import_encrypted',
      'the archive is encrypted: unpack it with its password, and import what is in it',
    );
  try {
    const entries = unzipSync(bytes, {
      filter: (entry) => {
        if (!READABLE.test(entry.name)) return false;
        [size, count] = [size + entry.originalSize, count + 1];
        if (size > FILE_LIMITS.bytes || count > FILE_LIMITS.files) throw tooLarge();
        return true;
      },
    });
    return Object.entries(entries).map(([inner, content]) => ({ name: inner, bytes: content }));
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError('import_unreadable', 'this is no whole ZIP archive; export it once more');
  }
}

const NO_TEXT =
  'no text: it may be encrypted, or of another kind. WhatsApp, Slack, JSON, Markdown, ICS and ZIP are read';

/** undefined: pictures and encrypted files, which decode to little but replacement and control characters. */
function textIn(bytes: Uint8Array): string | undefined {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const encoding = utf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  const text = new TextDecoder(encoding).decode(bytes);
  const strange = text.slice(0, 20_000).match(/\ufffd|(?![\t\n\r])\p{Cc}/gu)?.length ?? 0;
  return strange > Math.min(20_000, text.length) * 0.05 ? undefined : text;
}

const tooLarge = (): DataError =>
  new DataError(
    'import_too_large',
    `the file holds more than ${FILE_LIMITS.bytes / 1024 / 1024} MB or ${FILE_LIMITS.files} files: import it in parts`,
  );
