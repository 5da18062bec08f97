/** Records of a delimited text, quoted as RFC 4180 has it; lines that are longer or shorter than others stay as they are. */
export function* recordsOf(text: string, delimiter: string): Generator<string[]> {
  let record: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === delimiter) {
      record.push(field);
      field = '';
    } else if (character === '\n') {
      yield [...record, field];
      record = [];
      field = '';
    } else field += character;
  }
  if (field !== '' || record.length > 0) yield [...record, field];
}

const DELIMITERS = [',', '\t', ';', '|'];
/** Records that are looked at, as far as they are whole within so many characters. */
const LOOKED_AT = 50;
const CHARACTERS_LOOKED_AT = 65_536;
/** So many of them must have as many fields as the header. */
const ALIKE = 0.9;
/** A field of a table is no paragraph. */
const LONGEST_HEAD = 80;

/**
 * The delimiter of a text that is a table: at least two columns, two records, and records as long as the first one;
 * undefined when it is none.
 */
export function delimiterOf(text: string): string | undefined {
  let best: { delimiter: string; columns: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const records: string[][] = [];
    let isWhole = text.length <= CHARACTERS_LOOKED_AT;
    for (const record of recordsOf(text.slice(0, CHARACTERS_LOOKED_AT), delimiter)) {
      if (record.length > 1 || record[0]?.trim() !== '') records.push(record);
      isWhole ||= records.length === LOOKED_AT;
      if (records.length === LOOKED_AT) break;
    }
    const [head, ...rest] = isWhole ? records : records.slice(0, -1);
    if (!head || head.length < 2 || rest.length === 0) continue;
    const alike = rest.filter((record) => record.length === head.length).length / rest.length;
    const isHead = head.every((name) => name.trim().length <= LONGEST_HEAD && !/[.!?]\s/.test(name));
    if (alike < ALIKE || !isHead || (best && best.columns >= head.length)) continue;
    best = { delimiter, columns: head.length };
  }
  return best?.delimiter;
}
