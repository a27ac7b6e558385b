//! `tensor-wasm gpu bench`: what WebAssembly's promises cost on a device, beside PTX by
//! hand that keeps none of them.

#[cfg(feature = "executor")]
mod guest;

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use tensor_wasm_runtime::gpu::device::{
    AnyDevice, AnyProgram, Arena as _, Cancel, Device as _, Grid, PAGE, PtxArgument, PtxLaunch,
};
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, KernelError, Kernels, Options};

use super::{encode, say};
use crate::exit::{Failure, INTERNAL};

const EXAMPLES: &str = "\
Examples:
  tensor-wasm gpu bench --device cuda:0
  tensor-wasm gpu bench --device interp --elements 4096 --matmul 32 --rounds 1

A row is the median of the rounds, in which both sides take turns. On `interp` the times
say nothing; that both sides give what they should is checked on every device.

Exit codes: 0 measured, 1 a kernel gave something else, 2 wrong command line,
125 the device failed";

/// A kernel gave another result than it should.
const WRONG: i32 = 1;

/// Threads of a block along x, where a block has one dimension.
const BLOCK: u32 = 256;

/// Sides of a block of the products of matrices.
const TILE: u32 = 16;

/// Blocks of a kernel whose threads go on to further elements.
const STRIDED_BLOCKS: u32 = 1056;

/// The unchecked counterparts.
const BY_HAND: &str = include_str!("bench/by_hand.ptx");

/// Measure kernels against unchecked PTX by hand
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BenchOptions {
    /// What it runs on; `tensor-wasm gpu info` lists them
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,

    /// Elements of each array, a multiple of 4
    /// [default: 67108864 on a GPU, 65536 elsewhere]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(4..=(1 << 28)))]
    elements: Option<u32>,

    /// Rows and columns of the matrices, a multiple of 16
    /// [default: 1024 on a GPU, 64 elsewhere]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(16..=8192))]
    matmul: Option<u32>,

    /// How often each is launched, after once that is not counted
    #[arg(long, value_name = "N", default_value = "21", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rounds: u32,
}

/// What is measured.
struct Row {
    kernel: &'static str,
    /// What is said of it.
    name: &'static str,
    work: Work,
    /// Whether there is a kernel in WebAssembly; else PTX by hand alone.
    is_kernel: bool,
}

#[derive(Clone, Copy)]
enum Work {
    /// Nothing.
    Launch,
    /// An element for each so many threads; how many arrays are read and written.
    Elements { each: u32, arrays: u64 },
    /// All elements by a fixed number of threads.
    Strided { arrays: u64 },
    /// A product of matrices.
    Product,
}

#[rustfmt::skip]
const ROWS: [Row; 8] = [
    Row { kernel: "nothing", name: "empty launch", work: Work::Launch, is_kernel: true },
    Row { kernel: "copy_wide", name: "copy, 16 bytes a thread", work: Work::Elements { each: 4, arrays: 2 }, is_kernel: false },
    Row { kernel: "copy", name: "copy", work: Work::Elements { each: 1, arrays: 2 }, is_kernel: true },
    Row { kernel: "add", name: "add", work: Work::Elements { each: 1, arrays: 3 }, is_kernel: true },
    Row { kernel: "saxpy", name: "saxpy", work: Work::Elements { each: 1, arrays: 3 }, is_kernel: true },
    Row { kernel: "saxpy_strided", name: "saxpy, strided", work: Work::Strided { arrays: 3 }, is_kernel: true },
    Row { kernel: "matmul", name: "matmul", work: Work::Product, is_kernel: true },
    Row { kernel: "matmul_tiled", name: "matmul, in tiles", work: Work::Product, is_kernel: true },
];

/// The arrays in the arena: each begins at a page.
struct Arrays {
    elements: u32,
    /// Rows and columns of the matrices that lie in them.
    side: u32,
    bytes: u64,
}

impl Arrays {
    fn offset(&self, number: u64) -> u64 {
        number * self.bytes
    }
}

fn x(index: u32) -> f32 {
    small(index, 1000) * 0.25
}

fn y(index: u32) -> f32 {
    small(index, 77) - 30.0
}

/// The rest of a division, which a float holds.
fn small(index: u32, by: u16) -> f32 {
    let rest = index % u32::from(by);
    f32::from(u16::try_from(rest).unwrap_or(u16::MAX))
}

/// Measures; the exit code.
pub(crate) fn bench(options: &BenchOptions) -> Result<i32, Failure> {
    let wrong = |message: &str| Err(Failure::new(crate::exit::USAGE, message.to_owned()));
    let device = options
        .device
        .open(0)
        .map_err(|error| failed(&error.into()))?;
    let is_gpu = matches!(options.device.resolved(), DeviceChoice::Cuda(_));
    let elements = options
        .elements
        .unwrap_or(if is_gpu { 1 << 26 } else { 1 << 16 });
    let side = options.matmul.unwrap_or(if is_gpu { 1024 } else { 64 });
    if !elements.is_multiple_of(4) || !side.is_multiple_of(TILE) {
        return wrong("--elements is a multiple of 4, and --matmul one of 16");
    }
    let most = u64::from(elements).max(u64::from(side) * u64::from(side));
    let arrays = Arrays {
        elements,
        side,
        bytes: (4 * most).next_multiple_of(PAGE),
    };
    if arrays.offset(3) > 1 << 32 {
        return wrong("three such arrays are more than the 4 GiB that kernels see");
    }
    say(&format!(
        "{}, {elements} elements, {side} x {side}",
        device.name()
    ))?;
    say(&format!(
        "{:<24} {:>12} {:>12} {:>12} {:>12} {:>8}",
        "", "kernel", "", "by hand", "", "ratio"
    ))?;
    #[cfg(feature = "executor")]
    launches(options, &device, &arrays)?;
    let mut all_right = true;
    for (text, rows) in [
        (include_str!("bench/kernels.wat"), &ROWS[..ROWS.len() - 1]),
        (include_str!("bench/tiles.wat"), &ROWS[ROWS.len() - 1..]),
    ] {
        let mut bench = Bench::new(device.clone(), text, &arrays)?;
        for row in rows {
            all_right &= bench.row(row, options.rounds)?;
        }
    }
    Ok(if all_right { 0 } else { WRONG })
}

/// Measures what a guest's launch takes, beside cudarc's on the same device.
#[cfg(feature = "executor")]
fn launches(options: &BenchOptions, device: &AnyDevice, arrays: &Arrays) -> Result<(), Failure> {
    let guest = guest::Guest::new(device.clone())?;
    let bare = match options.device.resolved() {
        DeviceChoice::Cuda(number) => Some(guest::Bare::new(number.unwrap_or(0))?),
        _ => None,
    };
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..=options.rounds {
        let of_guest = guest.launch()?;
        let of_bare = bare.as_ref().map(guest::Bare::launch).transpose()?;
        if round > 0 {
            times[0].push(of_guest);
            times[1].extend(of_bare);
        }
    }
    print(
        "a guest's launch, wait",
        Work::Launch,
        arrays,
        times.map(median),
    )
}

/// Prints a row.
fn print(
    name: &str,
    work: Work,
    arrays: &Arrays,
    [kernel, by_hand]: [Option<Duration>; 2],
) -> Result<(), Failure> {
    let ratio = match (kernel, by_hand) {
        (Some(kernel), Some(by_hand)) => {
            format!("{:.3}", kernel.as_secs_f64() / by_hand.as_secs_f64())
        }
        _ => "-".to_owned(),
    };
    let [kernel, by_hand] = [kernel, by_hand].map(|time| said(work, arrays, time));
    say(&format!(
        "{name:<24} {:>12} {:>12} {:>12} {:>12} {ratio:>8}",
        kernel[0], kernel[1], by_hand[0], by_hand[1]
    ))
}

/// A time, and what was moved or computed in it.
fn said(work: Work, arrays: &Arrays, time: Option<Duration>) -> [String; 2] {
    let Some(time) = time else {
        return ["-".to_owned(), String::new()];
    };
    let seconds = time.as_secs_f64();
    let rate = match work {
        Work::Launch => String::new(),
        Work::Elements { arrays: count, .. } | Work::Strided { arrays: count } => {
            let bytes = 4.0 * f64::from(arrays.elements) * count as f64;
            format!("{:.1} GB/s", bytes / seconds / 1e9)
        }
        Work::Product => {
            let operations = 2.0 * f64::from(arrays.side).powi(3);
            format!("{:.1} GFLOP/s", operations / seconds / 1e9)
        }
    };
    [format!("{:.1} us", seconds * 1e6), rate]
}

fn failed(error: &KernelError) -> Failure {
    Failure::new(INTERNAL, error.to_string())
}

/// A module with its arrays, and the counterparts of its kernels where PTX runs.
struct Bench<'a> {
    arrays: &'a Arrays,
    instance: Instance<AnyDevice>,
    by_hand: Option<AnyProgram>,
}

impl Bench<'_> {
    fn new<'a>(device: AnyDevice, text: &str, arrays: &'a Arrays) -> Result<Bench<'a>, Failure> {
        let internal = |message: String| Failure::new(INTERNAL, message);
        let wasm = encode(text).map_err(|error| internal(error.to_string()))?;
        let kernels = Kernels::new(&wasm).map_err(|refused| internal(refused.to_string()))?;
        let by_hand = device.compile_ptx(BY_HAND).ok();
        let instance = Instance::of(device, Arc::new(kernels), Options::default());
        let instance = instance.map_err(|error| failed(&error))?;
        let arena = instance.arena();
        if arena.grow(arrays.offset(3) / PAGE).is_none() {
            return Err(internal("the device has not as much memory".to_owned()));
        }
        let count = u32::try_from(arrays.bytes / 4).unwrap_or(u32::MAX);
        for (number, of) in [(0, x as fn(u32) -> f32), (1, y)] {
            let bytes: Vec<u8> = (0..count)
                .flat_map(|index| of(index).to_le_bytes())
                .collect();
            let written = arena.write(arrays.offset(number), &bytes);
            written.map_err(|error| failed(&error.into()))?;
        }
        Ok(Bench {
            arrays,
            instance,
            by_hand,
        })
    }

    /// Measures a row and prints it; whether what was computed is right.
    fn row(&mut self, row: &Row, rounds: u32) -> Result<bool, Failure> {
        let mut times = [Vec::new(), Vec::new()];
        let mut all_right = true;
        for round in 0..=rounds {
            for side in [0, 1] {
                let there = if side == 0 {
                    row.is_kernel
                } else {
                    self.by_hand.is_some()
                };
                if !there {
                    continue;
                }
                if round == 0 {
                    self.forget()?;
                }
                let began = Instant::now();
                self.launch(row, side == 1)?;
                let took = began.elapsed();
                if round > 0 {
                    times[side].push(took);
                } else if let Some(place) = self.wrong(row)? {
                    all_right = false;
                    let who = if side == 0 {
                        "the kernel"
                    } else {
                        "PTX by hand"
                    };
                    say(&format!("{}: {who} is wrong at element {place}", row.name))?;
                }
            }
        }
        print(row.name, row.work, self.arrays, times.map(median))?;
        Ok(all_right)
    }

    fn grid(&self, work: Work) -> Grid {
        let line = |blocks: u32| Grid {
            blocks: [blocks.max(1), 1, 1],
            threads: [BLOCK, 1, 1],
        };
        match work {
            Work::Launch => Grid::ONE,
            Work::Elements { each, .. } => line((self.arrays.elements / each).div_ceil(BLOCK)),
            Work::Strided { .. } => line(STRIDED_BLOCKS.min(self.arrays.elements.div_ceil(BLOCK))),
            Work::Product => Grid {
                blocks: [self.arrays.side / TILE, self.arrays.side / TILE, 1],
                threads: [TILE, TILE, 1],
            },
        }
    }

    fn launch(&mut self, row: &Row, by_hand: bool) -> Result<(), Failure> {
        let grid = self.grid(row.work);
        let n = u64::from(match row.work {
            Work::Product => self.arrays.side,
            _ => self.arrays.elements,
        });
        let [x, y, z] = [0, 1, 2].map(|number| self.arrays.offset(number));
        if !by_hand {
            let launched = self.instance.launch(row.kernel, grid, &[n, x, y, z]);
            return launched.map_err(|error| failed(&error));
        }
        let Some(program) = &self.by_hand else {
            return Ok(());
        };
        let pointer = |offset| PtxArgument::Pointer {
            offset,
            length: self.arrays.bytes,
        };
        let launch = PtxLaunch {
            entry: row.kernel,
            grid,
            shared_bytes: 2 * 4 * TILE * TILE,
            arguments: &[PtxArgument::Long(n), pointer(x), pointer(y), pointer(z)],
            cancel: &Cancel::default(),
        };
        let launched = self
            .instance
            .device()
            .launch_ptx(program, self.instance.arena(), &launch);
        launched.map_err(|error| failed(&error.into()))
    }

    /// Sets what kernels leave to zero.
    fn forget(&self) -> Result<(), Failure> {
        let arena = self.instance.arena();
        let filled = arena.fill(self.arrays.offset(2), self.arrays.bytes, 0);
        filled.map_err(|error| failed(&error.into()))
    }

    /// The first element that is not what it should be.
    fn wrong(&self, row: &Row) -> Result<Option<u32>, Failure> {
        let side = self.arrays.side;
        let (count, every, of): (u32, usize, Box<dyn Fn(u32) -> f32>) = match row.work {
            Work::Launch => return Ok(None),
            // Some are enough, and take long enough.
            Work::Product => (side * side, 61, Box::new(move |index| product(index, side))),
            _ => (self.arrays.elements, 1, element(row.kernel)),
        };
        let mut bytes = vec![0; 4 * count as usize];
        let read = self
            .instance
            .arena()
            .read(self.arrays.offset(2), &mut bytes);
        read.map_err(|error| failed(&error.into()))?;
        let mut found = (0..).zip(bytes.chunks_exact(4)).step_by(every);
        let wrong = found.find(|(index, bytes)| of(*index).to_le_bytes() != **bytes);
        Ok(wrong.map(|(index, _)| index))
    }
}

/// What an element is that a kernel leaves.
fn element(kernel: &str) -> Box<dyn Fn(u32) -> f32> {
    match kernel {
        "copy" | "copy_wide" => Box::new(x),
        "add" => Box::new(|index| x(index) + y(index)),
        _ => Box::new(|index| 3.0 * x(index) + y(index)),
    }
}

/// An element of the product, with the roundings of a loop.
fn product(index: u32, side: u32) -> f32 {
    let (row, column) = (index / side, index % side);
    let products = (0..side).map(|k| x(row * side + k) * y(k * side + column));
    products.fold(0.0, |sum, product| sum + product)
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}
