//! An engine that does what the name of a function says.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use tensor_wasm_harness::engine::{Engine, InstanceHandle, ModuleHandle, Session, SessionConfig};
use tensor_wasm_harness::model::{
    Capability, EngineInfo, Failure, FailureKind, Settings, TrapCode, Value,
};

/// Makes the engine. `start-delay-ms` delays that, `refuse` prevents it, and
/// `flake-file` names the file that remembers a flake.
pub(crate) fn make(settings: &Settings) -> Result<Box<dyn Engine>, String> {
    if let Some(delay) = settings.get("start-delay-ms") {
        let delay = delay.parse().map_err(|_| "start-delay-ms takes a number")?;
        std::thread::sleep(Duration::from_millis(delay));
    }
    if let Some(message) = settings.get("refuse") {
        return Err(message.clone());
    }
    Ok(Box::new(Faulty {
        flake_file: settings.get("flake-file").map(PathBuf::from),
    }))
}

struct Faulty {
    flake_file: Option<PathBuf>,
}

impl Engine for Faulty {
    fn info(&self) -> EngineInfo {
        EngineInfo {
            name: "faulty".to_owned(),
            version: "1.0.0".to_owned(),
            wasmtime: None,
            capabilities: BTreeSet::from([Capability::MutableGlobal]),
        }
    }

    fn session(&self, _: &SessionConfig) -> Result<Box<dyn Session>, Failure> {
        Ok(Box::new(World {
            flake_file: self.flake_file.clone(),
            offers: 0,
        }))
    }
}

struct World {
    flake_file: Option<PathBuf>,
    /// How often several calls were offered together.
    offers: i32,
}

impl Session for World {
    fn compile(&mut self, _: &[u8]) -> Result<ModuleHandle, Failure> {
        Ok(ModuleHandle(0))
    }

    fn instantiate(&mut self, _: ModuleHandle) -> Result<InstanceHandle, Failure> {
        Ok(InstanceHandle(0))
    }

    fn register(&mut self, _: &str, _: InstanceHandle) -> Result<(), Failure> {
        Ok(())
    }

    fn invoke(
        &mut self,
        _: InstanceHandle,
        export: &str,
        _: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let right = Ok(vec![Value::I32(42)]);
        match export {
            "ok" => right,
            "wrong_value" => Ok(vec![Value::I32(41)]),
            "wrong_trap" => Err(Failure::trap(TrapCode::IntegerOverflow, "overflow")),
            "hang" => loop {
                std::thread::sleep(Duration::from_secs(1));
            },
            "abort" => std::process::abort(),
            "segfault" => segfault(),
            "stack_overflow" => Ok(vec![Value::I32(overflow(0))]),
            "panic" => panic!("the engine lost its mind"),
            "garbage" => {
                print("hello from the engine\n");
                right
            }
            "flood" => loop {
                print(&"x".repeat(1 << 20));
            },
            "exit" => std::process::exit(3),
            "eat_memory" => eat_memory(),
            "flake" => self.flake(),
            "unsupported" => Err(Failure::unsupported("too much (at offset 0x7)")),
            "together" => Ok(vec![Value::I32(1)]),
            "offers" => Ok(vec![Value::I32(self.offers)]),
            other => Err(Failure::new(FailureKind::Missing, other)),
        }
    }

    fn invoke_pure(
        &mut self,
        _: InstanceHandle,
        export: &str,
        arguments: &[Vec<Value>],
    ) -> Option<Vec<Vec<Value>>> {
        self.offers += 1;
        let count = i32::try_from(arguments.len()).ok()?;
        (export == "together").then(|| vec![vec![Value::I32(count)]; arguments.len()])
    }

    fn global(&mut self, _: InstanceHandle, export: &str) -> Result<Value, Failure> {
        Err(Failure::new(FailureKind::Missing, export))
    }
}

impl World {
    /// Wrong the first time, right from then on, whatever the process.
    fn flake(&self) -> Result<Vec<Value>, Failure> {
        let file = self.flake_file.clone().unwrap_or_default();
        if file.exists() {
            return Ok(vec![Value::I32(42)]);
        }
        std::fs::write(&file, "been here")
            .map_err(|error| Failure::new(FailureKind::Other, error.to_string()))?;
        Ok(vec![Value::I32(0)])
    }
}

fn print(text: &str) {
    let mut stdout = std::io::stdout();
    // A harness that closed the pipe is about to end this process.
    if stdout.write_all(text.as_bytes()).is_err() || stdout.flush().is_err() {
        std::thread::sleep(Duration::from_secs(60));
    }
}

#[expect(unsafe_code, reason = "only a real fault raises the real signal")]
fn segfault() -> ! {
    // SAFETY: it is not: that is the fault this engine is made for.
    unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) };
    unreachable!("the write above faults")
}

#[expect(unconditional_recursion, reason = "that is the fault")]
fn overflow(depth: i32) -> i32 {
    let frame = std::hint::black_box([depth; 256]);
    overflow(depth.wrapping_add(1)).wrapping_add(frame[255])
}

fn eat_memory() -> ! {
    let mut eaten = Vec::new();
    loop {
        eaten.push(std::hint::black_box(vec![1_u8; 1 << 20]));
        // Slower than the watch, so that the limit holds on small machines.
        std::thread::sleep(Duration::from_millis(1));
    }
}
