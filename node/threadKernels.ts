import { type Kernels, kernels } from '../core/profile/kernels.ts';
import { type DirectKernels, directKernels } from '../core/quantize/directKernel.ts';
import wasm from '../kernels/kernels.wasm';

let started: Kernels | undefined;

/** The kernels of this thread: started when first asked for, and kept warm. */
export const threadKernels = (): Kernels => (started ??= kernels(wasm));

let direct: DirectKernels | undefined;

/** Likewise those that quantize. */
export const threadDirectKernels = (): DirectKernels => (direct ??= directKernels(wasm));
