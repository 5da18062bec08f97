import {
  type Account,
  type AccountKey,
  type Accounts,
  fresh,
  opened,
  raised,
  settled,
  taken,
} from '../../runtime/budgets/accounts.ts';
import type { Limits } from '../../runtime/budgets/amounts.ts';
import { encodeAccount } from '../items/budget-items.ts';
import type { MemoryTable } from './memory-table.ts';

/** Accounts in memory, changed one by one as on AWS. */
export function memoryAccounts(table: MemoryTable): Accounts {
  const kept = new Map<string, { readonly key: AccountKey; readonly account: Account }>();
  const nameOf = ({ tenant, runId, part }: AccountKey): string => `${tenant}#${runId}#${part}`;
  const find = (key: AccountKey): Account | undefined => kept.get(nameOf(key))?.account;
  const keep = (key: AccountKey, account: Account): void => {
    table.billWrite(encodeAccount(key, account));
    kept.set(nameOf(key), { key, account });
  };
  const open = (key: AccountKey, limits: Limits): Account => opened(find(key) ?? fresh({}), limits);

  return {
    take: async (key, limits, amounts, until) => {
      const account = open(key, limits);
      const after = taken(account, limits, amounts, until);
      if (after) keep(key, after);
      else table.billWrite({});
      return after ? undefined : { refused: account };
    },
    settle: async (key, limits, held, used) => {
      const account = find(key);
      if (account && account.heldUntil > 0) keep(key, settled(account, limits, held, used));
    },
    raise: async (key, limits, raise) => {
      const account = open(key, limits);
      if (!account.raises.includes(raise.id)) keep(key, raised(account, raise));
    },
    mayAsk: async (key, by, now, lapseMs, shows) => {
      const account = find(key) ?? fresh({});
      const { asking, closed } = account;
      if (closed !== undefined) return undefined;
      if (asking?.by === by) return asking.shows;
      if (asking && asking.at >= now - lapseMs) return undefined;
      keep(key, { ...account, asking: { by, at: now, shows } });
      return shows;
    },
    close: async (key, why) => {
      const { asking: _, ...account } = find(key) ?? fresh({});
      keep(key, { ...account, closed: account.closed ?? why });
    },
    read: async (key) => {
      table.billRead(0, true);
      return find(key);
    },
    list: async (tenant, runId) => {
      table.billRead(0, true);
      return [...kept.values()]
        .filter(({ key }) => key.tenant === tenant && key.runId === runId)
        .map(({ key: { part }, account }) => ({ part, account }))
        .sort((a, b) => (a.part < b.part ? -1 : 1));
    },
  };
}
