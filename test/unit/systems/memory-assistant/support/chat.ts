export { CHAT, NOTES } from '../../../../../bin/demos/assistant-files.ts';
