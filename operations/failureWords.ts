/**
 * Words that lines about failures have whatever the service is about. Of a line that other code wrote nothing else is shown:
 * what is none of these may be a client's.
 */
const words: ReadonlySet<string> = new Set(
  (
    'a abort aborted accept access acquire address after again already an and api argument as at attempt attribute authentication ' +
    'authorization available bad be been before body broken busy by call cannot canceling cancelled certificate check ' +
    'client close closed code column command commit communicate communication conflict connect connected connecting connection ' +
    'connections constraint could create credentials cursor data database deadlock decode delete denied deserialize detected ' +
    'disk does during duplicate empty encode end endpoint error event exceeded exception execute exhausted exit exited expected expired ' +
    'failed failure fatal fetch file find for format found from function get handle handler has host http idle in index init ' +
    'input insert insufficient integer internal interrupted into invalid invoke is it item json key killed limit link load ' +
    'lock login loop lost many memory message missing module must name network no not null object of on open operation ' +
    'operator or out parameter parse password permission pool port process property provided publish query queue read reached ' +
    'reading received record reference refused rejected relation remote request requests required reset resource response ' +
    'result retry retries role rollback row rows run running runtime schema secret seconds send serialize server service session ' +
    'shutdown signal size socket space ssl start starting statement status stopped store such syntax system table task ' +
    'terminated terminating than that the this throttled throttling time timed timeout to token too topic transaction type ' +
    'unable unauthorized undefined unexpected unhandled unique unknown unreachable unsupported update upstream url use user ' +
    'valid value version violates wait waiting was while with within without worker write writing'
  ).split(' '),
);

/** What an operating system calls its errors, as Node.js and libpq pass it on. */
const codes: ReadonlySet<string> = new Set(
  (
    'EACCES EADDRINUSE EADDRNOTAVAIL EAI_AGAIN EBUSY ECONNABORTED ECONNREFUSED ECONNRESET EHOSTUNREACH EINVAL EMFILE ENETUNREACH ' +
    'ENOENT ENOMEM ENOSPC ENOTFOUND EPERM EPIPE EPROTO ETIMEDOUT'
  ).split(' '),
);

/** Class names as languages write them, with their packages; code has them, not clients. */
const errorClass =
  /^(?:[A-Za-z_]\w*[.$])*[A-Za-z_]\w*(?:Error|Exception|Failure|Fault|Timeout|Violation|Denied|Refused|NotFound|DoesNotExist|Exceeded|Interrupt)$/;

/** What Lambda itself says by a name. */
const ofLambda = /^(?:Runtime|Sandbox|Function|Extension)\.[A-Za-z]+$/;

/** Whether a text is the name of a kind of error, and so may be shown. */
export const isErrorClass = (text: string): boolean => errorClass.test(text) || ofLambda.test(text);

const mostWords = 12;
const cut = '…';

/** A text with every word cut that may be a value: `could not connect to … : timeout`. Never longer than twelve words. */
export function shownWords(text: string): string {
  const shown: string[] = [];
  for (const token of text.split(/\s+/)) {
    const bare = token.replace(/^[("'[]+/, '').replace(/[)"'\],.;:!?]+$/, '');
    if (bare === '') continue;
    const lower = bare.toLowerCase();
    const word = words.has(lower) ? lower : codes.has(bare) || isErrorClass(bare) ? bare : cut;
    if (word !== cut || shown.at(-1) !== cut) shown.push(word);
    if (shown.length === mostWords) break;
  }
  return shown.join(' ');
}
