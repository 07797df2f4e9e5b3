/** y[i] = a[i] + b[i] for n / 8 vectors of 8 floats. */
export const ADD_VECTORS = `
define void @add_vectors(ptr noalias %y, ptr noalias %a, ptr noalias %b, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
  %pa = getelementptr <8 x float>, ptr %a, i64 %i
  %pb = getelementptr <8 x float>, ptr %b, i64 %i
  %py = getelementptr <8 x float>, ptr %y, i64 %i
  %va = load <8 x float>, ptr %pa, align 4
  %vb = load <8 x float>, ptr %pb, align 4
  %vy = fadd <8 x float> %va, %vb
  store <8 x float> %vy, ptr %py, align 4
  %i.next = add i64 %i, 1
  %end = icmp eq i64 %i.next, %n
  br i1 %end, label %done, label %loop
done:
  ret void
}
`;

export const X86 = { triple: "x86_64-linux-gnu", cpu: "x86-64-v3", features: "" } as const;
export const AARCH64 = { triple: "aarch64-linux-gnu", cpu: "cortex-a72", features: "" } as const;
