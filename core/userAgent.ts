/** The product's version; a test holds it to package.json's, which the functions' bundle leaves out. */
const version = '0.1.0';

/** How a caller of ours names itself to an API: product and version. AWS's common rules block who does not. */
export const userAgent = (caller: string): string => `headroom-${caller}/${version}`;
