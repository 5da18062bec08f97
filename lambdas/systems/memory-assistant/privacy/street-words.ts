/** Words for streets and squares, in the languages that write them apart. */
const STREETS = new Set(
  [
    'street st str avenue ave av road rd drive dr lane ln way place pl court ct boulevard blvd square squares sq terrace ter',
    'crescent cres close grove parkway pkwy highway hwy alley row walk cove coves extension extensions garden gardens hill',
    'trail path circle plaza mews rise view park fort quay wharf route bypass loop ridge crossing meadow meadows mount track',
    'rue chemin quai impasse allée cours passage calle carrer paseo avenida avda camino rúa rua travessa praça largo estrada',
    'via viale piazza corso strada vicolo piazzale largo lungomare straße strasse gasse platz weg allee ring damm ufer',
    'straat laan plein gracht kade dreef ul ulica aleja al plac osiedle utca út útja tér u krt körút kapu sor köz',
    'ulice náměstí nám třída nábřeží cesta trg ulica odos leoforos οδός λεωφόρος gata gatan väg vägen gade vej vejen allé',
  ]
    .join(' ')
    .split(' '),
);
/** How such words end in the languages that write them as one. */
const ENDINGS =
  /.{2}(?:gatan|gata|gade|vej|vejen|vegen|veien|veg|vei|väg|vägen|gränd|torget|katu|kuja|tie|polku|raitti|straat|laan|weg|strasse|straße|str|gasse|platz|plein|allee|allé|stien|bakken|terrasse|utca|toppen|tunet|lia|svingen|braut|stræti)$/u;
const UNITS = /^(?:apt|apartment|suite|ste|unit|floor|fl|flat|room|rm|box|building|bldg|lejl|wohnung|piso)$/u;
const MILITARY = /^(?:psc|apo|fpo|dpo)$/u;

export const isStreetWord = (lower: string): boolean => STREETS.has(lower) || ENDINGS.test(lower);
export const isUnitWord = (lower: string): boolean => UNITS.test(lower);
export const isMilitaryPost = (lower: string): boolean => MILITARY.test(lower);
