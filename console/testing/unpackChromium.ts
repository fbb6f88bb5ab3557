// Unpacks the npm package's browser into the directory for temporary files: TMPDIR, which whoever starts this sets.
// A process of its own, since one that starts others could lend them the file while it is still written, and Linux
// starts no file that somebody may still write (ETXTBSY).
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
