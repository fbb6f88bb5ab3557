// First of all imports: uPlot asks for number formats in the browser's language as it is loaded, and a browser may call
// by that name what is no language tag, such as a locale of POSIX. Then the whole page would stay blank.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-GB', configurable: true });
}
