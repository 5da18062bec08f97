import { ENV } from '../../contracts/environment.ts';
import {
  createMessageSecurity,
  type MessageSecurity,
  type SignatureMode,
} from '../../runtime/signing/message-security.ts';
import { systemClock, systemIds } from '../system.ts';
import type { ClientSettings } from './clients.ts';
import { kmsKeyService } from './kms-key-service.ts';
import { required } from './required.ts';
import { roleCredentials } from './role-credentials.ts';
import { messageKeysOf } from './signed-message-keys.ts';

/** How a container signs, in this name, as its stack has set it. Once per container: it is where its key lives. */
export function awsMessageSecurity(name: string, settings: ClientSettings, env: NodeJS.ProcessEnv): MessageSecurity {
  const credentials = () => roleCredentials(env);
  const kmsKey = env[ENV.messageKmsKey];
  return createMessageSecurity({
    name,
    clock: systemClock,
    ids: systemIds,
    mode: modeOf(env[ENV.signatures]),
    keys: messageKeysOf(settings, required(env, ENV.messageKeysTable), credentials),
    keyService: kmsKey ? kmsKeyService(settings, kmsKey, credentials) : undefined,
    encryptFor: (env[ENV.encryptFor] ?? '').split(',').filter((tenant) => tenant !== ''),
  });
}

/** What is not clearly said is the strictest. */
function modeOf(text: string | undefined): SignatureMode {
  return text === 'accepted' || text === 'off' ? text : 'required';
}
