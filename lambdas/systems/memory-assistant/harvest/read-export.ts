import { DataError } from '../../../contracts/errors.ts';
import type { ExportFormat } from '../messages.ts';
import { checkZone } from '../time-zone.ts';
import { textsOf } from './file-text.ts';
import { parseIcs } from './formats/ics.ts';
import { listIn, parseJsonExport } from './formats/json-export.ts';
import { parseMarkdown } from './formats/markdown.ts';
import { isSlack, parseSlack, SLACK_LISTS, slackPeople } from './formats/slack.ts';
import { isWhatsapp, parseWhatsapp } from './formats/whatsapp.ts';
import { checkConversations, type ImportSize, importSize } from './import-size.ts';
import type { ExportFile, ParsedExport, ReadingHints } from './parsed-export.ts';

/**
 * What is in a file, or in the files of an archive.
 * @throws DataError `import_broken` when its format is certain and nothing of it can be read; as textsOf; `no_such_time_zone`
 */
export function readExport(file: ExportFile, hints: ReadingHints): ParsedExport {
  checkZone(hints.timeZone);
  const { texts, refused: noTexts, isArchive } = textsOf(file);
  const size = importSize();
  const files = texts.map(({ name, text }) => ({ name, text, json: asJsonValue(text, size) }));
  const isSlackExport = files.some(({ json }) => isSlack(json?.value));
  const people = new Map(files.flatMap(({ json }) => (isSlackExport ? [...slackPeople(json?.value)] : [])));
  const read = files
    .filter(({ name }) => !(isSlackExport && SLACK_LISTS.test(name)))
    .map((one) => ({
      name: one.name,
      ...readText(one, { archive: isArchive ? file.name : undefined, people, size }, hints),
    }));
  const memories = read.flatMap((part) => part.memories);
  const refused = read.flatMap((part) =>
    part.refused.map(({ where, reason }) => ({ where: isArchive ? `${part.name}: ${where}` : where, reason })),
  );
  const [broken] = read.flatMap((part) => part.refused);
  if (memories.length === 0 && broken !== undefined)
    throw new DataError('import_broken', `nothing of the file can be read: ${broken.where}: ${broken.reason}`);
  checkConversations(memories);
  return {
    format: read[0]?.format ?? 'text',
    ...{ memories, refused: [...noTexts, ...refused] },
    notes: [...new Set(read.flatMap((part) => part.notes))],
  };
}

interface Read {
  readonly name: string;
  readonly text: string;
  readonly json: { readonly value: unknown } | undefined;
}
interface Around {
  /** That it was in. */
  readonly archive: string | undefined;
  /** Of Slack, by their ids. */
  readonly people: ReadonlyMap<string, string>;
  readonly size: ImportSize;
}

function readText({ name, text, json }: Read, { archive, people, size }: Around, hints: ReadingHints): ParsedExport {
  const format = hints.format ?? detect(name, text, json);
  const conversation = conversationOf(name, format, archive);
  size.memories(format, text, json && listIn(json.value).list);
  if (format === 'slack')
    return Array.isArray(json?.value) ? parseSlack(json.value, conversation, people) : broken('slack');
  if (format === 'json') return json ? parseJsonExport(json.value, conversation, hints) : broken('json');
  if (format === 'ics') return parseIcs(text, conversation, hints);
  if (format === 'whatsapp') return parseWhatsapp(text, conversation, hints);
  const notes = format === 'text' ? 'no format was recognised: each paragraph is a memory' : NESTED;
  if (format === 'markdown') {
    try {
      return parseMarkdown(text, conversation, hints);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  const memories = text.split(/\n{2,}/u).flatMap((part) => (part.trim() ? [{ text: part.trim(), conversation }] : []));
  return { format, memories, refused: [], notes: [notes] };
}
const NESTED = 'its Markdown is nested too deeply to be read: each paragraph is a memory';

function detect(name: string, text: string, json: { value: unknown } | undefined): ExportFormat {
  if (json && isSlack(json.value)) return 'slack';
  if (json || /\.json$/iu.test(name)) return 'json';
  if (/BEGIN:VCALENDAR|BEGIN:VEVENT/u.test(text.slice(0, 2_000)) || /\.ics$/iu.test(name)) return 'ics';
  if (isWhatsapp(text)) return 'whatsapp';
  return /\.(md|markdown)$/iu.test(name) || /^#{1,6} \S/mu.test(text) ? 'markdown' : 'text';
}

const broken = (format: ExportFormat): ParsedExport => ({
  ...{ format, memories: [], notes: [] },
  refused: [{ where: 'the file', reason: 'no valid JSON: it is cut off or was changed' }],
});

function asJsonValue(text: string, size: ImportSize): { value: unknown } | undefined {
  if (!/^\uFEFF?\s*[[{]/u.test(text)) return undefined;
  size.json(text);
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/u, '')) };
  } catch {
    return undefined;
  }
}

/**
 * "WhatsApp Chat with Ada.txt" is the conversation "Ada". Where a file is called as its program calls all of them (iPhones'
 * `_chat.txt`, a day of Slack's), its folder or its archive is.
 */
function conversationOf(name: string, format: ExportFormat, archive: string | undefined): string {
  const folder = name.split(/[\\/]/u).at(-2);
  const plain = name.replace(/^.*[\\/]/u, '').replace(/\.[a-z]{2,8}$/iu, '');
  const isNoName = plain === '_chat' || (format === 'slack' && /^\d{4}-\d{2}-\d{2}$/u.test(plain));
  const parent = folder ?? archive;
  if (isNoName && parent !== undefined) return conversationOf(parent, 'text', undefined);
  return (plain.replace(/^WhatsApp[ -]Chat\s*(with|mit|con|avec|-)?\s*/iu, '').trim() || plain || 'import').slice(
    0,
    200,
  );
}
