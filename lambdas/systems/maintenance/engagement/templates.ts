import type { Customer, Diagnosis, Part } from '../fleet/shapes.ts';
import type { Urgency } from '../messages/message-types.ts';

type Language = Customer['language'];
type Asked = Exclude<Urgency, 'none'>;

const PARTS: Readonly<Record<Language, Readonly<Record<Part, string>>>> = {
  en: {
    cooling_pump: 'cooling pump',
    battery: 'battery',
    brake_pads: 'brake pads',
    wheel_bearing: 'wheel bearing',
    oil_pump: 'oil pump',
    gearbox: 'gearbox',
  },
  de: {
    cooling_pump: 'Kühlmittelpumpe',
    battery: 'Batterie',
    brake_pads: 'Bremsbeläge',
    wheel_bearing: 'Radlager',
    oil_pump: 'Ölpumpe',
    gearbox: 'Getriebe',
  },
};

const URGENCY: Readonly<Record<Language, Readonly<Record<Asked, string>>>> = {
  en: {
    soon: 'It should be looked at within three weeks.',
    urgent: 'It is likely to fail soon: please come within a week.',
    safety: 'This concerns your safety: please drive as little as you can and come within three days.',
  },
  de: {
    soon: 'Wir empfehlen einen Termin innerhalb von drei Wochen.',
    urgent: 'Ein Ausfall ist bald zu erwarten: bitte kommen Sie innerhalb einer Woche.',
    safety:
      'Es geht um Ihre Sicherheit: bitte fahren Sie so wenig wie möglich und kommen Sie innerhalb von drei Tagen.',
  },
};

const FRAME: Readonly<
  Record<Language, (name: string, vehicle: string, part: string, urgency: string, again: boolean) => string>
> = {
  en: (name, vehicle, part, urgency, again) =>
    `${again ? 'Reminder: ' : ''}Dear ${name}, your vehicle ${vehicle} reports wear of its ${part}. ${urgency} ` +
    'Shall we book a visit? Answer YES, NO or LATER.',
  de: (name, vehicle, part, urgency, again) =>
    `${again ? 'Erinnerung: ' : ''}Guten Tag ${name}, Ihr Fahrzeug ${vehicle} meldet Verschleiß: ${part}. ${urgency} ` +
    'Sollen wir einen Termin buchen? Antworten Sie JA, NEIN oder SPÄTER.',
};

/** What is written to a customer. Names come from outside: what could be markup or a second line is taken out. */
export function letterTo(customer: Customer, diagnosis: Diagnosis, urgency: Asked, again: boolean): string {
  const { language } = customer;
  const part = diagnosis.part ? PARTS[language][diagnosis.part] : '';
  return FRAME[language](plain(customer.name), diagnosis.vehicle_id, part, URGENCY[language][urgency], again);
}

const plain = (text: string): string => text.replaceAll(/[\p{C}<>{}[\]]/gu, ' ').trim();
