import { parsePhoneNumberFromString } from 'libphonenumber-js';
import validator from 'validator';
import type { Entity, EntityType } from './entity.ts';

interface Pattern {
  readonly type: EntityType;
  /** Group 1, if there is one, is what counts. */
  readonly regex: RegExp;
  readonly sure: number;
  /** A checksum, or what else speaks for it; false: it is none. */
  readonly valid?: (value: string) => boolean;
}

const digits = (text: string): string => text.replaceAll(/\D/gu, '');

/** Numbers with a form of their own. Where a checksum exists it decides, since most numbers are nobody's secret. */
const PATTERNS: readonly Pattern[] = [
  {
    type: 'EMAIL_ADDRESS',
    regex: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    sure: 1,
    valid: (v) => validator.isEmail(v, { allow_utf8_local_part: true }),
  },
  { type: 'DOMAIN_NAME', regex: /\b(?:https?:\/\/|www\.)[^\s<>"']*[^\s<>"'.,;:!?)\]]/giu, sure: 1 },
  {
    type: 'DOMAIN_NAME',
    regex:
      /(?<![a-z0-9.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|dev|app|info|biz|edu|gov|eu|de|fr|es|it|nl|be|ch|at|pl|cz|se|no|dk|fi|uk|br|us|ca|au|jp)(?:\/[^\s<>"']*[^\s<>"'.,;:!?)\]])?\b/giu,
    sure: 0.8,
  },
  { type: 'IP_ADDRESS', regex: /\b(?:\d{1,3}\.){3}\d{1,3}\b/gu, sure: 1, valid: (v) => validator.isIP(v) },
  {
    type: 'IP_ADDRESS',
    regex: /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/giu,
    sure: 1,
    valid: (v) => validator.isIP(v, 6),
  },
  {
    type: 'IBAN_CODE',
    regex: /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b/giu,
    sure: 1,
    valid: (v) => validator.isIBAN(v),
  },
  { type: 'IBAN_CODE', regex: /\biban\b\D{0,12}?([A-Z]{2}\d{2}[A-Z0-9]{8,30})\b/giu, sure: 0.9 },
  {
    type: 'CREDIT_CARD',
    regex: /(?<!\+)\b\d(?:[\s./_-]?\d){11,18}\b/gu,
    sure: 1,
    // Any number with the checksum that is written as cards are; with other signs between its digits, one that cards begin with.
    valid: (v) => validator.isCreditCard(digits(v)) || (/^[\d -]+$/u.test(v) && validator.isLuhnNumber(digits(v))),
  },
  { type: 'CREDIT_CARD', regex: /\bcards?\b(?:\s+(?:number|no\.?|is|#|:))*\s*[:#]?\s*(\d{12,19})\b/giu, sure: 0.8 },
  { type: 'US_SSN', regex: /\b(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/gu, sure: 1 },
  { type: 'US_SSN', regex: /\b(?:ssn|social security(?: number)?)\b\D{0,12}(\d{3}[- ]?\d{2}[- ]?\d{4})\b/giu, sure: 1 },
  {
    type: 'US_DRIVER_LICENSE',
    regex: /\bdriver(?:'|’)?s?(?:'|’)? licen[cs]e\b\D{0,12}?\b([A-Z]{0,2}\d[A-Z0-9-]{4,18})\b/giu,
    sure: 0.9,
  },
  {
    type: 'NATIONAL_ID',
    regex:
      /\b(?:passport|national id|id (?:card|number)|tax id|personal number|NHS(?: number)?|DNI|NIE|BSN|CPF|NIF|codice fiscale|PESEL|personalausweis(?:nummer)?)\b[^\p{L}\p{N}\n]{0,4}(?:is|no\.?|number|:)?\s{0,2}([A-Z0-9][A-Z0-9./ -]{4,18}[A-Z0-9])\b/giu,
    sure: 0.8,
    valid: (v) => digits(v).length >= 5,
  },
  {
    type: 'CREDENTIAL',
    regex:
      /\b(?:password|passwd|passwort|contraseña|mot de passe|pin(?: code)?|api[ -]?key|token|secret)\b\s*(?:is|ist|es|est|:|=)\s*["'“]?([^\s"'”,;]{4,128})/giu,
    sure: 0.9,
  },
  { type: 'CREDENTIAL', regex: /\b(?:sk|pk|ghp|gho|xox[abp]|AKIA|eyJ)[A-Za-z0-9_-]{16,}\b/gu, sure: 1 },
  {
    type: 'ZIP_CODE',
    regex:
      /\b(?:zip|postal|post)\s?-?codes?\b(?:\s+(?:is|was|:))?\s*:?\s*((?=[\p{L}\d -]{0,9}\d)[\p{Lu}\d]{2,5}(?:[ -][\p{Lu}\d]{2,4})?)\b/giu,
    sure: 0.9,
  },
  {
    type: 'DATE_TIME',
    regex: /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?\b/gu,
    sure: 1,
  },
  { type: 'DATE_TIME', regex: /\b\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b/gu, sure: 0.9, valid: isDay },
  {
    type: 'DATE_TIME',
    regex:
      /\b(?:\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?)?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?\b/giu,
    sure: 0.9,
  },
  {
    type: 'DATE_TIME',
    regex:
      /\b\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre)(?:\s+(?:de\s+)?\d{4})?\b/giu,
    sure: 0.9,
  },
  {
    type: 'DATE_TIME',
    regex:
      /\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+(?:of\s+)?\d{4}\b/giu,
    sure: 0.9,
  },
  { type: 'DATE_TIME', regex: /(?<![\d.,/#-])\b(?:19[3-9]\d|20[0-4]\d)\b(?![\d/-]|\.\d|,\d)/gu, sure: 0.6 },
  {
    type: 'AGE',
    regex:
      /\b(\d{1,3})(?=[ -](?:years?|yrs?|yo|y\/o|y\.o\.|jahre|años|ans|anni)\b)(?=.{0,12}\b(?:old|of age|yo|y\/o|alt|ans|anni|años)\b|.{0,8}-old)/giu,
    sure: 0.9,
  },
  { type: 'AGE', regex: /\b(\d{1,3})(?=[ -]?(?:y\/o|yo\b|y\.o\.|yrs? old|year-old|years? old|-year))/giu, sure: 0.9 },
  {
    type: 'AGE',
    regex: /\b(?:aged?|age of|turn(?:ed|s|ing)?|at the age of|(?:am|is|are|was) only)\s+(\d{1,3})\b/giu,
    sure: 0.9,
    valid: (v) => Number(v) <= 120,
  },
];

function isDay(value: string): boolean {
  const [first = 0, second = 0] = value.split(/[/.-]/u).map(Number);
  return Math.min(first, second) >= 1 && Math.min(first, second) <= 12 && Math.max(first, second) <= 31;
}

/** What has a form of its own, in any language. */
export function findPatterns(text: string): Entity[] {
  const found: Entity[] = [];
  for (const { type, regex, sure, valid } of PATTERNS)
    for (const match of text.matchAll(regex)) {
      const value = match[1] ?? match[0];
      if (valid && !valid(value)) continue;
      const start = match.index + match[0].lastIndexOf(value);
      found.push({ type, start, end: start + value.length, sure });
    }
  return [...found, ...findPhones(text)];
}

/** Written with a plus, libphonenumber knows it; without one, its form and what stands before it tell. */
function findPhones(text: string): Entity[] {
  const known = [...text.matchAll(WITH_PLUS)].flatMap(({ index, 0: value }) =>
    parsePhoneNumberFromString(value)?.isPossible() ? [{ startsAt: index, endsAt: index + value.length }] : [],
  );
  const shaped = [...text.matchAll(PHONE)].flatMap((match) => {
    const [value] = match;
    const count = digits(value.replace(/(?:x|ext\.?)\s?\d+$/iu, '')).length;
    const before = text.slice(Math.max(0, match.index - 40), match.index);
    const after = text.slice(match.index + value.length, match.index + value.length + 12);
    const isSaid = SAYS_PHONE.test(before) || /^[\s-]*(?:office|fax|mobile|home|work|cell)\b/iu.test(after);
    const grouped = /[\s.()-]/u.test(value.trim());
    if (count < 7 || count > 15 || !(isSaid || (grouped && count >= 8) || value.startsWith('+'))) return [];
    return [{ startsAt: match.index, endsAt: match.index + value.length }];
  });
  return [...known, ...shaped].map(({ startsAt, endsAt }) => ({
    type: 'PHONE_NUMBER',
    start: startsAt,
    end: endsAt,
    sure: 0.8,
  }));
}
const WITH_PLUS = /(?<![\p{L}\p{N}+])\+\d[\d ().-]{5,24}\d/gu;
const PHONE =
  /(?<![\p{L}\p{N}./:#-]|\d,)\+?\(?\d{1,15}(?!\d)\)?(?:[ .-]?\(?\d{1,15}(?!\d)\)?){0,6}(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\p{L}\p{N}]|[/:]\d)/giu;
const SAYS_PHONE =
  /(?:phone|call(?:ed|ing)?|tele(?:fon|phone|phone number)?|tel\.?|mobile|cell|fax|desk|office|whatsapp|text(?:ed)?|sms|ring|number(?: is)?|messages? (?:to|from)|reach(?:ed)?|answering|contact(?:ed)?|dial)\b[^\d\n]{0,24}$/iu;
