/**
 * The upper triangular U of a symmetric positive definite matrix A with A^-1 = U^T U, in float64; [n][n], row by row, as is A, of which the
 * upper half is read. Undefined where A is not positive definite, or holds what is not finite.
 *
 * This is Cholesky's method from the last row up, A = R R^T with R upper triangular, and U = R^-1 (Golub and Van Loan, Matrix Computations,
 * sections 4.2 and 3.1). The inverse itself is never made. Some 2/3 n^3 operations.
 */
export function inverseFactor(a: Float64Array, n: number): Float64Array | undefined {
  const r = factor(a, n);
  return r && triangularInverse(r, n);
}

function factor(a: Float64Array, n: number): Float64Array | undefined {
  const r = new Float64Array(n * n);
  for (let j = n - 1; j >= 0; j--) {
    const pivot = a[j * n + j]! - product(r, j * n, j * n, j + 1, n);
    if (!(pivot > 0 && pivot < Number.POSITIVE_INFINITY)) return undefined;
    const root = Math.sqrt(pivot);
    r[j * n + j] = root;
    for (let i = 0; i < j; i++) r[i * n + j] = (a[i * n + j]! - product(r, i * n, j * n, j + 1, n)) / root;
  }
  return r;
}

/** Of two rows, from column `from` on. */
function product(r: Float64Array, first: number, second: number, from: number, n: number): number {
  let sum = 0;
  for (let k = from; k < n; k++) sum += r[first + k]! * r[second + k]!;
  return sum;
}

/** Row i of U is what is left of row i of the identity once the rows below are taken off, over the pivot. */
function triangularInverse(r: Float64Array, n: number): Float64Array {
  const u = new Float64Array(n * n);
  for (let i = n - 1; i >= 0; i--) {
    u[i * n + i] = 1;
    for (let k = i + 1; k < n; k++) {
      const part = r[i * n + k]!;
      for (let j = k; j < n; j++) u[i * n + j]! -= part * u[k * n + j]!;
    }
    for (let j = i; j < n; j++) u[i * n + j]! /= r[i * n + i]!;
  }
  return u;
}
