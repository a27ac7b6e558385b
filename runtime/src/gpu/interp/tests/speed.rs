//! How fast; run by name, in release, on a quiet machine.

use super::{Launch, Memory, kernel, launch, module};

#[test]
#[ignore = "a measurement"]
fn instructions_per_second() {
    let program = module(&kernel(
        "mov.u32 %r9, 0; LOOP: mad.lo.u32 %r9, %r9, %r2, %r1; xor.b32 %r4, %r9, %r1; and.b32 %r5, %r4, 12;
         cvt.u64.u32 %d4, %r5; add.u64 %d4, %d4, %d0; ld.global.u32 %r6, [%d4]; add.u32 %r9, %r9, %r6;
         st.global.u32 [%d4], %r9; sub.u32 %r1, %r1, 1; setp.ne.u32 %p1, %r1, 0; @%p1 bra LOOP;",
    ));
    for (block, count) in [(1, 2_000_000), (64, 40_000)] {
        let mut memory = Memory::new();
        let out = memory.alloc(16);
        let arguments = [out, count, 7, 0];
        let setup = Launch {
            entry: "k",
            grid: [1; 3],
            block: [block, 1, 1],
            shared_bytes: 0,
            arguments: &arguments,
            seed: 1,
            steps: u64::MAX,
        };
        let start = std::time::Instant::now();
        let stats = launch(&program, &mut memory, &setup, &|| false).unwrap();
        let rate = stats.instructions as f64 / start.elapsed().as_secs_f64() / 1e6;
        assert!(rate > 20.0, "{block} threads: {rate:.1} M instructions/s");
    }
}
