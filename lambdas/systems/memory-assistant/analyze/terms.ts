import { stemmer } from 'stemmer';

/** Words that say nothing of what is spoken about, in the languages that are met most. */
const STOP_WORDS = new Set(
  [
    'a about above after again all also am an and any are as at be because been before being below between both but by can come could did do does',
    'doing done down during each even few for from further get go going gone got had has have having he her here hers him his how i if in into is it its',
    'just know let like ll look made make many may me might more most much must my need no nor not now of off ok okay on once one only or other our out',
    'over own really right said same say see she should so some still such sure take tell than thank thanks that the their them then there these they thing',
    'think this those through time to today tomorrow too tonight under until up us use very want was way we well were what when where which while who whom',
    'why will with would yeah yes yesterday yet you your re ve don didn doesn isn aren wasn won im ill id dont cant lol haha hey hi hello oh good great nice',
    'der die das und ist nicht ein eine einen dem den des mit auf für von zu im ich du er sie es wir ihr war habe hast hat aber auch noch schon nur so wie was',
    'wenn dann bei nach aus mir mich dir dich uns ja nein doch mal heute morgen el la los las de del y en que es un una por para con no se lo le su al como más',
    'pero sí yo tú mi te me muy ya hoy mañana le les des et est pas un une dans pour que qui sur avec je tu il elle nous vous ne ce cette mais on au aux plus',
    'o os as do da dos das e em não um uma com se na no ao por mais il lo gli che di non per sono ho hai ha ma anche questo',
  ]
    .join(' ')
    .split(' '),
);
const WORD = /\p{L}[\p{L}\p{M}'’-]*\p{L}|\p{N}+/gu;

/** A word that says something, as it was written, and its stem. */
export interface Term {
  readonly word: string;
  readonly stem: string;
}

export function termsOf(text: string): Term[] {
  const plain = text.replaceAll(/https?:\/\/\S+/gu, ' ').toLowerCase();
  return [...plain.matchAll(WORD)].flatMap(([found]) => {
    const word = found.replace(/['’](?:s|re|ve|ll|d|m|t)$/u, '');
    return word.length < 2 || STOP_WORDS.has(word) ? [] : [{ word, stem: stemmer(word) }];
  });
}
