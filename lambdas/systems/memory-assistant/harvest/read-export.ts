import { DataError } from '../../../contracts/errors.ts';
import type { ExportFormat } from '../messages.ts';
import { textsOf } from './file-text.ts';
import { parseIcs } from './formats/ics.ts';
import { parseJsonExport } from './formats/json-export.ts';
import { parseMarkdown } from './formats/markdown.ts';
import { isSlack, parseSlack } from './formats/slack.ts';
import { isWhatsapp, parseWhatsapp } from './formats/whatsapp.ts';
import type { ExportFile, ParsedExport, ReadingHints } from './parsed-export.ts';

/**
 * What is in a file, or in the files of an archive.
 * @throws DataError `import_broken` when its format is certain and nothing of it can be read; as textsOf; `no_such_time_zone`
 */
export function readExport(file: ExportFile, hints: ReadingHints): ParsedExport {
  checkZone(hints.timeZone);
  const parts = textsOf(file).map(({ name, text }) => readText(name, text, hints));
  const [first] = parts;
  const memories = parts.flatMap((part) => part.memories);
  const refused = parts.flatMap((part) => part.refused);
  if (memories.length === 0 && refused.length > 0)
    throw new DataError(
      'import_broken',
      `nothing of ${file.name} can be read: ${refused[0]?.where}: ${refused[0]?.reason}`,
    );
  return {
    format: first?.format ?? 'text',
    ...{ memories, refused },
    notes: [...new Set(parts.flatMap((part) => part.notes))],
  };
}

function readText(name: string, text: string, hints: ReadingHints): ParsedExport {
  const conversation = conversationOf(name);
  const json = asJsonValue(text);
  const format = hints.format ?? detect(name, text, json);
  if (format === 'slack')
    return Array.isArray(json?.value) ? parseSlack(json.value, conversation) : broken('slack', name);
  if (format === 'json') return json ? parseJsonExport(json.value, conversation, hints) : broken('json', name);
  if (format === 'ics') return parseIcs(text, conversation, hints);
  if (format === 'whatsapp') return parseWhatsapp(text, conversation, hints);
  if (format === 'markdown') return parseMarkdown(text, conversation, hints);
  const memories = text.split(/\n{2,}/u).flatMap((part) => (part.trim() ? [{ text: part.trim(), conversation }] : []));
  return { format: 'text', memories, refused: [], notes: ['no format was recognised: each paragraph is a memory'] };
}

function detect(name: string, text: string, json: { value: unknown } | undefined): ExportFormat {
  if (json && isSlack(json.value)) return 'slack';
  if (json || /\.json$/iu.test(name)) return 'json';
  if (/BEGIN:VCALENDAR|BEGIN:VEVENT/u.test(text.slice(0, 2_000)) || /\.ics$/iu.test(name)) return 'ics';
  if (isWhatsapp(text)) return 'whatsapp';
  return /\.(md|markdown)$/iu.test(name) || /^#{1,6} \S/mu.test(text) ? 'markdown' : 'text';
}

const broken = (format: ExportFormat, name: string): ParsedExport => ({
  ...{ format, memories: [], notes: [] },
  refused: [{ where: name, reason: 'no valid JSON: the file is cut off or was changed' }],
});

function asJsonValue(text: string): { value: unknown } | undefined {
  if (!/^\uFEFF?\s*[[{]/u.test(text)) return undefined;
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/u, '')) };
  } catch {
    return undefined;
  }
}

/** "WhatsApp Chat with Ada.txt" is the conversation "Ada". */
function conversationOf(name: string): string {
  const plain = name.replace(/^.*[\\/]/u, '').replace(/\.[a-z]{2,8}$/iu, '');
  return (plain.replace(/^WhatsApp[ -]Chat\s*(with|mit|con|avec|-)?\s*/iu, '').trim() || plain || 'import').slice(
    0,
    200,
  );
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new DataError('no_such_time_zone', `"${zone}" is no time zone; name one as in "Europe/Lisbon"`);
  }
}
