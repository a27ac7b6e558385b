//! Random modules on every device there is: results, memory, globals and traps have
//! to be the same, to the bit.
//!
//! A short run is part of every test. A longer one:
//!
//! ```sh
//! ORACLE=1000..5000 cargo test --workspace --test gpu oracle -- --nocapture
//! ```
//!
//! A module on which devices differ is made smaller and written to
//! `suites/gpu/regressions`, from where it is run each time. `REGRESSIONS` names another
//! folder.

mod alone;
mod edges;
mod threads;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arbitrary::Unstructured;
use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::device::{AnyDevice, Arena as _, Arguments};
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, KernelError, Kernels, Options};
use wasm_smith::{Config, MemoryOffsetChoices, Module};

use edges::edge;

/// Seeds of the short run.
const SHORT: Range<u64> = 0..300;

/// Bytes that a module is made of.
const BYTES: usize = 4000;

/// Why there is no module of some bytes.
const NO_MODULE: &str = "the bytes stand for no module";

/// What a thread may do.
const FUEL: u64 = 2_000;

/// How a module is made of bytes, and what is done with it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// wasm-smith makes it, and one thread runs.
    Alone,
    /// [`threads`] makes it, and a grid of threads runs.
    Together,
}

impl Way {
    /// What the name of a file with such a module begins with.
    fn prefix(self) -> &'static str {
        match self {
            Way::Alone => "seed",
            Way::Together => "threads",
        }
    }

    fn fuel(self, seed: u64) -> Option<u64> {
        match self {
            Way::Alone => Some(FUEL),
            // All of its loops end, and without fuel a device may take other ways.
            Way::Together => seed.is_multiple_of(2).then_some(1_000_000),
        }
    }

    fn module(self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Way::Alone => module(bytes),
            Way::Together => Ok(super::wasm(&threads::text(bytes))),
        }
    }

    fn run(
        self,
        instance: &mut Instance<AnyDevice>,
        export: &str,
        arguments: &[u64],
        seed: u64,
    ) -> Result<Vec<u64>, KernelError> {
        match self {
            Way::Alone => instance.call(export, arguments),
            Way::Together => {
                instance.launch_each(export, threads::grid(seed), Arguments::Same(arguments))
            }
        }
    }
}

fn config() -> Config {
    Config {
        allow_start_export: false,
        exceptions_enabled: false,
        export_everything: true,
        gc_enabled: false,
        max_data_segments: 4,
        max_element_segments: 4,
        max_funcs: 6,
        max_imports: 0,
        max_instructions: 150,
        max_memories: 1,
        max_memory32_bytes: 4 << 16,
        max_table_elements: 20,
        max_tables: 1,
        max_types: 8,
        memory64_enabled: false,
        memory_max_size_required: true,
        // Most addresses are arbitrary: offsets had better be small.
        memory_offset_choices: MemoryOffsetChoices(90, 8, 2),
        min_funcs: 3,
        min_memories: 1,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        ..Config::default()
    }
}

/// The module that some bytes stand for, or why kernels do not take it.
fn module(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let module = Module::new(config(), &mut Unstructured::new(bytes));
    let wasm = module.map_err(|_| NO_MODULE.to_owned())?.to_bytes();
    match Kernels::new(&wasm) {
        Ok(_) => Ok(wasm),
        Err(refused) => Err(refused.message),
    }
}

fn bytes(seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    std::iter::repeat_with(|| random.u8(..))
        .take(BYTES)
        .collect()
}

/// An instance, or why it could not be made.
type Made = Result<Instance<AnyDevice>, KernelError>;

/// The devices there are; the interpreter twice, with threads in other orders.
fn instances(wasm: &[u8], way: Way, seed: u64) -> Vec<(String, Made)> {
    let kernels = Arc::new(Kernels::new(wasm).unwrap());
    let options = Options {
        fuel: way.fuel(seed),
        ..Options::default()
    };
    let mut devices = vec![("interp", 1), ("interp", 2)];
    let others = DeviceChoice::found().into_iter();
    devices.extend(
        others
            .filter(|(name, found)| *name != "interp" && found.is_ok())
            .map(|(name, _)| (name, 0)),
    );
    let instance = |(name, seed): (&str, u64)| {
        let device: DeviceChoice = name.parse().unwrap();
        let made = device.instantiate(Arc::clone(&kernels), options.clone(), seed);
        (format!("{name} {seed}"), made)
    };
    devices.into_iter().map(instance).collect()
}

/// What came of one step on one device.
#[derive(Debug, PartialEq)]
struct Seen {
    result: Result<Vec<u64>, KernelError>,
    memory: Vec<u8>,
    globals: Vec<Option<u64>>,
}

impl Seen {
    /// Whether the two are the same, but for what a device may do: Cranelift makes one
    /// instruction of a load and of what uses its value, and where that could be of
    /// several loads, a trap has the user's place.
    fn is_like(&self, other: &Seen) -> bool {
        let place = |seen: &Seen| match &seen.result {
            Err(KernelError::Trap(trap)) if trap.code == TrapCode::OutOfBoundsMemoryAccess => {
                Some((trap.function, trap.thread))
            }
            _ => None,
        };
        match (place(self), place(other)) {
            (Some(a), Some(b)) => {
                a == b && self.memory == other.memory && self.globals == other.globals
            }
            _ => self == other,
        }
    }
}

fn seen(instance: &Instance<AnyDevice>, result: Result<Vec<u64>, KernelError>) -> Seen {
    let arena = instance.arena();
    let mut memory = vec![0; usize::try_from(arena.bytes()).unwrap()];
    arena.read(0, &mut memory).unwrap();
    let globals = 0..u32::try_from(instance.kernels().module().globals.len()).unwrap();
    Seen {
        result,
        memory,
        globals: globals.map(|index| instance.global(index)).collect(),
    }
}

/// The first difference between devices on a module, and how many steps were taken.
fn difference(wasm: &[u8], seed: u64, way: Way) -> Result<usize, String> {
    let mut made = Vec::new();
    let mut errors = Vec::new();
    for (name, instance) in instances(wasm, way, seed) {
        match instance {
            Ok(instance) => made.push((name, instance)),
            Err(error) => errors.push((name, error)),
        }
    }
    if let Some((name, error)) = errors.first() {
        let same = errors.iter().all(|(_, other)| other == error);
        return match made.is_empty() && same {
            true => Ok(0),
            false => Err(format!("only on some devices, as {name}: {error}")),
        };
    }
    let kernels = Kernels::new(wasm).unwrap();
    let mut random = fastrand::Rng::with_seed(seed);
    let mut steps = 0;
    for (export, _) in &kernels.module().exports {
        let signature = kernels.export(export).unwrap().signature;
        for _ in 0..3 {
            let arguments: Vec<u64> = signature
                .params
                .iter()
                .map(|ty| edge(*ty, &mut random))
                .collect();
            let mut first: Option<(String, Seen)> = None;
            for (name, instance) in &mut made {
                let result = way.run(instance, export, &arguments, seed);
                let found = seen(instance, result);
                if let Err(KernelError::Trap(trap)) = &found.result
                    && trap.code == TrapCode::CallStackExhausted
                {
                    // How deep calls may nest is each device's own.
                    return Ok(steps);
                }
                if let Err(error @ KernelError::Device(_)) = &found.result {
                    return Err(format!("{name}: {export}{arguments:x?}: {error}"));
                }
                match &first {
                    None => first = Some((name.clone(), found)),
                    Some((other, wanted))
                        if *wanted != found
                            && !(name.starts_with("cpu") && wanted.is_like(&found)) =>
                    {
                        return Err(told(export, &arguments, (other, wanted), (name, &found)));
                    }
                    Some(_) => {}
                }
            }
            steps += 1;
        }
    }
    Ok(steps)
}

fn told(export: &str, arguments: &[u64], a: (&str, &Seen), b: (&str, &Seen)) -> String {
    let mut text = format!("{export}{arguments:x?}");
    for (name, seen) in [a, b] {
        text += &match &seen.result {
            Ok(results) => format!("; {name}: {results:x?}"),
            Err(error) => format!("; {name}: {error}"),
        };
    }
    let mut bytes = a.1.memory.iter().zip(&b.1.memory);
    if let Some(at) = bytes.position(|(a, b)| a != b) {
        text += &format!("; memory differs at {at:#x}");
    }
    if a.1.globals != b.1.globals {
        text += "; globals differ";
    }
    text
}

/// The smallest module that still shows a difference: of the bytes it is made of,
/// what can be cut off or set to zero is.
fn shrink(mut bytes: Vec<u8>, seed: u64, way: Way) -> Vec<u8> {
    let differs = |bytes: &[u8]| {
        way.module(bytes)
            .is_ok_and(|wasm| difference(&wasm, seed, way).is_err())
    };
    let mut step = bytes.len() / 2;
    while step > 0 {
        let mut at = 0;
        while at < bytes.len() {
            let end = (at + step).min(bytes.len());
            let cut = [&bytes[..at], &bytes[end..]].concat();
            let mut zeros = bytes.clone();
            zeros[at..end].fill(0);
            if differs(&cut) {
                bytes = cut;
            } else {
                if zeros != bytes && differs(&zeros) {
                    bytes = zeros;
                }
                at = end;
            }
        }
        step /= 2;
    }
    bytes
}

/// Where modules lie on which devices differed. Where these tests were built need not be
/// where they run.
fn regressions() -> PathBuf {
    std::env::var_os("REGRESSIONS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../suites/gpu/regressions"),
        PathBuf::from,
    )
}

/// The seeds that are asked for, if some are.
fn seeds(short: Range<u64>) -> Range<u64> {
    match std::env::var("ORACLE") {
        Err(_) => short,
        Ok(text) => {
            let (first, last) = text.split_once("..").expect("ORACLE=FIRST..LAST");
            first.parse().unwrap()..last.parse().unwrap()
        }
    }
}

/// How many steps were taken with the module that some bytes stand for. Where devices
/// differ on it, keeps a smaller one, and panics.
fn same(bytes: Vec<u8>, wasm: &[u8], seed: u64, way: Way) -> usize {
    let found = match difference(wasm, seed, way) {
        Ok(steps) => return steps,
        Err(found) => found,
    };
    let small = way.module(&shrink(bytes, seed, way)).unwrap();
    let file = regressions().join(format!("{}-{seed}.wasm", way.prefix()));
    std::fs::create_dir_all(regressions()).unwrap();
    std::fs::write(&file, &small).unwrap();
    let small = difference(&small, seed, way).unwrap_err();
    panic!(
        "ORACLE={seed}..{}: {found}\nsmaller, in {}: {small}",
        seed + 1,
        file.display()
    );
}

#[test]
#[expect(clippy::print_stdout, reason = "a long run says how much it did")]
fn oracle_random_modules_do_the_same_everywhere() {
    let (mut taken, mut steps) = (0, 0);
    let mut refused = BTreeMap::new();
    for seed in seeds(SHORT) {
        let bytes = bytes(seed);
        let wasm = match module(&bytes) {
            Ok(wasm) => wasm,
            Err(why) => {
                *refused.entry(why).or_insert(0) += 1;
                continue;
            }
        };
        taken += 1;
        steps += same(bytes, &wasm, seed, Way::Alone);
    }
    let unmade = refused.remove(NO_MODULE).unwrap_or(0);
    let count = taken + refused.values().sum::<usize>();
    println!(
        "{taken} modules of {count} ({unmade} seeds stand for none), {steps} calls on each device"
    );
    // A test that runs hardly anything proves nothing.
    assert!(
        taken * 10 >= count * 8,
        "only {taken} of {count} modules are taken: {refused:?}"
    );
    assert!(steps >= 2 * taken, "only {steps} calls in {taken} modules");
}

#[test]
fn oracle_modules_that_once_differed_do_the_same() {
    let Ok(files) = std::fs::read_dir(regressions()) else {
        return;
    };
    for file in files {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "wasm") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (prefix, seed) = name.rsplit_once('-').unwrap();
        let seed = seed.parse().unwrap();
        let wasm = std::fs::read(&path).unwrap();
        let mut ways = [Way::Alone, Way::Together].into_iter();
        let way = ways.find(|way| way.prefix() == prefix).unwrap();
        if let Err(found) = difference(&wasm, seed, way) {
            panic!("{name}: {found}");
        }
    }
}
