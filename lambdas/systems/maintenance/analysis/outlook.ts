import type * as z from 'zod';
import { type Analysis, PARTS, type PartOutlook, type VehicleId } from '../fleet/shapes.ts';
import { type BoostedTrees, explain, predict, sigmoid } from '../learning/boosted-trees.ts';
import { daysToLimit, FEATURES, HORIZON_DAYS, type PartFeatures, partFeatures, signalOf } from './features.ts';
import type { Day } from './parts.ts';

/** Failures that are told are those within so many days. */
export const RISK_DAYS = 14;
const NAMES: readonly string[] = FEATURES;
/** Signals that explain a prediction. */
const EXPLAINED = 4;

/** What can tell how a part will do: a learned model, or rules. */
export interface Oracle {
  readonly model: Analysis['model'];
  readonly version: string;
  readonly outlook: (features: PartFeatures) => PartOutlook;
  /** How much each feature has spoken for a failure; the largest say why. */
  readonly effects: (features: PartFeatures) => ReadonlyMap<string, number>;
}

/** Trees that were trained before; see artefacts/README.md. */
export interface LearnedModels {
  readonly version: string;
  readonly risk: BoostedTrees;
  readonly rul: BoostedTrees;
}

export function learnedOracle({ version, risk, rul }: LearnedModels): Oracle {
  return {
    ...{ model: 'learned', version },
    outlook: ({ part, row }) => ({
      part,
      risk: predict(risk, row),
      rul_days: Math.min(HORIZON_DAYS, Math.max(0, predict(rul, row))),
    }),
    effects: ({ row }) => explain(risk, row),
  };
}

/**
 * The baseline: the wear that a part shows goes on as it did, and it fails at its limit. The nearer that is, the higher the risk,
 * one half at the end of {@link RISK_DAYS}.
 */
export const RULES: Oracle = {
  ...{ model: 'rules', version: '1' },
  outlook({ part, wear, perDay }) {
    const days = daysToLimit(wear, perDay);
    if (Number.isNaN(days)) return { part, risk: 0, rul_days: HORIZON_DAYS };
    return { part, risk: sigmoid((RISK_DAYS - days) / 4), rul_days: days };
  },
  effects: ({ wear, perDay }) => new Map(Object.entries({ wear_short: wear, trend_long: perDay * RISK_DAYS })),
};

/**
 * What is expected of a vehicle after the last of its days.
 * @param days as they were screened, oldest first; none: nothing can be told, and the confidence is 0
 */
export function analyse(vehicleId: z.output<typeof VehicleId>, days: readonly Day[], oracle: Oracle): Analysis {
  const all = PARTS.map((part) => partFeatures(part, days));
  const known = all.filter((features) => !Number.isNaN(features.wear));
  const outlook = known.map(oracle.outlook).sort((a, b) => b.risk - a.risk || a.rul_days - b.rul_days);
  const worst = outlook[0];
  const features = known.find(({ part }) => part === worst?.part);
  return {
    ...{ vehicle_id: vehicleId, model: oracle.model, model_version: oracle.version, outlook },
    risk: worst?.risk ?? 0,
    rul_days: Math.min(HORIZON_DAYS, ...outlook.map(({ rul_days }) => rul_days)),
    part: worst?.part ?? null,
    signals: features ? strongest(features, oracle) : [],
    confidence: all.reduce((sum, { known: share }) => sum + share, 0) / all.length,
    readings: days.length,
  };
}

function strongest(features: PartFeatures, oracle: Oracle): Analysis['signals'] {
  return [...oracle.effects(features)]
    .filter(([name, effect]) => name !== '' && Number.isFinite(effect) && effect !== 0)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .slice(0, EXPLAINED)
    .map(([name, effect]) => {
      const value = features.row[NAMES.indexOf(name)] ?? Number.NaN;
      const known = Number.isFinite(value) ? value : null;
      return { signal: `${signalOf(features.part)}.${name}`, effect: round(effect), value: known && round(known) };
    });
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
