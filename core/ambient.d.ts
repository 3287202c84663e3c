// What the core uses of the platform beyond ECMAScript: a few Web APIs that every JavaScript engine has. Nothing of Node or of the DOM.

interface TextDecoder {
  decode(input?: ArrayBufferView | ArrayBuffer): string;
}
declare var TextDecoder: new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }) => TextDecoder;

interface TextEncoder {
  encode(input?: string): Uint8Array;
}
declare var TextEncoder: new () => TextEncoder;

declare function btoa(binary: string): string;

declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Memory {
    constructor(descriptor: { readonly initial: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports: { readonly env: { readonly memory: Memory } });
    readonly exports: object;
  }
}

/** The compiled kernels, as bytes: the bundler and the test runner both load them so. */
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

/** The source of a Nibble library, as text: the bundler and the test runner both load it so. */
declare module '*.nibble' {
  const text: string;
  export default text;
}

declare module 'jstat' {
  export const jStat: {
    readonly studentt: { inv(p: number, dof: number): number; cdf(x: number, dof: number): number };
    readonly normal: { inv(p: number, mean: number, std: number): number; cdf(x: number, mean: number, std: number): number };
    gammaln(x: number): number;
    ibeta(x: number, a: number, b: number): number;
    erfc(x: number): number;
  };
  export default jStat;
}
