import type { MessageKeys } from '../../runtime/signing/message-keys.ts';
import { decodeKey, encodeKey, keyPartition } from '../items/key-items.ts';
import type { MemoryTable } from './memory-table.ts';

export function memoryMessageKeys(table: MemoryTable): MessageKeys {
  return {
    publish: async (key) => void table.putIfAbsent(encodeKey(key)),
    find: async (sender, kid) => {
      const item = table.get(keyPartition(sender), kid);
      return item && decodeKey(item);
    },
  };
}
