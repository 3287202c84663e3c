/** The largest of four lanes, signed. */
export function largestOf4(v: v128): i32 {
  v = i32x4.max_s(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  v = i32x4.max_s(v, v128.shuffle<i32>(v, v, 1, 0, 3, 2));
  return i32x4.extract_lane(v, 0);
}

/** The largest of eight lanes, none of them negative. */
export function largestOf8(v: v128): i32 {
  v = i16x8.max_s(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  v = i16x8.max_s(v, v128.shuffle<i32>(v, v, 1, 0, 3, 2));
  v = i16x8.max_s(v, v128.shuffle<i16>(v, v, 1, 0, 3, 2, 5, 4, 7, 6));
  return i16x8.extract_lane_s(v, 0);
}
