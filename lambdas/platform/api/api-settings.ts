import { ApiSettings } from '../../contracts/api/settings.ts';

/** @throws z.ZodError when they are not valid */
export const readApiSettings = (json: string): ApiSettings => ApiSettings.parse(JSON.parse(json));
