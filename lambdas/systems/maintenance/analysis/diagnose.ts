import { mean } from 'simple-statistics';
import type { Analysis, Diagnosis, PartOutlook } from '../fleet/shapes.ts';
import type { Urgency } from '../messages/message-types.ts';
import { FEATURE_WORDS, FEATURES, partFeatures } from './features.ts';
import { type Day, PART_PHYSICS } from './parts.ts';

/** Days over which a value is averaged for people. */
const SHOWN_DAYS = 5;

/** From which on something is done, and how soon. */
export interface Thresholds {
  /** Probability of a failure within 14 days. */
  readonly soon: number;
  readonly urgent: number;
  /** Days that are left, whatever the risk says. */
  readonly urgentDays: number;
}

const WITHIN: Readonly<Record<Urgency, number>> = { none: 0, soon: 21, urgent: 7, safety: 3 };

/** How soon something must be done. A part on which lives depend is urgent as safety, as soon as it is urgent at all. */
function urgencyOf(outlook: PartOutlook | undefined, { soon, urgent, urgentDays }: Thresholds): Urgency {
  if (!outlook || outlook.risk < soon) return 'none';
  if (outlook.risk < urgent && outlook.rul_days > urgentDays) return 'soon';
  return PART_PHYSICS[outlook.part].safety ? 'safety' : 'urgent';
}

const LEAST_FIRST: readonly Urgency[] = ['none', 'soon', 'urgent', 'safety'];

/** The part that is seen to first: one on which lives depend, then the most urgent, then the most at risk. */
export function foremost(
  outlook: readonly PartOutlook[],
  thresholds: Thresholds,
): { readonly worst: PartOutlook | undefined; readonly urgency: Urgency } {
  const rank = (one: PartOutlook): number => LEAST_FIRST.indexOf(urgencyOf(one, thresholds));
  const [worst] = outlook.toSorted((a, b) => rank(b) - rank(a));
  return { worst, urgency: urgencyOf(worst, thresholds) };
}

/** Which part it is, which signals say so, and by how much: in figures, and in words for a person. */
export function diagnose(analysis: Analysis, days: readonly Day[], thresholds: Thresholds): Diagnosis {
  const { worst, urgency } = foremost(analysis.outlook, thresholds);
  if (!worst || urgency === 'none')
    return {
      ...{ vehicle_id: analysis.vehicle_id, part: null, urgency: 'none', evidence: [], within_days: 0 },
      reason: worst
        ? `nothing stands out; the worst is ${words(worst.part)} with a risk of ${percent(worst.risk)}`
        : 'no usable readings: nothing can be told',
      ...{ hours: 0.5, skill: 'inspection', spare: 'none' },
    };
  const { part } = worst;
  const { signal, unit, usual, limit, direction, repair } = PART_PHYSICS[part];
  const shown = days.slice(-SHOWN_DAYS).flatMap((day) => {
    const value = day.signals[signal] ?? undefined;
    const expected = usual(day);
    return value === undefined || expected === undefined ? [] : [{ value, expected }];
  });
  const evidence: Diagnosis['evidence'] =
    shown.length === 0
      ? []
      : [
          {
            ...{ signal, unit, direction },
            value: round(mean(shown.map(({ value }) => value))),
            usual: round(mean(shown.map(({ expected }) => expected))),
            limit: round(mean(shown.map(({ expected }) => expected)) + limit),
          },
        ];
  return {
    ...{ vehicle_id: analysis.vehicle_id, part, urgency, evidence, within_days: WITHIN[urgency], ...repair },
    reason: reasonOf(analysis, worst, evidence, days),
  };
}

function reasonOf(
  analysis: Analysis,
  worst: PartOutlook,
  [shown]: Diagnosis['evidence'],
  days: readonly Day[],
): string {
  const { perDay } = partFeatures(worst.part, days);
  const said = [
    `${words(worst.part)}: ${percent(worst.risk)} risk of failing within 14 days, about ${Math.round(worst.rul_days)} days left`,
  ];
  if (shown)
    said.push(
      `${words(shown.signal)} ${shown.value} ${shown.unit} where ${shown.usual} is usual and ${shown.limit} the limit`,
    );
  if (Number.isFinite(perDay) && perDay > 0) said.push(`${percent(perDay * 7)} of the way to the limit each week`);
  const explained = analysis.part === worst.part ? analysis.signals : [];
  const why = explained.filter(({ effect }) => effect > 0).map(({ signal }) => featureWords(signal));
  if (why.length > 0) said.push(`most telling: ${[...new Set(why)].join(', ')}`);
  return said.join('; ');
}

function featureWords(signal: string): string {
  const name = FEATURES.find((feature) => signal.endsWith(`.${feature}`));
  return name ? FEATURE_WORDS[name] : signal;
}

const words = (name: string): string => name.replace(/_(c|v|mm|kpa|mm_s)$/, '').replaceAll('_', ' ');
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const round = (value: number): number => Math.round(value * 100) / 100;
