/** How texts speak that are meant for a model and not for people. Each names what it wants undone, or whom it poses as. */
const PATTERNS = [
  /\b(ignore|disregard|forget|override)\b.{0,40}\b(previous|prior|above|earlier|all|your|any)\b.{0,30}\b(instruction|prompt|rule|direction|guideline|context)s?\b/isu,
  /\b(you are now|from now on,? you|act as|pretend to be)\b.{0,60}\b(assistant|model|ai|dan|system|unrestricted|developer)\b/isu,
  /<\/?\s*(system|assistant|instructions?|im_start|im_end)\s*>|\[\/?INST\]|<\|[a-z_]+\|>/iu,
  /^\s*(system|assistant|developer)\s*:\s*\S/imu,
  /\b(reveal|print|repeat|send|forward|export|leak)\b.{0,40}\b(system prompt|all (the )?(memories|messages|passwords|secrets)|your instructions)\b/isu,
  /\b(vergiss|ignoriere)\b.{0,40}\b(anweisung|befehl|regel)(en)?\b/isu,
  /\b(ignora|olvida)\b.{0,40}\b(instrucciones|istruzioni|reglas)\b/isu,
  /\bignore[zr]?\b.{0,40}\b(les )?(instructions|consignes|règles)\b/isu,
];

/**
 * True of a text that speaks to a model. It is kept, marked, and quoted as anything else: what stands in a memory is never
 * followed. No proof either way; whoever answers has to hold without it.
 */
export const soundsLikeInstructions = (text: string): boolean =>
  PATTERNS.some((pattern) => pattern.test(text.slice(0, 8_000)));
