const PARTICLES = new Set(
  'de da do dos das del della di du la le los las el al van von der den zu af av ter ten bin ibn y e na nad pod am im'.split(
    ' ',
  ),
);
const HONORIFICS = new Set(
  'mr mrs ms miss mx dr prof professor sir madam dame lord lady herr frau señor señora sr sra monsieur madame mme signor signora rev pan pani'.split(
    ' ',
  ),
);
const COMPANY =
  /^(?:inc|ltd|llc|plc|gmbh|ag|corp|corporation|co|company|group|holdings?|technologies|technology|systems|solutions|associates|partners|bank|insurance|university|institute|foundation|orchestra|consulting|research|capital|ventures|labs?|media|networks?|software|services|health|hospital|clinic|school|college|airlines|sons|s\.?a|s\.?r\.?l|oy|ab|as|bv|nv|kft)$/u;
const JOB =
  /(?:operator|technician|consultant|clerk|cleaner|engineer|manager|nurse|teacher|driver|developer|designer|analyst|officer|assistant|secretary|accountant|lawyer|attorney|doctor|dentist|midwife|specialist|supervisor|inspector|repairer|worker|installer|therapist|technologist|mechanic|director|agent|planner|buyer|editor|writer|scientist|programmer|electrician|plumber|carpenter|painter|pilot|guard|cook|chef|waiter|waitress|cashier|librarian|pharmacist|surgeon|physician|professor|architect|surveyor|broker|handler|fumigator|echocardiographer|(?:[a-z]{3,}(?:ographer|ologist|ician|smith|maker|keeper)))$/u;

/** Words within names that are written small: "de", "van", "del". */
export const isParticle = (lower: string): boolean => PARTICLES.has(lower);
export const isHonorific = (lower: string): boolean => HONORIFICS.has(lower);
/** Words by which companies call themselves what they are. */
export const isCompanyWord = (lower: string): boolean => COMPANY.test(lower);
/** Words for what people do. */
export const isJobWord = (lower: string): boolean => JOB.test(lower);
