/** What is not seen, and breaks a number or a name in two for whoever looks for it. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/u;
/** Blanks, dashes, digits and letters that are only written otherwise. */
const VARIANT = /[\u00a0\u2000-\u200a\u202f\u205f\u3000\u2010-\u2015\u2212\uff01-\uff5e]/u;

/** A text as it is read. */
export interface PlainForm {
  readonly plain: string;
  /** Where a position of it lies in the text. */
  readonly placeOf: (position: number) => number;
}

/**
 * Without signs that are not seen, and with the common form of those that look alike: a card number is one, however its
 * groups are kept apart.
 */
export function plainForm(text: string): PlainForm {
  if (!UNSEEN.test(text) && !VARIANT.test(text)) return { plain: text, placeOf: (position) => position };
  const places: number[] = [];
  let plain = '';
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (UNSEEN.test(sign)) continue;
    plain += VARIANT.test(sign) ? commonForm(sign) : sign;
    places.push(at);
  }
  return { plain, placeOf: (position) => places[position] ?? text.length };
}

function commonForm(sign: string): string {
  if (/[\u2010-\u2015\u2212]/u.test(sign)) return '-';
  const code = sign.charCodeAt(0);
  return code >= 0xff01 ? String.fromCharCode(code - 0xfee0) : ' ';
}
