import { describe, expect, test } from '@jest/globals';
import { type Airport, matchAirport } from '../../../../lambdas/systems/etl/flight-mart/airport-names.ts';

const airport = (iata: string, name: string, city: string | null, state: string | null): Airport => ({
  iata,
  name,
  city,
  state,
});
const AIRPORTS = [
  airport('ORD', "Chicago O'Hare International", 'Chicago', 'IL'),
  airport('MDW', 'Chicago Midway', 'Chicago', 'IL'),
  airport('PDX', 'Portland Intl', 'Portland', 'OR'),
  airport('PWM', 'Portland International Jetport', 'Portland', 'ME'),
  airport('HOU', 'William P Hobby', 'Houston', 'TX'),
  airport('IAH', 'George Bush Intercontinental', 'Houston', 'TX'),
  airport('EWR', 'Newark Intl', 'Newark', 'NJ'),
  airport('LGA', 'LaGuardia', 'New York', 'NY'),
  airport('IAD', 'Washington Dulles International', 'Chantilly', 'VA'),
  airport('JYR', 'Municipal', 'York', 'NE'),
  airport('TQE', 'Municipal', 'Tekamah', 'NE'),
];
const match = (name: string, state: string) => matchAirport(name, state, AIRPORTS);

describe('matching airport names', () => {
  test('abbreviations and punctuation do not matter', () => {
    expect(match("CHICAGO O'HARE INTL ARPT", 'Illinois')).toEqual({ iata: 'ORD', method: 'name', confidence: 1 });
  });

  test('the state decides between airports of one name, and its code in the name is no part of it', () => {
    expect(match('PORTLAND INTL (OR)', 'Oregon')?.iata).toBe('PDX');
    expect(match('PORTLAND INTL', 'Maine')?.iata).toBe('PWM');
  });

  test('the kind of airport may differ, a city may stand before the name, and a name may have grown', () => {
    expect(match('CHICAGO MIDWAY INTL ARPT', 'Illinois')).toMatchObject({ iata: 'MDW', method: 'place_name' });
    expect(match('HOUSTON-HOBBY', 'Texas')).toMatchObject({ iata: 'HOU', method: 'contained' });
    expect(match('NEWARK LIBERTY INTL ARPT', 'New Jersey')).toMatchObject({ iata: 'EWR', method: 'contains' });
  });

  test("the capital's airports lie in Virginia", () => {
    expect(match('WASHINGTON DULLES INTL ARPT', 'DC')?.iata).toBe('IAD');
  });

  test('what is ambiguous, unknown or without a place is not matched', () => {
    expect(match('HOUSTON', 'Texas')).toBeUndefined();
    expect(match('BARKSDALE AIR FORCE BASE ARPT', 'Louisiana')).toBeUndefined();
    expect(match('MUNICIPAL ARPT', 'Nebraska')).toBeUndefined();
    expect(match('LAGUARDIA NY', 'Atlantis')).toBeUndefined();
  });
});
