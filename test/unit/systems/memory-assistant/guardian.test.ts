import { describe, expect, test } from '@jest/globals';
import { detect } from '../../../../lambdas/systems/memory-assistant/privacy/detect.ts';
import { maskDocument } from '../../../../lambdas/systems/memory-assistant/privacy/mask.ts';

const found = (text: string): string[] =>
  detect(text).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);

describe('what has a form of its own', () => {
  test.each([
    ['write to ada.l@example.co.uk today', 'EMAIL_ADDRESS ada.l@example.co.uk'],
    ['my card is 4111 1111 1111 1111', 'CREDIT_CARD 4111 1111 1111 1111'],
    ['IBAN DE89 3704 0044 0532 0130 00', 'IBAN_CODE DE89 3704 0044 0532 0130 00'],
    ['from 192.168.17.4 again', 'IP_ADDRESS 192.168.17.4'],
    ['ssn 536-22-8712', 'US_SSN 536-22-8712'],
    ['call me at +49 30 901820', 'PHONE_NUMBER +49 30 901820'],
    ['my number is (541) 754-3010', 'PHONE_NUMBER (541) 754-3010'],
    ['see https://muster.example/a?b=1', 'DOMAIN_NAME https://muster.example/a?b=1'],
    ['the password is hunter2!', 'CREDENTIAL hunter2!'],
    ['key ghp_0123456789abcdefghijABCDEF', 'CREDENTIAL ghp_0123456789abcdefghijABCDEF'],
    ['she turned 47', 'AGE 47'],
    ['born on 12/1/1981', 'DATE_TIME 12/1/1981'],
    ['am 3. Mai 2026 um neun', 'DATE_TIME 3. Mai 2026'],
    ['my zip code is B0J 2H0', 'ZIP_CODE B0J 2H0'],
  ])('is found: %s', (text, entity) => {
    expect(found(text)).toContain(entity);
  });

  test.each([
    ['order 4111 1111 1111 1112', 'CREDIT_CARD'],
    ['code DE00 3704 0044 0532 0130 00', 'IBAN_CODE'],
    ['version 1.2.3.4567', 'IP_ADDRESS'],
    ['it took 12 minutes and cost 150', 'PHONE_NUMBER'],
    ['000-12-3456', 'US_SSN'],
  ])('is not found where its checksum or its form is wrong: %s', (text, type) => {
    expect(found(text).filter((entity) => entity.startsWith(type))).toEqual([]);
  });
});

describe('names', () => {
  test.each([
    ['My name is Zsófia Kerekes and I am here', 'PERSON Zsófia Kerekes'],
    ['ask Mrs. Labrie about it', 'PERSON Labrie'],
    ['we moved to Villafranca del Cid', 'GPE Villafranca del Cid'],
    ['she is from New Zealand', 'GPE New Zealand'],
    ['Nagelsmann Technologies has called', 'ORGANIZATION Nagelsmann Technologies'],
    ['the Finnish are coming', 'NRP Finnish'],
    ['meet me at Rua do Arenque 12, Peniche', 'STREET_ADDRESS Rua do Arenque 12, Peniche'],
    ['send it to 14 Crown Street\n Suite 321\n LONDON', 'STREET_ADDRESS 14 Crown Street\n Suite 321\n LONDON'],
  ])('are found that no list has: %s', (text, entity) => {
    expect(found(text)).toContain(entity);
  });

  test.each([
    'Capitalised words such as Wisdom and Discipline are ordinary',
    'How do I open my statement? When does it arrive?',
    'WHY DOES NOBODY ANSWER ME TODAY',
    'It was Monday, and on Friday we went home',
  ])('are not seen in %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('masking', () => {
  const note = {
    said: 'Ada Lovelace pays with 4111 1111 1111 1111 and lives in Porto',
    again: ['ada lovelace', 'Ada Lovelace'],
  };

  test('leaves its owner everything but secrets', () => {
    const { document, masked } = maskDocument(note, 'owner');
    expect(document).toMatchObject({ said: 'Ada Lovelace pays with [CREDIT_CARD_1] and lives in Porto' });
    expect(masked).toBe(1);
  });

  test('leaves nobody else anything, and the same person has the same mask', () => {
    const { document } = maskDocument(note, 'public');
    expect(document).toEqual({
      said: '[PERSON_1] pays with [CREDIT_CARD_1] and lives in [GPE_1]',
      again: ['[PERSON_1]', '[PERSON_1]'],
    });
  });

  test('takes contacts from those whom the owner trusts, and leaves them names', () => {
    const { document } = maskDocument('Ada: +49 30 901820, ada@example.org', 'trusted');
    expect(document).toBe('Ada: [PHONE_NUMBER_1], [EMAIL_ADDRESS_1]');
  });

  test('masks names of fields that are data, and leaves ids alone', () => {
    const id = 'mem_38e55033101a32d7b783ebacb1017576';
    expect(maskDocument({ 'Ada Lovelace': { memory_id: id } }, 'public').document).toEqual({
      '[PERSON_1]': { memory_id: id },
    });
  });

  test('masked texts hold nothing more to mask', () => {
    const once = maskDocument(
      'Zsófia Kerekes from Peniche, +49 30 901820, IBAN DE89370400440532013000',
      'public',
    ).document;
    expect(once).toBe('[PERSON_1] from [GPE_1], [PHONE_NUMBER_1], IBAN [IBAN_CODE_1]');
    expect(maskDocument(once, 'public').document).toEqual(once);
  });

  test('gives a number that was given before to nobody else', () => {
    expect(maskDocument('[PERSON_1] and Zsófia Kerekes', 'public').document).toBe('[PERSON_1] and [PERSON_2]');
  });

  test('looks into numbers for what only a card can be, and leaves times and counts', () => {
    const { document } = maskDocument({ card: 4_111_111_111_111_111, at: 1_778_608_801_000, times: 5 }, 'owner');
    expect(document).toEqual({ card: '[CREDIT_CARD_1]', at: 1_778_608_801_000, times: 5 });
  });

  test('leaves what was counted its names', () => {
    const counts = { PERSON: 2, GPE: 1, NRP: 1, IBAN_CODE: 1 };
    expect(maskDocument(counts, 'public').document).toEqual(counts);
  });
});

describe('hostile texts', () => {
  test.each([
    ['blanks that do not break', 'card 4111\u00a01111\u00a01111\u00a01111'],
    ['nothing that is seen', '4111\u200b1111\u200b1111\u200b1111'],
    ['other hyphens', '4111\u20111111\u20111111\u20111111'],
    ['points', '4111.1111.1111.1111'],
    ['lines', '4111\n1111\n1111\n1111'],
    [
      'wide digits',
      '\uff14\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11',
    ],
  ])('hide no card with %s between its digits', (_, text) => {
    expect(maskDocument(text, 'owner').document).toMatch(/^(?:card )?\[CREDIT_CARD_1\]$/u);
  });

  test('keep what stands around a card as it was', () => {
    expect(maskDocument('a\u200bb 4111\u00a01111\u00a01111\u00a01111 c\u00a0d', 'owner').document).toBe(
      'a\u200bb [CREDIT_CARD_1] c\u00a0d',
    );
  });

  test.each([
    '1-',
    'a.',
    'A b ',
    '(',
    `(${'1'.repeat(38)}) `,
    'the corner of A ',
    'zip code ',
    'a@b.example ',
    '12/1/1981 ',
  ])('take no longer for being made slow: %s', (part) => {
    const text = part.repeat(Math.ceil(200_000 / part.length));
    const began = performance.now();
    detect(text);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
