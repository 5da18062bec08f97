import * as z from 'zod';
import type { Workspace } from '../duckdb/workspace.ts';
import { type Airport, matchAirport } from './airport-names.ts';
import { type MartModel, typeRows, unreadable } from './model.ts';

const DAMAGE = ['None', 'Minor', 'Medium', 'Substantial'];
const ReportedName = z.object({ airport_name: z.string(), state: z.string() });
const AirportRow = z.object({
  iata: z.string(),
  name: z.string(),
  city: z.string().nullable(),
  state: z.string().nullable(),
});

const cost = (column: string) => `TRY_CAST("${column}" AS BIGINT)`;

/**
 * One row per bird-strike report. Reports have no key, and some are alike in every field: they are all kept, and
 * `alike_no` above 1 marks those that repeat an earlier one, since nothing tells a repeated report from a second strike.
 */
export const factBirdStrikes: MartModel = {
  source: 'birdstrikes',
  build: async (workspace) => {
    const all =
      '"Airport Name", "Aircraft Make Model", "Effect Amount of damage", "Flight Date", "Aircraft Airline Operator", "Origin State", "Phase of flight", "Wildlife Size", "Wildlife Species", "Time of day", "Cost Other", "Cost Repair", "Cost Total $", "Speed IAS in knots"';
    await typeRows(workspace, {
      source: 'birdstrikes',
      into: 'strike',
      select: `_row, TRY_CAST("Flight Date" AS DATE) AS struck_on, "Flight Date" AS raw_date, "Airport Name" AS airport_name,
        "Origin State" AS state, "Aircraft Make Model" AS aircraft, "Aircraft Airline Operator" AS operator,
        "Effect Amount of damage" AS damage, "Phase of flight" AS phase, "Wildlife Size" AS wildlife_size,
        "Wildlife Species" AS species, "Time of day" AS time_of_day,
        TRY_CAST("Speed IAS in knots" AS INTEGER) AS speed_knots, "Speed IAS in knots" AS raw_speed,
        ${cost('Cost Other')} AS cost_other, ${cost('Cost Repair')} AS cost_repair, ${cost('Cost Total $')} AS cost_total,
        row_number() OVER (PARTITION BY ${all} ORDER BY _row)::INTEGER AS alike_no`,
      checks: [
        unreadable('struck_on', 'raw_date', 'date'),
        { when: 'airport_name IS NULL', reason: `'Airport Name: is missing'` },
        {
          when: `damage IS NULL OR damage NOT IN (${DAMAGE.map((value) => `'${value}'`).join(', ')})`,
          reason: `'Effect Amount of damage: "' || coalesce(damage, '') || '" is not one of ${DAMAGE.join(', ')}'`,
        },
        {
          when: 'raw_speed IS NOT NULL AND speed_knots IS NULL',
          reason: `'Speed IAS in knots: "' || left(raw_speed, 80) || '" is no number'`,
        },
        {
          when: 'cost_other IS NULL OR cost_repair IS NULL OR cost_total IS NULL',
          reason: `'Cost: an amount is missing or no whole number'`,
        },
        {
          when: 'cost_total <> cost_other + cost_repair',
          reason: `'Cost Total $: ' || cost_total || ' is not ' || cost_other || ' + ' || cost_repair`,
        },
      ],
    });
    await matchNames(workspace);
    await workspace.db.run(`CREATE TABLE result AS SELECT s._row, row_number() OVER (ORDER BY s._row)::INTEGER AS strike_id,
        strftime(struck_on, '%Y%m%d')::INTEGER AS date_key, m.iata AS airport, m.method AS match_method,
        TRY_CAST(m.confidence AS DOUBLE) AS match_confidence, s.airport_name AS reported_airport, s.state AS reported_state,
        aircraft, operator, damage, phase, wildlife_size, species, time_of_day, speed_knots,
        cost_other, cost_repair, cost_total, alike_no
      FROM strike s LEFT JOIN matched m ON m.airport_name = s.airport_name AND m.state IS NOT DISTINCT FROM s.state
      ORDER BY strike_id`);
  },
};

/** Table `matched`: each reported pair of airport name and state, with the airport it means or nulls. */
async function matchNames({ db }: Workspace): Promise<void> {
  const reported = await db.rows("SELECT DISTINCT airport_name, coalesce(state, '') AS state FROM strike ORDER BY ALL");
  const rows = await db.rows('SELECT iata, name, city, state FROM dim_airport WHERE name IS NOT NULL ORDER BY iata');
  const airports: Airport[] = rows.map((row) => AirportRow.parse(row));
  await db.run(
    'CREATE TABLE matched (n BIGINT, airport_name VARCHAR, state VARCHAR, iata VARCHAR, method VARCHAR, confidence VARCHAR)',
  );
  const matches = reported.map((row, index) => {
    const { airport_name, state } = ReportedName.parse(row);
    const match = matchAirport(airport_name, state, airports);
    const found = match === undefined ? [null, null, null] : [match.iata, match.method, String(match.confidence)];
    return [index, airport_name, state === '' ? null : state, ...found] as const;
  });
  if (matches.length > 0) await db.append('matched', matches);
}
