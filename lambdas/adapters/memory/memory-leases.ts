import type { Leases } from '../../runtime/pools/leases.ts';
import type { Clock } from '../../runtime/ports.ts';
import { readText } from '../items/attributes.ts';
import { encodeLease, freePlaces, heldPlaces, leaseKey, leasesKey } from '../items/lease-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Places of the whole fleet, in memory. */
export function memoryLeases(table: MemoryTable, clock: Clock): Leases {
  return {
    take: async (name, places, holder, until) => {
      const [place] = freePlaces(places, heldPlaces(table.query(leasesKey(name)), clock.now()), holder);
      if (place !== undefined) table.put(encodeLease(name, place, holder, until));
      return place;
    },
    giveBack: async (name, place, holder) => {
      const key = leaseKey(name, place);
      const found = table.get(readText(key, 'pk'), readText(key, 'sk'));
      if (found && readText(found, 'holder') === holder) table.delete(readText(key, 'pk'), readText(key, 'sk'));
      else table.billWrite(key);
    },
  };
}
