// The module: every function works on addresses that its caller hands in, and on nothing else. See README.md.
export { absmaxes, ranges } from './absmax';
export { attend } from './attention';
export { scatterBf16 } from './bf16Table';
export { countNonZero, fourthPowers, leastNonZero, listAbove } from './blocks';
export { bf16ToFloat, f16ToFloat } from './decode';
export { findPlaces, leaveOutNaN, reconstruct, replaceNonFinite } from './direct';
export { addBlockErrors, addNoise, addPower, addSignal, countNonFinite, countPlaces, countZeroed } from './directSums';
export { gate } from './exp';
export { countCodes, countTop16, readAll } from './histogram16';
export { multiply } from './matmul';
export { scatter } from './sketch';
export { drift, flush, scatterPrecisely } from './sketchSums';
export { survey } from './survey';
