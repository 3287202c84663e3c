/** The Chromium of this machine; throws, saying what to do, where there is none. */
export function findChromium(): string;
