//! Many threads: races, barriers, the order of blocks.

use std::collections::HashSet;

use super::{Fault, HEADER, Launch, Memory, Program, Stats, kernel, launch, module};

/// Runs `k(out)` and gives the words at `out`.
fn words(
    body: &str,
    grid: [u32; 3],
    block: [u32; 3],
    seed: u64,
    count: usize,
) -> Result<Vec<u32>, Fault> {
    let text = format!(
        "{HEADER} .visible .entry k(.param .u64 out) {{
            .reg .pred %p<9>; .reg .b32 %r<20>; .reg .b64 %d<9>;
            ld.param.u64 %d0, [out]; mov.u32 %r0, %tid.x; mul.wide.u32 %d1, %r0, 4; add.u64 %d1, %d0, %d1;
            {body} ret; }}"
    );
    let program = match Program::parse(&text) {
        Ok(program) => program,
        Err(error) => panic!("{error}\n{text}"),
    };
    let mut memory = Memory::new();
    let out = memory.alloc(count as u64 * 4);
    memory.fill(out, count as u64 * 4, 0)?;
    let setup = Launch {
        entry: "k",
        grid,
        block,
        shared_bytes: 256,
        arguments: &[out],
        seed,
        steps: 10_000_000,
        cancel_word: None,
        begins_cancelled: false,
    };
    let Stats { instructions, .. } = launch(&program, &mut memory, &setup, &|| false)?;
    assert!(instructions > 0);
    let mut bytes = vec![0; count * 4];
    memory.read(out, &mut bytes)?;
    Ok(bytes
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
        .collect())
}

const LOOP: &str =
    "mov.u32 %r1, 20; LOOP: @STEP sub.u32 %r1, %r1, 1; setp.ne.u32 %p1, %r1, 0; @%p1 bra LOOP;";

#[test]
fn a_race_loses_updates_and_an_atomic_does_not() {
    let race = LOOP.replace(
        "@STEP",
        "ld.global.u32 %r2, [%d0]; add.u32 %r2, %r2, 1; st.global.u32 [%d0], %r2;",
    );
    let atomic = LOOP.replace("@STEP", "red.global.add.u32 [%d0], 1;");
    let mut answers = HashSet::new();
    for seed in 0..20 {
        answers.insert(words(&race, [1; 3], [8, 1, 1], seed, 1).unwrap()[0]);
        assert_eq!(words(&atomic, [1; 3], [8, 1, 1], seed, 1).unwrap(), [160]);
    }
    assert!(
        answers.len() > 5 && answers.iter().all(|answer| *answer < 160),
        "{answers:?}"
    );
    // Blocks run at the same time as well.
    let blocks: HashSet<u32> = (0..20)
        .map(|seed| words(&race, [8, 1, 1], [1; 3], seed, 1).unwrap()[0])
        .collect();
    assert!(blocks.iter().any(|answer| *answer < 160), "{blocks:?}");
}

#[test]
fn a_seed_repeats_itself() {
    let race = LOOP.replace(
        "@STEP",
        "ld.global.u32 %r2, [%d0]; add.u32 %r2, %r2, 1; st.global.u32 [%d0], %r2;",
    );
    for seed in 0..5 {
        let once = words(&race, [3, 1, 1], [8, 1, 1], seed, 1).unwrap();
        assert_eq!(once, words(&race, [3, 1, 1], [8, 1, 1], seed, 1).unwrap());
    }
}

#[test]
fn every_thread_of_every_block_runs_once() {
    let body = "mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ctaid.y; mov.u32 %r3, %ctaid.z; mov.u32 %r4, %tid.y; mov.u32 %r5, %tid.z;
        mad.lo.u32 %r6, %r3, 2, %r2; mad.lo.u32 %r6, %r6, 3, %r1; mad.lo.u32 %r6, %r6, 2, %r5; mad.lo.u32 %r6, %r6, 3, %r4;
        mad.lo.u32 %r6, %r6, 4, %r0; mul.wide.u32 %d2, %r6, 4; add.u64 %d2, %d0, %d2; red.global.add.u32 [%d2], 1;";
    for seed in 0..5 {
        let count = 3 * 2 * 2 * 4 * 3 * 2;
        assert_eq!(
            words(body, [3, 2, 2], [4, 3, 2], seed, count).unwrap(),
            vec![1; count]
        );
    }
    // The order differs between seeds.
    let ticket = "mov.u32 %r1, %ctaid.x; atom.global.add.u32 %r2, [%d0], 1; mul.wide.u32 %d2, %r1, 4; add.u64 %d2, %d0, %d2; st.global.u32 [%d2+4], %r2;";
    let orders: HashSet<Vec<u32>> = (0..10)
        .map(|seed| words(ticket, [16, 1, 1], [1; 3], seed, 17).unwrap())
        .collect();
    assert!(orders.len() > 5);
}

const TURN: &str = ".shared .align 4 .b8 s[4096]; .reg .b64 %s;
    shl.b32 %r1, %r0, 2; mov.u32 %r3, s; add.u32 %r1, %r1, %r3; st.shared.u32 [%r1], %r0;
    @BARRIER
    mov.u32 %r2, %ntid.x; sub.u32 %r2, %r2, 1; sub.u32 %r2, %r2, %r0; shl.b32 %r2, %r2, 2; add.u32 %r2, %r2, %r3;
    ld.shared.u32 %r4, [%r2]; st.global.u32 [%d1], %r4;";

#[test]
fn barriers_make_writes_seen() {
    let want: Vec<u32> = (0..100).rev().collect();
    let mut wrong = 0;
    for seed in 0..10 {
        let with = TURN.replace("@BARRIER", "bar.sync 0;");
        assert_eq!(words(&with, [1; 3], [100, 1, 1], seed, 100).unwrap(), want);
        let with = TURN.replace("@BARRIER", "barrier.sync 3;");
        assert_eq!(words(&with, [1; 3], [100, 1, 1], seed, 100).unwrap(), want);
        let without = words(
            &TURN.replace("@BARRIER", ""),
            [1; 3],
            [100, 1, 1],
            seed,
            100,
        )
        .unwrap();
        wrong += usize::from(without != want);
    }
    assert_eq!(wrong, 10, "a forgotten barrier shows with every seed");
}

#[test]
fn threads_that_exited_are_not_waited_for() {
    let body = "setp.gt.u32 %p1, %r0, 40; @%p1 exit; bar.sync 0; red.global.add.u32 [%d0], 1;";
    for seed in 0..5 {
        assert_eq!(words(body, [2, 1, 1], [64, 1, 1], seed, 1).unwrap(), [82]);
    }
}

#[test]
fn barriers_that_never_meet_deadlock() {
    let body =
        "setp.gt.u32 %p1, %r0, 40; @%p1 bra OTHER; barrier.sync 0; ret; OTHER: barrier.sync 1;";
    for seed in 0..5 {
        let fault = words(body, [1; 3], [64, 1, 1], seed, 1).unwrap_err();
        assert!(
            matches!(fault, Fault::Deadlock { place, .. } if place.line > 0),
            "{fault}"
        );
    }
    let spin = "setp.eq.u32 %p1, %r0, 0; SPIN: @%p1 bra SPIN; bar.sync 0;";
    assert!(matches!(
        words(spin, [1; 3], [2, 1, 1], 1, 1),
        Err(Fault::OutOfSteps { .. })
    ));
    // One warp at two aligned barriers: PTX leaves open what happens.
    let split = "setp.eq.u32 %p1, %r0, 3; @%p1 bra OTHER; bar.sync 0; ret; OTHER: bar.sync 0;";
    let fault = words(split, [1; 3], [32, 1, 1], 1, 1).unwrap_err();
    assert!(matches!(fault, Fault::Undefined { .. }), "{fault}");
    // Not aligned it is allowed, and between warps too.
    assert!(
        words(
            &split.replace("bar.sync", "barrier.sync"),
            [1; 3],
            [32, 1, 1],
            1,
            1
        )
        .is_ok()
    );
    assert!(
        words(
            &split.replace("eq.u32 %p1, %r0, 3", "ge.u32 %p1, %r0, 32"),
            [1; 3],
            [64, 1, 1],
            1,
            1
        )
        .is_ok()
    );
}

#[test]
fn barriers_reduce() {
    let body =
        "setp.lt.u32 %p1, %r0, 7; bar.red.popc.u32 %r5, 0, %p1; barrier.red.and.pred %p2, 1, %p1;
        barrier.red.or.pred %p3, 0, !%p1; selp.u32 %r6, 100, 0, %p2; add.u32 %r5, %r5, %r6;
        selp.u32 %r6, 1000, 0, %p3; add.u32 %r5, %r5, %r6; st.global.u32 [%d1], %r5;";
    assert_eq!(
        words(body, [1; 3], [40, 1, 1], 1, 40).unwrap(),
        vec![1007; 40]
    );
    assert_eq!(words(body, [1; 3], [7, 1, 1], 2, 7).unwrap(), vec![107; 7]);
}

#[test]
fn a_trap_record_is_the_least_thread() {
    let body = "setp.gt.u32 %p1, %r0, 9; @!%p1 bra END; sub.u32 %r1, -1, %r0; red.global.max.u32 [%d0], %r1; END:";
    for seed in 0..10 {
        assert_eq!(
            words(body, [1; 3], [64, 1, 1], seed, 1).unwrap(),
            [u32::MAX - 10]
        );
    }
}

#[test]
fn dynamic_shared_memory() {
    let body = "mov.u32 %r1, %dynamic_smem_size; st.global.u32 [%d0], %r1; st.shared.u32 [dyn+252], 4; ld.shared.u32 %r2, [dyn+252]; st.global.u32 [%d0+4], %r2;";
    let text = |offset: &str| {
        format!(
            "{HEADER} .extern .shared .align 16 .b8 dyn[]; .entry k(.param .u64 out) {{ .reg .b32 %r<9>; .reg .b64 %d<2>; ld.param.u64 %d0, [out]; {} }}",
            body.replace("252", offset)
        )
    };
    let run = |offset: &str| {
        let program = Program::parse(&text(offset)).unwrap();
        let mut memory = Memory::new();
        let out = memory.alloc(8);
        let setup = Launch {
            entry: "k",
            grid: [1; 3],
            block: [1; 3],
            shared_bytes: 256,
            arguments: &[out],
            seed: 1,
            steps: 100,
            cancel_word: None,
            begins_cancelled: false,
        };
        launch(&program, &mut memory, &setup, &|| false)?;
        let mut bytes = [0; 8];
        memory.read(out, &mut bytes)?;
        Ok::<u64, Fault>(u64::from_le_bytes(bytes))
    };
    assert_eq!(run("252"), Ok(4 << 32 | 256));
    assert!(matches!(
        run("256"),
        Err(Fault::OutOfBounds {
            space: "shared",
            ..
        })
    ));
}

#[test]
fn blocks_come_in_every_order_but_each_once() {
    let mut firsts = HashSet::new();
    for seed in 0..50 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let count = rng.u64(1..300);
        let mut order = super::super::schedule::Order::new(count, &mut rng);
        let numbers: Vec<u64> = std::iter::from_fn(|| order.next()).collect();
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..count).collect::<Vec<_>>());
        firsts.insert(numbers[0]);
    }
    assert!(firsts.len() > 20, "{firsts:?}");
}

/// What begins when it is cancelled goes on to its end; nothing else begins.
#[test]
fn a_cancelled_launch_begins_no_block_and_no_thread() {
    let program = module(&kernel("ret;"));
    for seed in 0..20 {
        for most in [0, 1, 3, 8] {
            let asked = std::cell::Cell::new(0);
            let cancelled = || asked.replace(asked.get() + 1) >= most;
            let mut memory = Memory::new();
            let word = memory.alloc(4);
            let setup = Launch {
                entry: "k",
                grid: [1000, 1000, 1000],
                block: [33, 1, 1],
                shared_bytes: 0,
                arguments: &[0; 4],
                seed,
                steps: 1_000_000,
                cancel_word: Some(word),
                begins_cancelled: false,
            };
            let ended = launch(&program, &mut memory, &setup, &cancelled).unwrap();
            assert!(ended.instructions < (most + 1) << 15, "{ended:?}");
            let least = ended.unbegun.unwrap();
            assert!(most > 0 || least == 0, "{least}");
            let mut bytes = [0; 4];
            memory.read(word, &mut bytes).unwrap();
            assert_eq!(bytes, [1, 0, 0, 0]);
        }
    }
}

/// The least number that has not come is found without going through all that have not.
#[test]
fn an_order_that_ends_tells_the_least_number_that_is_left() {
    let mut rng = fastrand::Rng::with_seed(5);
    for count in (1..60).chain([1 << 62]) {
        let mut order = super::super::schedule::Order::new(count, &mut rng);
        let come: Vec<u64> = (0..rng.u64(0..=count.min(60)))
            .map(|_| order.next().unwrap())
            .collect();
        let wanted = (0..count).find(|number| !come.contains(number));
        assert_eq!(order.end(), wanted, "{count}: {come:?}");
        assert_eq!(order.next(), None);
    }
}
